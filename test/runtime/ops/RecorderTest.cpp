//===- RecorderTest.cpp ---------------------------------------------------===//
//
// Schedule, order, life cycle and pickling of the recorder.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Recorder.h"
#include "TestPrograms.h"

#include <gtest/gtest.h>
#include <torch/script.h>

#include <cmath>
#include <limits>
#include <sstream>

using namespace dynfault;
using namespace dynfault::test;

static std::vector<int64_t>
sampledSteps(Recorder &recorder, const ProbeSchedule &schedule, int64_t steps) {
  std::vector<int64_t> result;
  for (int64_t step = 0; step < steps; ++step) {
    recorder.beginStep(step);
    if (recorder.sampled(schedule))
      result.push_back(step);
    recorder.endStep();
    EXPECT_FALSE(recorder.sampled(1)) << "outside of a step";
  }
  return result;
}

TEST(Recorder, FirstEveryNthAndLastPlannedStep) {
  Recorder recorder;
  EXPECT_EQ(sampledSteps(recorder, 4, 10), (std::vector<int64_t>{0, 4, 8}));
  recorder.setPlannedSteps(10);
  EXPECT_EQ(sampledSteps(recorder, 4, 10), (std::vector<int64_t>{0, 4, 8, 9}));
  EXPECT_EQ(sampledSteps(recorder, 3, 10), (std::vector<int64_t>{0, 3, 6, 9}));
  EXPECT_EQ(sampledSteps(recorder, 100, 10), (std::vector<int64_t>{0, 9}));
  recorder.setPlannedSteps(1);
  EXPECT_EQ(sampledSteps(recorder, 7, 1), (std::vector<int64_t>{0}));
}

TEST(Recorder, WarmUpEpochsAndNoPeriod) {
  Recorder recorder;
  recorder.setPlannedSteps(12);
  recorder.setStepsPerEpoch(3);
  using Steps = std::vector<int64_t>;
  EXPECT_EQ(sampledSteps(recorder, 0, 12), (Steps{0, 11}));
  EXPECT_EQ(sampledSteps(recorder, {0, 4}, 12), (Steps{0, 1, 2, 3, 11}));
  EXPECT_EQ(sampledSteps(recorder, {5, 3}, 12), (Steps{0, 1, 2, 5, 10, 11}));
  EXPECT_EQ(sampledSteps(recorder, {0, 0, 1}, 12), (Steps{0, 2, 5, 8, 11}));
  EXPECT_EQ(sampledSteps(recorder, {4, 0, 2}, 12), (Steps{0, 4, 5, 8, 11}));
}

TEST(Recorder, SeveralSignalsAtOnce) {
  Recorder recorder;
  recorder.beginStep(3);
  recorder.recordAll({"a/b", "a/c"}, "s", torch::tensor({1.5, -2.0}));
  EXPECT_EQ(recorder.values("a/b", "s"), (std::vector<double>{1.5}));
  EXPECT_EQ(recorder.values("a/c", "s"), (std::vector<double>{-2}));
  EXPECT_THROW(recorder.recordAll({"a/b"}, "s", torch::ones({2})), c10::Error);
}

TEST(Recorder, RejectsImpossibleSchedules) {
  Recorder recorder;
  recorder.beginStep(0);
  EXPECT_THROW(recorder.sampled(-5), c10::Error);
  EXPECT_THROW(recorder.sampled({1, -1}), c10::Error);
  EXPECT_THROW(recorder.sampled({1, 0, -1}), c10::Error);
  EXPECT_THROW(recorder.sampled({1, 0, 1}), c10::Error) << "epochs unknown";
  EXPECT_THROW(recorder.setStepsPerEpoch(-1), c10::Error);
  EXPECT_THROW(recorder.beginStep(-1), c10::Error);
  EXPECT_THROW(recorder.beginStep(int64_t{1} << 31), c10::Error);
  EXPECT_THROW(recorder.setPlannedSteps(-1), c10::Error);
  EXPECT_THROW(recorder.record("a/b", "", torch::ones({1})), c10::Error);
}

