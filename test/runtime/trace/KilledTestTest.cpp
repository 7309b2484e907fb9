//===- KilledTestTest.cpp - Tests of the killed test ------------*- C++ -*-===//

#include "runtime/trace/KilledTest.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <random>

using namespace dynfault;

namespace {

constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

/// Pairs with a clean metric of 1 and these differences; NaN: diverged.
std::vector<MetricPair> pairs(const std::vector<double> &differences) {
  std::vector<MetricPair> result;
  for (double d : differences)
    result.push_back({1, 1 - d});
  return result;
}

double pValue(const std::vector<double> &differences) {
  return testKilled(pairs(differences))->pValue;
}

} // namespace

TEST(KilledTestTest, KnownValues) {
  EXPECT_DOUBLE_EQ(pValue({1, 2, 3, 4, 5}), 1. / 32);
  EXPECT_DOUBLE_EQ(pValue({-1, -2, -3, -4, -5}), 1);
  EXPECT_DOUBLE_EQ(pValue({0, 0, 0, 0, 0}), 1);
  // Only the observed signs and those with the smallest flipped reach 13.
  EXPECT_DOUBLE_EQ(pValue({-1, 2, 3, 4, 5}), 2. / 32);
  // Two zeros may have either sign.
  EXPECT_DOUBLE_EQ(pValue({0, 0, 1, 1, 1}), 4. / 32);
  EXPECT_TRUE(testKilled(pairs({1, 2, 3, 4, 5}))->killed);
  EXPECT_FALSE(testKilled(pairs({-1, 2, 3, 4, 5}))->killed);
  EXPECT_TRUE(testKilled(pairs({-1, 2, 3, 4, 5}), 0.0625)->killed);
}

TEST(KilledTestTest, TooFewSeedsAreNotTested) {
  EXPECT_FALSE(testKilled({}).has_value());
  EXPECT_FALSE(testKilled(pairs({1, 1, 1, 1})).has_value());
  EXPECT_TRUE(testKilled(pairs({1, 1, 1, 1, 1})).has_value());
}

TEST(KilledTestTest, AgreesWithPlainEnumeration) {
  std::mt19937_64 engine(3);
  for (int repeat = 0; repeat < 60; ++repeat) {
    std::vector<double> d(5 + repeat % 7);
    // Few distinct values give many ties; exact in binary.
    for (double &value : d)
      value = int(engine() % 9) / 4.0 - 0.75;
    double observed = 0;
    for (double value : d)
      observed += value;
    int64_t reached = 0;
    std::function<void(size_t, double)> visit = [&](size_t i, double sum) {
      if (i == d.size()) {
        reached += sum >= observed;
        return;
      }
      visit(i + 1, sum + d[i]);
      visit(i + 1, sum - d[i]);
    };
    visit(0, 0);
    EXPECT_DOUBLE_EQ(pValue(d), std::ldexp(reached, -int(d.size())));
  }
}

TEST(KilledTestTest, TiesSurviveRounding) {
  // .1 + .2 + .3 depends on the order of summation.
  double all = pValue({.1, .2, .3, -.1, -.2, -.3});
  double scaled = pValue({1, 2, 3, -1, -2, -3});
  EXPECT_DOUBLE_EQ(all, scaled);
}

TEST(KilledTestTest, DivergedRunsCountAsTheLargestDifference) {
  EXPECT_DOUBLE_EQ(pValue({NaN, 2, 3, -4, 1}), pValue({4, 2, 3, -4, 1}));
  EXPECT_DOUBLE_EQ(pValue({NaN, NaN, NaN, NaN, NaN}), 1. / 32);
  EXPECT_DOUBLE_EQ(pValue({NaN, 0, 0, 0, 0}), pValue({1, 0, 0, 0, 0}));
  std::vector<MetricPair> infinite = pairs({1, 2, 3, 4, 5});
  infinite[2].mutant = -std::numeric_limits<double>::infinity();
  EXPECT_DOUBLE_EQ(testKilled(infinite)->pValue, 1. / 32);
}

TEST(KilledTestTest, ManySeedsAreSampled) {
  std::mt19937_64 engine(4);
  std::normal_distribution<double> normal(0.3, 1);
  std::vector<double> d(40);
  for (double &value : d)
    value = normal(engine);
  double sampled = pValue(d);
  EXPECT_DOUBLE_EQ(sampled, pValue(d));
  // The sign-flip distribution of a mean of 40 is close to normal.
  double sum = 0, squares = 0;
  for (double value : d) {
    sum += value;
    squares += value * value;
  }
  double approximate = 0.5 * std::erfc(sum / std::sqrt(2 * squares));
  EXPECT_NEAR(sampled, approximate, 0.01);
  std::vector<double> strong(40, 1);
  EXPECT_DOUBLE_EQ(pValue(strong), 1e-5);
}
