//===- LanczosTest.cpp ----------------------------------------------------===//
//
// Extreme eigenvalues against Eigen's dense solver, and where Lanczos is known
// to go wrong: repeated eigenvalues, invariant subspaces, tiny dimensions.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/Lanczos.h"
#include "TestPrograms.h"

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <limits>

using namespace dynfault;
using namespace dynfault::test;

namespace {

struct DenseExtremes {
  double bottom, top;
};

DenseExtremes denseExtremes(const at::Tensor &matrix) {
  at::Tensor m = matrix.contiguous();
  Eigen::Map<Eigen::MatrixXd> dense(m.data_ptr<double>(), m.size(0), m.size(1));
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(dense);
  return {solver.eigenvalues()[0], solver.eigenvalues()[m.size(0) - 1]};
}

/// Lanczos on a dense float64 matrix with a start as at the first sample.
LanczosResult run(const at::Tensor &matrix, int64_t maxProducts,
                  double tolerance, uint64_t seed = 0,
                  const at::Tensor &top = {}, const at::Tensor &bottom = {},
                  LanczosStop stop = LanczosStop::Residual) {
  CheckedProduct product(
      [&](const at::Tensor &v) { return at::mv(matrix, v); });
  RandomVectors random(seed, matrix.size(0), matrix.options());
  LanczosResult result =
      lanczosExtremes(product, mixedStart(top, bottom, random), random,
                      {maxProducts, tolerance, /*wantBottom=*/true, stop});
  EXPECT_EQ(result.products, product.calls());
  return result;
}

/// The pair is an eigenpair of the matrix, and its residual is what it says.
void expectEigenpair(const at::Tensor &matrix, const RitzPair &pair,
                     double tolerance) {
  at::Tensor y = pair.vector;
  EXPECT_NEAR(y.norm().item<double>(), 1, 1e-12);
  double residual = (at::mv(matrix, y) - y * pair.value).norm().item<double>();
  EXPECT_LE(residual, tolerance);
  EXPECT_NEAR(residual, pair.residual, tolerance);
}

} // namespace

TEST(Lanczos, IndefiniteMatricesAgainstDenseSolver) {
  torch::manual_seed(1);
  for (int call = 0; call < 5; ++call) {
    at::Tensor a = torch::randn({40, 40}, torch::kDouble);
    at::Tensor matrix = a + a.t();
    DenseExtremes expected = denseExtremes(matrix);
    LanczosResult result = run(matrix, 40, 1e-12, call);
    ASSERT_TRUE(result.finite);
    EXPECT_TRUE(result.converged);
    EXPECT_NEAR(result.top.value, expected.top, 1e-10);
    EXPECT_NEAR(result.bottom.value, expected.bottom, 1e-10);
    expectEigenpair(matrix, result.top, 1e-9);
    expectEigenpair(matrix, result.bottom, 1e-9);
  }
}

TEST(Lanczos, LargerMatrixConvergesLongBeforeTheDimension) {
  torch::manual_seed(2);
  std::vector<double> spectrum(400);
  for (size_t i = 0; i < spectrum.size(); ++i)
    spectrum[i] = std::cos(static_cast<double>(i)); // bulk in [-1, 1]
  spectrum[7] = 10;
  spectrum[8] = -3;
  for (int call = 0; call < 3; ++call) {
    LanczosResult result = run(symmetricWithSpectrum(spectrum), 60, 1e-6, call);
    EXPECT_TRUE(result.converged);
    EXPECT_LT(result.products, 30);
    EXPECT_NEAR(result.top.value, 10, 1e-8);
    EXPECT_NEAR(result.bottom.value, -3, 1e-8);
  }
}

