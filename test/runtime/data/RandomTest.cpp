//===- RandomTest.cpp - Tests of the random numbers -----------------------===//

#include "runtime/data/Random.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>

using namespace dynfault;

TEST(RandomTest, PermutationsHoldEachIndexOnce) {
  for (int64_t count : {0, 1, 2, 17, 1000}) {
    std::vector<int64_t> order = Random(count).permutation(count);
    std::sort(order.begin(), order.end());
    ASSERT_EQ(order.size(), size_t(count));
    for (int64_t i = 0; i < count; ++i)
      EXPECT_EQ(order[i], i);
  }
}

TEST(RandomTest, EveryOrderIsEquallyLikely) {
  // 24 orders of four; chi-square with 23 degrees of freedom stays below 49.7
  // with probability .999.
  constexpr int draws = 24000;
  std::map<std::vector<int64_t>, int> counts;
  Random random(5);
  for (int i = 0; i < draws; ++i)
    ++counts[random.permutation(4)];
  ASSERT_EQ(counts.size(), 24u);
  double chiSquare = 0, expected = draws / 24.0;
  for (const auto &[order, count] : counts)
    chiSquare += (count - expected) * (count - expected) / expected;
  EXPECT_LT(chiSquare, 49.7);
}

TEST(RandomTest, NormalHasTheRightMoments) {
  constexpr int draws = 200000;
  Random random(6);
  double sums[5] = {};
  for (int i = 0; i < draws; ++i) {
    double x = random.normal();
    for (int power = 1; power < 5; ++power)
      sums[power] += std::pow(x, power) / draws;
  }
  // Five standard errors of each sample moment.
  double unit = 5 / std::sqrt(double(draws));
  EXPECT_NEAR(sums[1], 0, unit);
  EXPECT_NEAR(sums[2], 1, unit * std::sqrt(2));
  EXPECT_NEAR(sums[3], 0, unit * std::sqrt(15));
  EXPECT_NEAR(sums[4], 3, unit * std::sqrt(96));
}

TEST(RandomTest, SeedsAndStreamsDiffer) {
  auto first = [](uint64_t seed, uint64_t stream) {
    return Random(seed, stream).permutation(50);
  };
  EXPECT_EQ(first(1, 2), first(1, 2));
  EXPECT_NE(first(1, 2), first(2, 2));
  EXPECT_NE(first(1, 2), first(1, 3));
  EXPECT_NE(first(1, 2), first(2, 1));
}
