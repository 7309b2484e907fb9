//===- XTraceTest.cpp -----------------------------------------------------===//
//
// The trace of dense matrices whose spectrum is known: exact where it can be,
// unbiased and far less spread than Hutchinson's where it cannot.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/XTrace.h"
#include "TestPrograms.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

using namespace dynfault;
using namespace dynfault::test;

namespace {

CheckedProduct productWith(const at::Tensor &matrix) {
  return CheckedProduct([=](const at::Tensor &v) { return at::mv(matrix, v); });
}

/// Few large eigenvalues over a small bulk, as a network's Hessian has them.
std::vector<double> steepSpectrum(int size) {
  std::vector<double> spectrum(size);
  for (int i = 0; i < size; ++i)
    spectrum[i] = std::pow(0.5, i) * 100 + 0.01 * std::cos(i);
  return spectrum;
}

} // namespace

TEST(XTrace, LowRankIsExact) {
  torch::manual_seed(1);
  std::vector<double> spectrum(60, 0.0);
  spectrum[0] = 9;
  spectrum[1] = -4;
  spectrum[2] = 2;
  CheckedProduct product = productWith(symmetricWithSpectrum(spectrum));
  RandomVectors random(3, 60, at::kDouble);
  TraceEstimate estimate = estimateTraceXTrace(product, random, 12);
  ASSERT_TRUE(estimate.finite);
  EXPECT_NEAR(estimate.trace, 7, 1e-9);
  EXPECT_EQ(estimate.standardError, 0);
  EXPECT_EQ(product.calls(), 12);
}

TEST(XTrace, FarLessSpreadThanHutchinsonForTheSameProducts) {
  torch::manual_seed(2);
  std::vector<double> spectrum = steepSpectrum(80);
  double trace = 0;
  for (double value : spectrum)
    trace += value;
  at::Tensor matrix = symmetricWithSpectrum(spectrum);
  double squares[2] = {0, 0}, mean = 0, errors = 0;
  constexpr int kRuns = 200;
  for (int run = 0; run < kRuns; ++run) {
    CheckedProduct product = productWith(matrix);
    RandomVectors random(run, 80, at::kDouble), other(run, 80, at::kDouble);
    TraceEstimate x = estimateTraceXTrace(product, random, 20);
    TraceEstimate plain = estimateTrace(product, other, 20);
    ASSERT_TRUE(x.finite && plain.finite);
    squares[0] += std::pow(x.trace - trace, 2) / kRuns;
    squares[1] += std::pow(plain.trace - trace, 2) / kRuns;
    mean += (x.trace - trace) / kRuns;
    errors += x.standardError * x.standardError / kRuns;
  }
  EXPECT_LT(squares[0], squares[1] / 100);
  // Unbiased, and the standard error is of the size of the real one.
  EXPECT_LT(std::abs(mean), 4 * std::sqrt(squares[0] / kRuns));
  EXPECT_LT(errors, 4 * squares[0]);
  EXPECT_GT(errors, squares[0] / 4);
}

TEST(XTrace, MoreSamplesThanDimensions) {
  torch::manual_seed(3);
  at::Tensor matrix = symmetricWithSpectrum({5, 1, -2});
  double mean = 0;
  for (int run = 0; run < 300; ++run) {
    CheckedProduct product = productWith(matrix);
    RandomVectors random(run, 3, at::kDouble);
    TraceEstimate estimate = estimateTraceXTrace(product, random, 10);
    ASSERT_TRUE(estimate.finite);
    mean += estimate.trace / 300;
  }
  EXPECT_NEAR(mean, 4, 0.5);
}

TEST(XTrace, NonfiniteProductsAndBadRequests) {
  CheckedProduct product([](const at::Tensor &v) {
    return at::full_like(v, std::numeric_limits<double>::infinity());
  });
  RandomVectors random(0, 5, at::kDouble);
  EXPECT_FALSE(estimateTraceXTrace(product, random, 4).finite);
  EXPECT_GT(product.nonfinite(), 0);
  CheckedProduct good = productWith(torch::eye(5, torch::kDouble));
  EXPECT_THROW(estimateTraceXTrace(good, random, 5), c10::Error);
  EXPECT_THROW(estimateTraceXTrace(good, random, 2), c10::Error);
}
