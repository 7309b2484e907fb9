//===- HutchinsonTest.cpp -------------------------------------------------===//
//
// Exact where the estimator is exact, within its own error where it is not.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/Hutchinson.h"
#include "TestPrograms.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

using namespace dynfault;
using namespace dynfault::test;

TEST(RandomVectors, SignsOfTheirOwnGenerator) {
  at::Tensor before = at::detail::getDefaultCPUGenerator().get_state();
  RandomVectors random(5, 1000, at::kDouble), again(5, 1000, at::kFloat),
      other(6, 1000, at::kDouble);
  at::Tensor first = random.rademacher(), second = random.rademacher();
  EXPECT_TRUE(at::equal(first.abs(), at::ones({1000}, at::kDouble)));
  EXPECT_LT(std::abs(first.sum().item<double>()), 200); // 6 sigma
  EXPECT_FALSE(at::equal(first, second));
  EXPECT_TRUE(at::equal(again.rademacher().to(at::kDouble), first));
  EXPECT_FALSE(at::equal(other.rademacher(), first));
  random.gaussian();
  EXPECT_TRUE(
      at::equal(at::detail::getDefaultCPUGenerator().get_state(), before));
}

TEST(Hutchinson, ExactForDiagonalMatrices) {
  torch::manual_seed(1);
  for (int call = 0; call < 3; ++call) {
    at::Tensor diagonal = torch::randn({30}, torch::kDouble);
    CheckedProduct product([&](const at::Tensor &v) { return diagonal * v; });
    RandomVectors random(call, 30, at::kDouble);
    TraceEstimate estimate = estimateTrace(product, random, 3);
    ASSERT_TRUE(estimate.finite);
    EXPECT_NEAR(estimate.trace, diagonal.sum().item<double>(), 1e-12);
    EXPECT_NEAR(estimate.standardError, 0, 1e-12);
  }
}

TEST(Hutchinson, WithinItsStandardErrorForFullMatrices) {
  torch::manual_seed(2);
  int within = 0;
  constexpr int kCalls = 20;
  for (int call = 0; call < kCalls; ++call) {
    at::Tensor a = torch::randn({25, 25}, torch::kDouble);
    at::Tensor matrix = a + a.t();
    CheckedProduct product(
        [&](const at::Tensor &v) { return at::mv(matrix, v); });
    RandomVectors random(call, 25, at::kDouble);
    TraceEstimate estimate = estimateTrace(product, random, 400);
    double error = std::abs(estimate.trace - matrix.trace().item<double>());
    EXPECT_LT(error, 5 * estimate.standardError);
    within += error < 2 * estimate.standardError;
    // Var(v'Hv) = 2 * sum of squared off-diagonal entries (Hutchinson 1990).
    double squares = matrix.square().sum().item<double>() -
                     matrix.diagonal().square().sum().item<double>();
    double expected = std::sqrt(2 * squares / 400);
    EXPECT_NEAR(estimate.standardError, expected, 0.25 * expected);
  }
  EXPECT_GE(within, 15); // 95% expected
}

TEST(Hutchinson, SingleSampleHasNoStandardError) {
  CheckedProduct product([](const at::Tensor &v) { return v * 3; });
  RandomVectors random(0, 4, at::kDouble);
  TraceEstimate estimate = estimateTrace(product, random, 1);
  EXPECT_TRUE(estimate.finite);
  EXPECT_DOUBLE_EQ(estimate.trace, 12);
  EXPECT_TRUE(std::isnan(estimate.standardError));
  EXPECT_THROW(estimateTrace(product, random, 0), c10::Error);
}

TEST(Hutchinson, NonfiniteProductStops) {
  CheckedProduct product([](const at::Tensor &v) { return v / 0; });
  RandomVectors random(0, 4, at::kDouble);
  EXPECT_FALSE(estimateTrace(product, random, 100).finite);
  EXPECT_EQ(product.calls(), 1);
}

TEST(Hutchinson, BlocksAndFrobeniusNorm) {
  torch::manual_seed(4);
  // Signs give a diagonal matrix's trace, blocks and norm exactly.
  at::Tensor diagonal = torch::arange(1, 7, torch::kDouble);
  CheckedProduct product([&](const at::Tensor &v) { return v.mul(diagonal); });
  RandomVectors random(0, 6, at::kDouble);
  TraceEstimate estimate =
      estimateTrace(product, random, 3, {{{{0, 2}, {5, 1}}}, {{{2, 3}}}});
  EXPECT_NEAR(estimate.trace, 21, 1e-12);
  EXPECT_NEAR(estimate.frobeniusNorm, std::sqrt(91.0), 1e-12);
  ASSERT_EQ(estimate.blocks.size(), 2U);
  EXPECT_NEAR(estimate.blocks[0].mean, 1 + 2 + 6, 1e-12);
  EXPECT_NEAR(estimate.blocks[1].mean, 3 + 4 + 5, 1e-12);
  EXPECT_NEAR(estimate.blocks[1].standardError, 0, 1e-12);
}
