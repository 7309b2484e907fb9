//===- TrivialPredictorTest.cpp - Tests of the score to beat ----*- C++ -*-===//

#include "runtime/train/TrivialPredictor.h"

#include <ATen/ATen.h>
#include <cmath>
#include <gtest/gtest.h>
#include <map>

using namespace dynfault;

namespace {

PreparedData withTargets(at::Tensor train, at::Tensor validation) {
  return {at::zeros({train.size(0), 1}), train,
          at::zeros({validation.size(0), 1}), validation};
}

} // namespace

TEST(TrivialPredictorTest, NamesTheMostFrequentTrainingClass) {
  for (int repeat = 0; repeat < 5; ++repeat) {
    at::manual_seed(repeat);
    at::Tensor train = at::randint(5, {301}, at::kLong);
    at::Tensor validation = at::randint(5, {97}, at::kLong);
    std::map<int64_t, int> counts;
    for (int64_t i = 0; i < 301; ++i)
      ++counts[train[i].item<int64_t>()];
    int64_t majority = counts.begin()->first;
    for (auto [label, count] : counts)
      if (count > counts[majority])
        majority = label;
    int right = 0;
    for (int64_t i = 0; i < 97; ++i)
      right += validation[i].item<int64_t>() == majority;
    EXPECT_DOUBLE_EQ(trivialMetric(withTargets(train, validation), true),
                     right / 97.0);
  }
}

TEST(TrivialPredictorTest, TheSmallestOfEquallyFrequentClasses) {
  at::Tensor train = at::tensor({2, 1, 2, 1, 0}, at::kLong);
  at::Tensor validation = at::tensor({1, 1, 1, 2}, at::kLong);
  EXPECT_DOUBLE_EQ(trivialMetric(withTargets(train, validation), true), 0.75);
}

TEST(TrivialPredictorTest, OneLogitAndIgnoredPlaces) {
  at::Tensor train = at::tensor({1., 1., 0.}).reshape({3, 1});
  at::Tensor validation = at::tensor({1., 0., 0., 0.}).reshape({4, 1});
  EXPECT_DOUBLE_EQ(trivialMetric(withTargets(train, validation), true), 0.25);
  at::Tensor places =
      at::tensor({-100, -100, -100, 3, 3, 1}, at::kLong).reshape({2, 3});
  at::Tensor wanted =
      at::tensor({3, -100, -100, 0, 3, -100}, at::kLong).reshape({2, 3});
  EXPECT_DOUBLE_EQ(trivialMetric(withTargets(places, wanted), true), 2 / 3.0);
  wanted.fill_(-100);
  EXPECT_TRUE(std::isnan(trivialMetric(withTargets(places, wanted), true)));
}

TEST(TrivialPredictorTest, TheTrainingMeanOfEachValue) {
  at::manual_seed(3);
  at::Tensor train = at::randn({50, 2, 3}) + at::arange(6).reshape({2, 3});
  at::Tensor validation = at::randn({20, 2, 3}) + at::arange(6).reshape({2, 3});
  double sse = 0, sst = 0;
  for (int64_t j = 0; j < 2; ++j)
    for (int64_t k = 0; k < 3; ++k) {
      double seen = 0, mean = 0;
      for (int64_t i = 0; i < 50; ++i)
        seen += train[i][j][k].item<double>() / 50;
      for (int64_t i = 0; i < 20; ++i)
        mean += validation[i][j][k].item<double>() / 20;
      for (int64_t i = 0; i < 20; ++i) {
        double value = validation[i][j][k].item<double>();
        sse += std::pow(value - seen, 2);
        sst += std::pow(value - mean, 2);
      }
    }
  double metric = trivialMetric(withTargets(train, validation), false);
  EXPECT_NEAR(metric, 1 - sse / sst, 1e-9);
  EXPECT_LE(metric, 0);
  at::Tensor constant = at::ones({10, 1});
  EXPECT_TRUE(
      std::isnan(trivialMetric(withTargets(constant, constant), false)));
}
