//===- StatisticsTest.cpp -------------------------------------------------===//
//
// The loops for the CPU against LibTorch's operators, and both against numbers
// worked out by hand or by an eigensolver.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Statistics.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>

using namespace dynfault;

static void expectClose(const Numbers &numbers, const at::Tensor &b) {
  at::Tensor a = numbers.tensor();
  ASSERT_EQ(a.sizes(), b.sizes());
  EXPECT_TRUE(at::allclose(a, b, 1e-9, 1e-12, /*equal_nan=*/true)) << a << "\n"
                                                                   << b;
}

static void expectSameNumbers(const at::Tensor &x, const at::Tensor &y,
                              int64_t unitDim) {
  UnitLayout layout = unitLayout(x.sizes(), unitDim);
  for (const char *kind : {"relu", "tanh", "hardsigmoid", "gelu"}) {
    ActivationRange range = activationRange(kind);
    expectClose(activationStatistics(x, range, layout),
                generic::activationStatistics(x, range, layout));
  }
  expectClose(effectiveRank(x, layout), generic::effectiveRank(x, layout));
  expectClose(gradientStatistics(x), generic::gradientStatistics(x));
  expectClose(weightStatistics(x), generic::weightStatistics(x));
  expectClose(updateStatistics(x, y), generic::updateStatistics(x, y));
  expectClose(normAndCosine(x, y), generic::normAndCosine(x, y));
  expectClose(normAndSum(x), generic::normAndSum(x));
  expectClose(differenceStatistics(x, y), generic::differenceStatistics(x, y));
}

TEST(Statistics, LoopsAgreeWithOperators) {
  torch::manual_seed(1);
  for (at::ScalarType type : {at::kFloat, at::kDouble, at::kHalf})
    for (at::IntArrayRef shape : std::vector<std::vector<int64_t>>{
             {1}, {7}, {33, 5}, {200, 17}, {3, 4, 9}, {2, 6, 11, 13}}) {
      at::Tensor x = (torch::randn(shape) * 3 + 1).to(type);
      at::Tensor y = torch::where(torch::rand(shape) < 0.5, x.to(at::kFloat),
                                  torch::randn(shape))
                         .to(type);
      for (int64_t unitDim : {0, 1})
        expectSameNumbers(x, y, unitDim);
      // Another order in memory gives the same numbers.
      if (x.dim() == 2)
        expectSameNumbers(x.t(), y.t(), 0);
    }
}

TEST(Statistics, NonfiniteEmptyAndZero) {
  double infinity = std::numeric_limits<double>::infinity();
  at::Tensor ones = torch::ones({4}, at::kDouble);
  for (double odd : {infinity, -infinity, std::nan("")}) {
    at::Tensor x = torch::tensor({1.0, odd, -2.0, 0.0});
    expectSameNumbers(x, ones, 0);
    expectSameNumbers(ones, x, 0);
  }
  at::Tensor empty = torch::empty({0}, at::kDouble);
  expectClose(gradientStatistics(empty), generic::gradientStatistics(empty));
  EXPECT_TRUE(std::isnan(gradientStatistics(empty)[2]));
  at::Tensor zero = torch::zeros({4}, at::kDouble);
  expectSameNumbers(zero, zero, 0);
  EXPECT_EQ(differenceStatistics(zero, zero)[1], 1);
  EXPECT_TRUE(std::isnan(normAndCosine(zero, ones)[1]));
}

TEST(Statistics, QuantilesAreOfAFixedSubsample) {
  // 1,024 entries: every fourth is looked at, 0, 4, ..., 1020.
  at::Tensor x = torch::arange(1024, at::kDouble);
  Numbers result = gradientStatistics(x);
  EXPECT_EQ(result[4], 4 * 26); // lround(.1 * 255)
  EXPECT_EQ(result[5], 4 * 128);
  EXPECT_EQ(result[6], 4 * 230);
}

