//===- SignFlipTest.cpp ---------------------------------------------------===//
//
// Small cases are listed by hand; the random branch is compared with the exact
// null distribution of equal differences, which is binomial.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/score/SignFlip.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace dynfault::study;

namespace {

TEST(SignFlip, AllOfOneSignGivesTheLeastPValue) {
  const SignFlipResult result = signFlipTest({0.1, 0.2, 0.3}, 1);
  EXPECT_TRUE(result.exact);
  EXPECT_DOUBLE_EQ(result.pValue, 2.0 / 8);
  EXPECT_DOUBLE_EQ(result.smallestPossible, 2.0 / 8);
  EXPECT_NEAR(result.mean, 0.2, 1e-15);
}

TEST(SignFlip, CountsSumsByHand) {
  // Sums of +-1 +-2 +-4: all odd numbers from -7 to 7, once each. The observed
  // sum is 1 + 4 - 2 = 3, and 7, 5, 3, -3, -5, -7 are as far from 0.
  EXPECT_DOUBLE_EQ(signFlipTest({1, -2, 4}, 1).pValue, 6.0 / 8);
  EXPECT_DOUBLE_EQ(signFlipTest({-1, 2, -4}, 1).pValue, 6.0 / 8);
}

TEST(SignFlip, TiesCountDespiteRounding) {
  // 0.1 + 0.2 - 0.3 is not 0 in binary, but every pattern is as extreme as 0.
  EXPECT_DOUBLE_EQ(signFlipTest({0.1, 0.2, -0.3}, 1).pValue, 1);
  EXPECT_DOUBLE_EQ(signFlipTest({0, 0, 0, 0}, 1).pValue, 1);
}

TEST(SignFlip, TwentyDifferencesAreEnumerated) {
  const SignFlipResult result = signFlipTest(std::vector<double>(20, 0.05), 1);
  EXPECT_TRUE(result.exact);
  EXPECT_DOUBLE_EQ(result.pValue, std::ldexp(1, -19));
}

TEST(SignFlip, RandomPatternsMatchTheBinomial) {
  // 24 equal differences, 7 negative: |sum| >= 10 means at least 17 of a kind.
  std::vector<double> differences(24, 1);
  for (size_t i = 0; i < 7; ++i)
    differences[i] = -1;
  double tail = 0;
  for (int k = 17; k <= 24; ++k)
    tail +=
        std::exp(std::lgamma(25) - std::lgamma(k + 1) - std::lgamma(25 - k)) *
        std::ldexp(1, -24);
  const double exact = 2 * tail;
  for (uint64_t seed : {1, 2, 3}) {
    const SignFlipResult result = signFlipTest(differences, seed);
    EXPECT_FALSE(result.exact);
    EXPECT_NEAR(result.pValue, exact,
                5 * std::sqrt(exact * (1 - exact) / 100000));
    EXPECT_EQ(result.pValue, signFlipTest(differences, seed).pValue);
  }
}

TEST(SignFlip, RandomPValueIsNeverZero) {
  EXPECT_GT(signFlipTest(std::vector<double>(70, 1.0), 5).pValue, 0);
}

} // namespace
