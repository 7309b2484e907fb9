//===- BootstrapTest.cpp --------------------------------------------------===//
//
// With two or three clusters every resample can be listed, so the bootstrap's
// distribution is known exactly.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/score/Bootstrap.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>

using namespace dynfault::study;

namespace {

Confusion confusion(double a, double b, double c, double d) {
  Confusion result(2, 2);
  result << a, b, c, d;
  return result;
}

TEST(Bootstrap, WeighsAClusterByItsMultiplicity) {
  const std::vector<Confusion> clusters = {
      confusion(4, 0, 0, 4), confusion(0, 2, 1, 1), confusion(1, 3, 3, 1)};
  Eigen::MatrixXi times(3, 3);
  times << 2, 1, 0, 0, 0, 3, 1, 1, 1;
  const auto values = ClusterBootstrap(times).balancedAccuracies(clusters);
  // 2 x first + second: recalls 8/10 and 9/10. The set of drawn clusters
  // {first, second} would give 4/6 and 5/6.
  EXPECT_DOUBLE_EQ(values[0], 0.85);
  EXPECT_DOUBLE_EQ(values[1], 0.25);
  EXPECT_DOUBLE_EQ(values[2], (5.0 / 10 + 6.0 / 10) / 2);
}

TEST(Bootstrap, MatchesTheExactDistributionOfThreeClusters) {
  const std::vector<Confusion> clusters = {
      confusion(5, 2, 1, 6), confusion(1, 3, 2, 1), confusion(2, 9, 3, 4)};
  // All 27 equally likely draws.
  std::map<double, double> exact;
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b < 3; ++b)
      for (int c = 0; c < 3; ++c) {
        Confusion sum = clusters[static_cast<size_t>(a)];
        sum += clusters[static_cast<size_t>(b)];
        sum += clusters[static_cast<size_t>(c)];
        exact[balancedAccuracy(sum)] += 1.0 / 27;
      }
  // The multisets of three differ in score; were multiplicity dropped, only
  // the seven sets could occur.
  ASSERT_EQ(exact.size(), 10u);

  const int resamples = 60000;
  for (uint64_t seed : {1, 2, 3}) {
    std::map<double, double> share;
    for (double value :
         ClusterBootstrap(3, resamples, seed).balancedAccuracies(clusters))
      share[value] += 1.0 / resamples;
    ASSERT_EQ(share.size(), exact.size());
    for (const auto &entry : exact) {
      // Five standard errors of a share.
      const double error =
          std::sqrt(entry.second * (1 - entry.second) / resamples);
      EXPECT_NEAR(share[entry.first], entry.second, 5 * error);
    }
  }
}

TEST(Bootstrap, DrawsAsManyClustersAsThereAre) {
  const std::vector<Confusion> clusters(5, confusion(1, 0, 0, 1));
  const ClusterBootstrap bootstrap(5, 500, 9);
  // Equal clusters: every resample has the same score.
  for (double value : bootstrap.balancedAccuracies(clusters))
    EXPECT_DOUBLE_EQ(value, 1);
  EXPECT_EQ(bootstrap.resamples(), 500);
}

TEST(Bootstrap, CountsResamplesThatLackAClass) {
  const std::vector<Confusion> clusters = {confusion(3, 1, 0, 0),
                                           confusion(1, 1, 1, 1)};
  Eigen::MatrixXi times(3, 2);
  times << 2, 0, 1, 1, 0, 2;
  const ClusterBootstrap bootstrap(times);
  EXPECT_EQ(bootstrap.lackingClass(clusters), 1);
  EXPECT_DOUBLE_EQ(bootstrap.balancedAccuracies(clusters)[0], 0.75);
}

TEST(Bootstrap, PairedDifferencesVaryLessThanUnpairedOnes) {
  // Programs differ much, but each is 0.1 better in one condition.
  std::vector<Confusion> good, bad;
  for (int p = 0; p < 8; ++p) {
    good.push_back(confusion(20 + 10 * p, 80 - 10 * p, 50, 50));
    bad.push_back(confusion(10 + 10 * p, 90 - 10 * p, 40, 60));
    bad.back()(1, 1) = 40;
    bad.back()(1, 0) = 60;
  }
  const ClusterBootstrap bootstrap(8, 2000, 4);
  const auto a = bootstrap.balancedAccuracies(good);
  const auto b = bootstrap.balancedAccuracies(bad);
  for (size_t r = 0; r < a.size(); ++r)
    EXPECT_NEAR(a[r] - b[r], 0.1, 1e-12);
  const Interval spread = percentileInterval(a);
  EXPECT_GT(spread.high - spread.low, 0.1);
}

TEST(Bootstrap, PercentilesInterpolate) {
  std::vector<double> values;
  for (int i = 100; i >= 0; --i)
    values.push_back(i);
  values.push_back(std::nan(""));
  const Interval interval = percentileInterval(values);
  EXPECT_NEAR(interval.low, 2.5, 1e-12);
  EXPECT_NEAR(interval.high, 97.5, 1e-12);
  EXPECT_TRUE(std::isnan(percentileInterval({}).low));
}

} // namespace