TEST(Lanczos, OrthogonalityHoldsWhereShortRecurrenceLosesIt) {
  // A dominant eigenvalue makes the plain recurrence produce copies of it; a
  // copy would show as a wrong count of negative eigenvalues: the bottom.
  torch::manual_seed(3);
  std::vector<double> spectrum(100);
  for (size_t i = 0; i < spectrum.size(); ++i)
    spectrum[i] = std::pow(0.8, static_cast<double>(i)) * 1e6;
  spectrum.back() = -1e-3;
  at::Tensor matrix = symmetricWithSpectrum(spectrum);
  LanczosResult result = run(matrix, 100, 0);
  ASSERT_TRUE(result.finite);
  EXPECT_NEAR(result.top.value, 1e6, 1e-6);
  EXPECT_NEAR(result.bottom.value, -1e-3, 1e-7);
}

TEST(Lanczos, WarmStartNeedsFewerProducts) {
  torch::manual_seed(4);
  std::vector<double> spectrum(500);
  for (size_t i = 0; i < spectrum.size(); ++i)
    spectrum[i] = static_cast<double>(i) / 500.0;
  spectrum[499] = 1.5;
  spectrum[0] = -0.5;
  at::Tensor matrix = symmetricWithSpectrum(spectrum);
  LanczosResult cold = run(matrix, 200, 1e-3, 0);
  at::Tensor top = cold.top.vector, bottom = cold.bottom.vector;
  for (int call = 1; call <= 4; ++call) {
    // A drift as between two samples of a training run.
    at::Tensor drift = torch::randn({500, 500}, torch::kDouble) * 1e-4;
    matrix = matrix + drift + drift.t();
    LanczosResult warm = run(matrix, 200, 1e-3, call, top, bottom);
    DenseExtremes expected = denseExtremes(matrix);
    EXPECT_TRUE(warm.converged);
    EXPECT_LT(warm.products, cold.products);
    EXPECT_NEAR(warm.top.value, expected.top, 1e-5);
    EXPECT_NEAR(warm.bottom.value, expected.bottom, 1e-5);
    top = warm.top.vector;
    bottom = warm.bottom.vector;
  }
}

TEST(Lanczos, WarmStartFindsANewTopEigenvalue) {
  torch::manual_seed(5);
  std::vector<double> before(200, 0.0), after;
  before[0] = 2;
  before[1] = -1;
  after = before;
  after[2] = 5; // orthogonal to everything that was kept
  after[3] = -4;
  at::Tensor q = std::get<0>(at::linalg_qr(at::randn({200, 200}, at::kDouble)));
  auto matrixOf = [&](const std::vector<double> &spectrum) {
    return q.matmul(at::diag(at::tensor(spectrum, at::kDouble))).matmul(q.t());
  };
  for (uint64_t seed = 0; seed < 3; ++seed) {
    LanczosResult old = run(matrixOf(before), 30, 1e-3, seed);
    LanczosResult now = run(matrixOf(after), 30, 1e-3, seed + 100,
                            old.top.vector, old.bottom.vector);
    EXPECT_NEAR(now.top.value, 5, 1e-4);
    EXPECT_NEAR(now.bottom.value, -4, 1e-4);
  }
}

TEST(Lanczos, StartInsideAnInvariantSubspace) {
  // The start is an eigenvector: without a restart its eigenvalue would be
  // taken for both ends.
  at::Tensor matrix =
      at::diag(at::tensor({5.0, 1.0, 1.0, -2.0, 1.0}, at::kDouble));
  at::Tensor start = at::zeros({5}, at::kDouble);
  start[0] = 1;
  CheckedProduct product(
      [&](const at::Tensor &v) { return at::mv(matrix, v); });
  RandomVectors random(0, 5, matrix.options());
  LanczosResult result = lanczosExtremes(product, start, random, {5, 1e-6});
  ASSERT_TRUE(result.finite);
  EXPECT_NEAR(result.top.value, 5, 1e-12);
  EXPECT_NEAR(result.bottom.value, -2, 1e-12);
}

