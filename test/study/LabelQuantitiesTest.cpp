//===- LabelQuantitiesTest.cpp --------------------------------------------===//
//
// Curves whose quantities can be counted by hand.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/task/LabelQuantities.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace dynfault::study;

namespace {

Curve curve(const std::vector<float> &values) {
  Curve out;
  out.values = values;
  for (size_t i = 0; i < values.size(); ++i)
    out.steps.push_back(static_cast<int32_t>(i));
  return out;
}

Run completed(int64_t steps) {
  Run run;
  run.stepsPlanned = run.stepsDone = steps;
  return run;
}

TEST(LabelQuantities, RatioIsReachedByFivePercentOfTheLaterSteps) {
  // Early window: steps 0 to 29; later 70 steps, of which 5% are 3.5, so 4.
  // Averages are over five steps, so eight steps at 8 give four at 8.
  std::vector<float> values(100, 2);
  for (size_t step = 40; step < 47; ++step)
    values[step] = 8;
  LossCurves curves{curve(values), {}, {}};
  EXPECT_NEAR(labelQuantities(curves, completed(100), 1).lateLossRatio, 3.4,
              1e-6);
  curves.trainLoss.values[47] = 8;
  EXPECT_EQ(labelQuantities(curves, completed(100), 1).lateLossRatio, 4);
  // The same loss in the early window is no event.
  LossCurves early{curve(std::vector<float>(100, 2)), {}, {}};
  for (size_t step = 3; step < 20; ++step)
    early.trainLoss.values[step] = 8;
  EXPECT_EQ(labelQuantities(early, completed(100), 1).lateLossRatio, 1);
  // Nor is one bad batch.
  early.trainLoss.values[60] = 20;
  EXPECT_LT(labelQuantities(early, completed(100), 1).lateLossRatio, 3);
}

TEST(LabelQuantities, RiseIsInDeviationsOfTheEarlyLogLoss) {
  // 13 planned steps, so averages are over one step and the early window holds
  // four: log loss 0 1 0 1, median 0.5, deviation 0.5. Later it is 3 above the
  // minimum, which is 6 deviations.
  std::vector<float> values;
  for (float logLoss : {0, 1, 0, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3})
    values.push_back(std::exp(logLoss));
  const LossCurves curves{curve(values), {}, {}};
  EXPECT_NEAR(labelQuantities(curves, completed(13), 1).lateLossRise, 6, 1e-5);
}

TEST(LabelQuantities, AlternationCountsLargeChangesOnly) {
  std::vector<float> values(100, 1);
  for (size_t i = 30; i < 100; ++i)
    values[i] = i % 2 ? 1.5f : 1.0f;
  const LossCurves curves{curve(values), {}, {}};
  const float share =
      labelQuantities(curves, completed(100), 0.4f).alternatingShare;
  // All of the 70 later changes but the first two, which follow no change.
  EXPECT_NEAR(share, 68.0 / 70, 1e-6);
  EXPECT_EQ(labelQuantities(curves, completed(100), 0.6f).alternatingShare, 0);
  EXPECT_TRUE(std::isnan(
      labelQuantities(curves, completed(100), std::nanf("")).alternatingShare));
  // 95% of the changes of this run are at most 0.5.
  EXPECT_EQ(cleanChangeLimit({&curves}, {100}), 0.5f);
  EXPECT_TRUE(std::isnan(cleanChangeLimit({}, {})));
}

TEST(LabelQuantities, NonFiniteStepIsAShareOfThePlannedSteps) {
  std::vector<float> values(60, 1);
  values[45] = std::nanf("");
  LossCurves curves{curve(values), {}, {}};
  EXPECT_NEAR(labelQuantities(curves, completed(100), 1).nonfiniteAt, 0.45,
              1e-6);
  dynfault::study::Run diverged = completed(100);
  diverged.status = RunStatus::Diverged;
  diverged.stepsDone = 60;
  curves.trainLoss.values[45] = 1;
  EXPECT_NEAR(labelQuantities(curves, diverged, 1).nonfiniteAt, 0.6, 1e-6);
  EXPECT_TRUE(
      std::isnan(labelQuantities(curves, completed(100), 1).nonfiniteAt));
}

TEST(LabelQuantities, GapIsOfTheLastEpoch) {
  LossCurves curves;
  curves.trainLoss = curve({4, 4, 4, 4, 4, 1, 2, 3, 2, 2});
  curves.validationLoss = {{4, 9}, {3, 5}};
  curves.trainMetric = {{4, 9}, {0.25f, 0.75f}};
  const LabelQuantities out = labelQuantities(curves, completed(10), 1);
  // Mean training loss of the last five steps is 2.
  EXPECT_NEAR(out.relativeGap, 1.5, 1e-6);
  EXPECT_EQ(out.trainMetric, 0.75f);
  dynfault::study::Run diverged = completed(10);
  diverged.status = RunStatus::Diverged;
  EXPECT_TRUE(std::isnan(labelQuantities(curves, diverged, 1).relativeGap));
}

} // namespace
