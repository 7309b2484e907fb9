//===- MetricsTest.cpp ----------------------------------------------------===//
//
// Against values worked out by hand.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/score/Metrics.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace dynfault::study;

namespace {

// True 0: 2 right, 1 as class 1, 1 as class 2. True 1: 1 right, 1 as class 2.
// True 2: 3 right, 1 as class 0.
const std::vector<int> truth = {0, 0, 0, 0, 1, 1, 2, 2, 2, 2};
const std::vector<int> predicted = {0, 0, 1, 2, 1, 2, 2, 2, 2, 0};

TEST(Metrics, ConfusionCountsTruthInRows) {
  Confusion expected(3, 3);
  expected << 2, 1, 1, 0, 1, 1, 1, 0, 3;
  EXPECT_EQ(confusionOf(truth, predicted, 3), expected);
}

TEST(Metrics, ConfusionPerGroupAddsUpToTheWhole) {
  const std::vector<int> group = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  const auto parts = confusionPerGroup(truth, predicted, group, 2, 3);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].sum(), 5);
  EXPECT_EQ(Confusion(parts[0] + parts[1]), confusionOf(truth, predicted, 3));
  EXPECT_EQ(parts[1](0, 2), 1); // Run 3.
}

TEST(Metrics, ScoresByHand) {
  const Confusion confusion = confusionOf(truth, predicted, 3);
  EXPECT_DOUBLE_EQ(balancedAccuracy(confusion), (0.5 + 0.5 + 0.75) / 3);
  EXPECT_DOUBLE_EQ(accuracy(confusion), 0.6);
  // F1 = 2 TP / (true + predicted): 4/7, 2/4, 6/9.
  EXPECT_DOUBLE_EQ(macroF1(confusion), (4.0 / 7 + 0.5 + 6.0 / 9) / 3);
  EXPECT_DOUBLE_EQ(recalls(confusion)(2), 0.75);
}

TEST(Metrics, BalancedAccuracyLeavesOutClassesWithoutRuns) {
  Confusion confusion(3, 3);
  confusion << 3, 1, 0, 0, 0, 0, 2, 0, 2;
  EXPECT_DOUBLE_EQ(balancedAccuracy(confusion), (0.75 + 0.5) / 2);
  EXPECT_TRUE(std::isnan(recalls(confusion)(1)));
  EXPECT_TRUE(std::isnan(balancedAccuracy(Confusion::Zero(3, 3))));
}

TEST(Metrics, ProbabilityScoresByHand) {
  Eigen::MatrixXd p(2, 3);
  p << 0.7, 0.2, 0.1, 0.1, 0.45, 0.45;
  const std::vector<int> labels = {0, 2};
  EXPECT_NEAR(brierScore(p, labels),
              ((0.09 + 0.04 + 0.01) + (0.01 + 0.2025 + 0.3025)) / 2, 1e-15);
  EXPECT_NEAR(logLoss(p, labels), -(std::log(0.7) + std::log(0.45)) / 2, 1e-15);
  // Bins 0.7 (hit) and 0.4..0.5 (the first of equals is class 1: a miss).
  EXPECT_NEAR(calibrationError(p, labels), (0.3 + 0.45) / 2, 1e-15);
}

TEST(Metrics, CalibrationErrorAveragesInsideABin) {
  // Two runs at 0.6 in one bin, one of them right: |0.5 - 0.6|.
  Eigen::MatrixXd p(2, 2);
  p << 0.6, 0.4, 0.6, 0.4;
  EXPECT_NEAR(calibrationError(p, {0, 1}), 0.1, 1e-15);
}

TEST(Metrics, LogLossOfAnImpossibleTruthIsFinite) {
  Eigen::MatrixXd p(1, 2);
  p << 1, 0;
  EXPECT_NEAR(logLoss(p, {1}), -std::log(1e-15), 1e-9);
}

} // namespace