TEST(Lanczos, DegenerateSpectrum) {
  for (double value : {3.0, -3.0, 0.0}) {
    at::Tensor matrix = at::eye(50, at::kDouble) * value;
    LanczosResult result = run(matrix, 20, 1e-3);
    ASSERT_TRUE(result.finite);
    EXPECT_TRUE(result.converged);
    EXPECT_NEAR(result.top.value, value, 1e-12);
    EXPECT_NEAR(result.bottom.value, value, 1e-12);
    EXPECT_LE(result.products, 3);
  }
  torch::manual_seed(6);
  std::vector<double> two(60, -1.0);
  std::fill(two.begin(), two.begin() + 30, 4.0);
  LanczosResult result = run(symmetricWithSpectrum(two), 20, 1e-9);
  EXPECT_NEAR(result.top.value, 4, 1e-10);
  EXPECT_NEAR(result.bottom.value, -1, 1e-10);
}

TEST(Lanczos, DimensionOneAndMoreProductsThanDimensions) {
  at::Tensor one = at::full({1, 1}, -2.5, at::kDouble);
  LanczosResult single = run(one, 20, 1e-3);
  ASSERT_TRUE(single.finite);
  EXPECT_TRUE(single.converged);
  EXPECT_EQ(single.products, 1);
  EXPECT_DOUBLE_EQ(single.top.value, -2.5);
  EXPECT_DOUBLE_EQ(single.bottom.value, -2.5);

  torch::manual_seed(7);
  for (int64_t n = 2; n <= 6; ++n) {
    at::Tensor a = torch::randn({n, n}, torch::kDouble);
    at::Tensor matrix = a + a.t();
    LanczosResult result = run(matrix, 100, 0);
    DenseExtremes expected = denseExtremes(matrix);
    ASSERT_TRUE(result.finite);
    EXPECT_TRUE(result.converged);
    EXPECT_LE(result.products, n);
    EXPECT_NEAR(result.top.value, expected.top, 1e-11);
    EXPECT_NEAR(result.bottom.value, expected.bottom, 1e-11);
  }
}

TEST(Lanczos, OneProductGivesTheRayleighQuotientOfTheStart) {
  torch::manual_seed(8);
  at::Tensor a = torch::randn({9, 9}, torch::kDouble);
  at::Tensor matrix = a + a.t();
  RandomVectors random(3, 9, matrix.options());
  at::Tensor start = torch::randn({9}, torch::kDouble);
  CheckedProduct product(
      [&](const at::Tensor &v) { return at::mv(matrix, v); });
  LanczosResult result = lanczosExtremes(product, start, random, {1, 1e-3});
  at::Tensor unit = start / start.norm();
  EXPECT_NEAR(result.top.value, dot64(unit, at::mv(matrix, unit)), 1e-12);
  EXPECT_EQ(result.top.value, result.bottom.value);
  EXPECT_FALSE(result.converged);
}

TEST(Lanczos, Float32AgainstFloat64) {
  torch::manual_seed(9);
  for (int call = 0; call < 3; ++call) {
    at::Tensor a = torch::randn({80, 80}, torch::kDouble);
    at::Tensor matrix = (a + a.t()).to(torch::kFloat);
    DenseExtremes expected = denseExtremes(matrix.to(torch::kDouble));
    LanczosResult result = run(matrix, 80, 1e-4, call);
    EXPECT_TRUE(result.converged);
    EXPECT_NEAR(result.top.value, expected.top, 1e-4 * expected.top);
    EXPECT_NEAR(result.bottom.value, expected.bottom, 1e-4 * expected.top);
  }
}

TEST(Lanczos, NonfiniteProductStopsAtOnce) {
  for (int64_t failing : {1, 3}) {
    int64_t calls = 0;
    CheckedProduct product([&](const at::Tensor &v) {
      at::Tensor w = v * at::arange(1, 11, at::kDouble);
      return ++calls == failing ? w / 0 : w;
    });
    RandomVectors random(0, 10, at::kDouble);
    LanczosResult result = lanczosExtremes(product, mixedStart({}, {}, random),
                                           random, {10, 1e-9});
    EXPECT_FALSE(result.finite);
    EXPECT_EQ(result.products, failing);
    EXPECT_EQ(product.nonfinite(), 1);
  }
}