TEST(Recorder, InsertionOrderAndFirstValueOfAStep) {
  Recorder recorder;
  for (int64_t step : {0, 2, 7}) {
    recorder.beginStep(step);
    recorder.record("z/late", "b", torch::tensor(step + 0.5));
    recorder.record("a/early", "", static_cast<double>(step));
    recorder.record("z/late", "a", 1.0);
    recorder.record("a/early", "", 99.0); // a second value in the same step
    recorder.endStep();
  }
  EXPECT_EQ(recorder.names(), (std::vector<std::string>{"z/late", "a/early"}));
  EXPECT_EQ(recorder.sites("z/late"), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(recorder.steps("z/late", "b"), (std::vector<int64_t>{0, 2, 7}));
  EXPECT_EQ(recorder.values("z/late", "b"),
            (std::vector<double>{0.5, 2.5, 7.5}));
  EXPECT_EQ(recorder.values("a/early", ""), (std::vector<double>{0, 2, 7}));
  EXPECT_TRUE(recorder.values("a/early", "elsewhere").empty());
  EXPECT_TRUE(recorder.sites("nothing").empty());
  ASSERT_EQ(recorder.signals().size(), 3U);
  EXPECT_EQ(recorder.signals()[1].name, "a/early");
}

TEST(Recorder, StepsMustNotGoBack) {
  Recorder recorder;
  recorder.beginStep(5);
  recorder.record("a/b", "", 1.0);
  EXPECT_NO_THROW(recorder.beginStep(5)); // a step that failed, again
  EXPECT_THROW(recorder.beginStep(4), c10::Error);
  recorder.clear();
  EXPECT_NO_THROW(recorder.beginStep(0));
  EXPECT_TRUE(recorder.signals().empty());
}

TEST(Recorder, ClearKeepsThePlan) {
  Recorder recorder;
  recorder.setPlannedSteps(12);
  recorder.beginStep(0);
  recorder.record("a/b", "", 1.0);
  recorder.clear();
  EXPECT_EQ(recorder.plannedSteps(), 12);
  EXPECT_TRUE(recorder.names().empty());
  EXPECT_FALSE(recorder.sampled(1)) << "clear ends the step";
}

TEST(Recorder, RecordedTensorIsACopy) {
  Recorder recorder;
  recorder.beginStep(0);
  at::Tensor value = torch::tensor(2.0);
  recorder.record("a/b", "", value);
  value.add_(1);
  EXPECT_EQ(recorder.values("a/b", ""), (std::vector<double>{2}));
}

TEST(Recorder, NestedPauses) {
  Recorder recorder;
  recorder.beginStep(0);
  {
    Recorder::Pause outer(recorder);
    { Recorder::Pause inner(recorder); }
    EXPECT_FALSE(recorder.sampled(1));
  }
  EXPECT_TRUE(recorder.sampled(1));
}

TEST(Recorder, SnapshotsEndWithTheStep) {
  Recorder recorder;
  at::Tensor parameter = torch::ones({2});
  recorder.beginStep(0);
  recorder.keepSnapshot(parameter);
  parameter.add_(1);
  EXPECT_TRUE(at::equal(recorder.snapshot(parameter), torch::ones({2})));
  EXPECT_FALSE(recorder.snapshot(torch::ones({2})).defined());
  recorder.endStep();
  EXPECT_FALSE(recorder.snapshot(parameter).defined());
}

TEST(Recorder, TravelsWithTheArchive) {
  torch::jit::Module module = batchNormDropoutProgram({});
  auto recorder = recorderOf(module);
  recorder->setPlannedSteps(40);
  for (int64_t step : {0, 10}) {
    recorder->beginStep(step);
    recorder->record("a/b", "site", step * 0.25);
    recorder->record("a/c", "",
                     step ? std::numeric_limits<double>::quiet_NaN()
                          : std::numeric_limits<double>::infinity());
  }
  std::stringstream archive;
  module.save(archive);
  torch::jit::Module loaded = torch::jit::load(archive);
  auto copy = recorderOf(loaded);
  ASSERT_NE(copy.get(), recorder.get());
  EXPECT_EQ(copy->plannedSteps(), 40);
  EXPECT_EQ(copy->names(), recorder->names());
  EXPECT_EQ(copy->steps("a/b", "site"), (std::vector<int64_t>{0, 10}));
  EXPECT_EQ(copy->values("a/b", "site"), (std::vector<double>{0, 2.5}));
  std::vector<double> odd = copy->values("a/c", "");
  ASSERT_EQ(odd.size(), 2U);
  EXPECT_TRUE(std::isinf(odd[0]));
  EXPECT_TRUE(std::isnan(odd[1]));
  EXPECT_FALSE(copy->sampled(1)) << "a loaded module is in no step";
  // It goes on where the other one stopped, and refuses to go back.
  EXPECT_THROW(copy->beginStep(9), c10::Error);
  auto [input, target] = randomBatch(8, at::kDouble);
  copy->clear();
  loaded.get_method("training_step")({input, target});
  EXPECT_EQ(copy->values("curvature/hessian_trace", "").size(), 1U);
}

TEST(Recorder, CorruptStateIsRefused) {
  EXPECT_THROW(Recorder::fromState({0, 0, {"a/b", ""}, {torch::ones({1})}}),
               c10::Error);
  EXPECT_THROW(Recorder::fromState(
                   {0, 0, {"a/b", ""}, {torch::ones({2}), torch::ones({1})}}),
               c10::Error);
  EXPECT_THROW(Recorder::fromState({-1, 0, {}, {}}), c10::Error);
}