TEST(Statistics, EffectiveRankAgainstAnEigensolver) {
  torch::manual_seed(2);
  for (auto [rows, units] :
       std::vector<std::pair<int64_t, int64_t>>{{20, 6}, {6, 20}, {128, 40}}) {
    at::Tensor x = torch::randn({rows, units}, at::kDouble) *
                   torch::linspace(0.1, 3, units, torch::kDouble);
    at::Tensor centred = x - x.mean(0);
    at::Tensor values =
        at::linalg_eigvalsh(centred.t().mm(centred) / (rows - 1));
    double expected = (values.sum().square() / values.square().sum() /
                       static_cast<double>(std::min(units, rows - 1)))
                          .item<double>();
    EXPECT_NEAR(effectiveRank(x, unitLayout(x.sizes(), 0))[0], expected, 1e-10);
  }
}

TEST(Statistics, EffectiveRankOfKnownCases) {
  torch::manual_seed(3);
  auto rank = [](const at::Tensor &x, int64_t unitDim) {
    return effectiveRank(x, unitLayout(x.sizes(), unitDim))[0];
  };
  // One direction only: 1 of min(5, 31).
  at::Tensor line =
      torch::randn({32, 1}, at::kDouble).mm(torch::randn({1, 5}, at::kDouble));
  EXPECT_NEAR(rank(line, 0), 1. / 5, 1e-10);
  // All directions alike.
  at::Tensor axes =
      at::cat({torch::eye(4, torch::kDouble), -torch::eye(4, torch::kDouble)});
  EXPECT_NEAR(rank(axes, 0), 1, 1e-10);
  EXPECT_TRUE(std::isnan(rank(torch::ones({8, 3}, at::kDouble), 0)));
  EXPECT_TRUE(std::isnan(rank(torch::randn({1, 3}, at::kDouble), 0)));
  // Channels are units: as if each place were a row.
  at::Tensor images = torch::randn({2, 3, 4, 5}, at::kDouble);
  at::Tensor rows = images.permute({0, 2, 3, 1}).reshape({40, 3});
  EXPECT_NEAR(rank(images, 1), rank(rows, 0), 1e-12);
  at::Tensor signal = torch::randn({4, 3, 10}, at::kDouble);
  EXPECT_NEAR(rank(signal, 1),
              rank(signal.permute({0, 2, 1}).reshape({40, 3}), 0), 1e-12);
}

TEST(Statistics, DeadUnits) {
  // Of three units the first is dead, the second has one live entry, and the
  // third has a NaN.
  at::Tensor x = torch::tensor({{-1.0, -1.0, -1.0}, {0.0, 0.5, std::nan("")}});
  Numbers result = activationStatistics(x, activationRange("relu"),
                                        unitLayout(x.sizes(), 0));
  EXPECT_DOUBLE_EQ(result[7], 1. / 3);
  EXPECT_DOUBLE_EQ(result[5], 4. / 6);
}

// To the bit, whatever instructions the processor has.
TEST(Statistics, SumsAreThoseOfEightLanes) {
  torch::manual_seed(2);
  for (int64_t size : {1, 7, 8, 9, 23, 64, 1003}) {
    at::Tensor x = torch::randn({size}), y = torch::randn({size});
    const float *a = x.data_ptr<float>(), *b = y.data_ptr<float>();
    double squares[8] = {}, products[8] = {}, sums[8] = {};
    for (int64_t i = 0; i < size; ++i) {
      int64_t lane = i < size / 8 * 8 ? i % 8 : 0;
      // Exact, as the products of two float32 are in float64.
      squares[lane] += double{a[i]} * double{a[i]};
      products[lane] += double{a[i]} * double{b[i]};
      sums[lane] += double{a[i]};
    }
    double square = 0, product = 0, sum = 0, other = 0;
    for (int lane = 0; lane < 8; ++lane) {
      square += squares[lane];
      product += products[lane];
      sum += sums[lane];
    }
    other = normAndSum(y)[0];
    EXPECT_EQ(normAndSum(x)[0], std::sqrt(square));
    EXPECT_EQ(normAndSum(x)[1], sum);
    EXPECT_EQ(gradientStatistics(x)[0], std::sqrt(square));
    EXPECT_EQ(weightStatistics(x)[1], sum / static_cast<double>(size));
    EXPECT_EQ(normAndCosine(x, y)[1], product / (std::sqrt(square) * other));
  }
}