TEST(Lanczos, OverflowInsideTheIterationIsNotFinite) {
  // Products are finite in float32, their norms are not.
  CheckedProduct product(
      [](const at::Tensor &v) { return at::full_like(v, 3e38F); });
  RandomVectors random(0, 64, at::kFloat);
  LanczosResult result =
      lanczosExtremes(product, mixedStart({}, {}, random), random, {10, 1e-3});
  EXPECT_FALSE(result.finite);
}

TEST(Lanczos, RejectsImpossibleArguments) {
  CheckedProduct product([](const at::Tensor &v) { return v; });
  RandomVectors random(0, 3, at::kDouble);
  EXPECT_THROW(
      lanczosExtremes(product, at::ones({3}, at::kDouble), random, {0, 1e-3}),
      c10::Error);
  EXPECT_THROW(lanczosExtremes(product, at::ones({3, 1}, at::kDouble), random,
                               {3, 1e-3}),
               c10::Error);
  EXPECT_FALSE(
      lanczosExtremes(product, at::zeros({3}, at::kDouble), random, {3, 1e-3})
          .finite);
}

TEST(Lanczos, StopByErrorMeetsTheToleranceWithFewerProducts) {
  torch::manual_seed(10);
  int64_t byResidual = 0, byError = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    // As a network's Hessian: a bulk around zero, and a few far from it.
    std::vector<double> spectrum(300);
    for (double &eigenvalue : spectrum)
      eigenvalue = 0.3 * torch::randn({1}).item<double>();
    std::vector<double> outliers = {20, 14, 9, 5, 3, -4};
    for (size_t i = 0; i < outliers.size(); ++i)
      spectrum[i] = outliers[i] * (1 + 0.1 * torch::rand({1}).item<double>());
    double top = spectrum[0], bottom = spectrum[5];
    at::Tensor matrix = symmetricWithSpectrum(spectrum);
    for (double tolerance : {1e-2, 1e-3, 1e-4}) {
      LanczosResult slow = run(matrix, 300, tolerance, seed);
      LanczosResult fast =
          run(matrix, 300, tolerance, seed, {}, {}, LanczosStop::Error);
      EXPECT_TRUE(fast.converged);
      EXPECT_LE(fast.products, slow.products);
      EXPECT_NEAR(fast.top.value, top, tolerance * top) << seed;
      EXPECT_NEAR(fast.bottom.value, bottom, tolerance * top) << seed;
      byResidual += slow.products;
      byError += fast.products;
    }
  }
  EXPECT_LT(byError, 0.85 * static_cast<double>(byResidual));
}

TEST(Lanczos, StopByErrorIsNotFooledByACloseSecondEigenvalue) {
  // The gap is far smaller than the residual: nothing better than that is
  // known, and both stops agree.
  torch::manual_seed(11);
  std::vector<double> spectrum(200);
  for (size_t i = 0; i < spectrum.size(); ++i)
    spectrum[i] = std::cos(static_cast<double>(i)); // bulk in [-1, 1]
  spectrum[0] = 5;
  spectrum[1] = 5 * (1 - 1e-5);
  spectrum[2] = -2;
  at::Tensor matrix = symmetricWithSpectrum(spectrum);
  for (uint64_t seed = 0; seed < 5; ++seed) {
    LanczosResult result =
        run(matrix, 200, 1e-3, seed, {}, {}, LanczosStop::Error);
    EXPECT_TRUE(result.converged);
    EXPECT_NEAR(result.top.value, 5, 5e-3);
    EXPECT_NEAR(result.bottom.value, -2, 5e-3);
  }
}
