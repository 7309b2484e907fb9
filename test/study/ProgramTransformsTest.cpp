//===- ProgramTransformsTest.cpp ------------------------------------------===//
//
// Values by hand on two programs of a few runs.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/ProgramTransforms.h"

#include "tools/dynfault-study/score/Holm.h"
#include "tools/dynfault-study/score/Metrics.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace dynfault::study;

namespace {

const double missing = std::nan("");

TEST(ProgramTransforms, CleanRunsAreTheReference) {
  RowMatrix features(3, 2), clean(3, 2);
  features << 5, 1, 7, missing, 9, 9;
  clean << 1, 1, 3, 1, 4, 4;
  // Program 0: clean mean 2, deviation 1; second feature constant 1.
  const RowMatrix out =
      relativeToClean(features, {0, 0, 1}, clean, {0, 0, 1});
  EXPECT_NEAR(out(0, 0), 3, 1e-12);
  EXPECT_NEAR(out(1, 0), 5, 1e-12);
  EXPECT_NEAR(out(0, 1), 0, 1e-12);
  EXPECT_TRUE(std::isnan(out(1, 1)));
  EXPECT_NEAR(out(2, 0), (9 - 4) / 0.05, 1e-9);
  // Without a clean run there is nothing to refer to.
  EXPECT_TRUE(relativeToClean(features, {0, 0, 2}, clean, {0, 0, 1})
                  .row(2)
                  .array()
                  .isNaN()
                  .all());
}

TEST(ProgramTransforms, CentreStandardiseRank) {
  RowMatrix features(5, 1);
  features << 1, 3, 3, 10, missing;
  const std::vector<int> program = {0, 0, 0, 1, 1};
  const RowMatrix centred = centredByProgram(features, program);
  EXPECT_NEAR(centred(0, 0), 1 - 7.0 / 3, 1e-12);
  EXPECT_NEAR(centred(3, 0), 0, 1e-12);
  const RowMatrix scaled = standardisedByProgram(features, program);
  EXPECT_NEAR(scaled.col(0).head(3).squaredNorm(), 3, 1e-9);
  const RowMatrix ranks = rankedByProgram(features, program);
  EXPECT_EQ(ranks(0, 0), 0);
  EXPECT_EQ(ranks(1, 0), 0.75);
  EXPECT_EQ(ranks(2, 0), 0.75);
  EXPECT_EQ(ranks(3, 0), 0.5);
  EXPECT_TRUE(std::isnan(ranks(4, 0)));
}

TEST(ProgramTransforms, SharesOfVariance) {
  RowMatrix features(4, 3);
  features << 1, 1, 5, 1, 3, 5, 2, 1, 5, 2, 3, 5;
  const auto shares = betweenProgramShares(features, {0, 0, 1, 1});
  EXPECT_NEAR(shares[0], 1, 1e-12);
  EXPECT_NEAR(shares[1], 0, 1e-12);
  EXPECT_TRUE(std::isnan(shares[2]));
}

TEST(ProgramTransforms, ScaleFreeByName) {
  EXPECT_TRUE(isScaleFree("optimizer/update_ratio/layer_max/mean"));
  EXPECT_TRUE(isScaleFree("curvature/lr_sharpness/last"));
  EXPECT_FALSE(isScaleFree("baseline/train_loss/last"));
  EXPECT_FALSE(isScaleFree("curvature/hessian_trace/mean"));
}

TEST(Holm, ByHand) {
  const auto adjusted = holmAdjusted({0.01, 0.04, 0.03, 0.5});
  EXPECT_NEAR(adjusted[0], 0.04, 1e-12);
  EXPECT_NEAR(adjusted[2], 0.09, 1e-12);
  EXPECT_NEAR(adjusted[1], 0.09, 1e-12);
  EXPECT_NEAR(adjusted[3], 0.5, 1e-12);
}

TEST(AreaUnderCurve, CountsOrderedPairsTiesHalf) {
  Eigen::VectorXd scores(5);
  scores << 0.1, 0.4, 0.4, 0.8, 0.2;
  // Positives 0.4 and 0.8; negatives 0.1 0.4 0.2: 2.5 + 3 of 6 pairs.
  EXPECT_NEAR(areaUnderCurve(scores, {0, 1, 0, 1, 0}, 1), 5.5 / 6, 1e-12);
  EXPECT_TRUE(std::isnan(areaUnderCurve(scores, {1, 1, 1, 1, 1}, 1)));
}

} // namespace
