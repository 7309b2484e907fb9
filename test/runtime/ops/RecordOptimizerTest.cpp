//===- RecordOptimizerTest.cpp --------------------------------------------===//
//
// Moments and update sizes around real updates.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

using namespace dynfault;

TEST(RecordOptimizer, AroundAdamUpdates) {
  torch::manual_seed(1);
  auto recorder = c10::make_intrusive<Recorder>();
  at::Tensor w = torch::randn({5, 2}), m = torch::zeros({5, 2}),
             v = torch::zeros({5, 2});
  StepCounts updates = {0};
  for (int64_t step = 0; step < 4; ++step) {
    w.mutable_grad() = torch::randn({5, 2});
    at::Tensor before = w.clone();
    recorder->beginStep(step);
    snapshotParameters(recorder, {w}, 1);
    updates = adam({w}, {m}, {v}, updates, 0.01, 0.9, 0.999, 1e-8, 0, false);
    recordOptimizer(recorder, {w}, {"w"}, {m}, {v}, 1);
    recorder->endStep();
    auto last = [&](const char *name) {
      return recorder->values(name, "w").back();
    };
    EXPECT_NEAR(last("optimizer/first_moment_norm"), m.norm().item<double>(),
                1e-6);
    EXPECT_NEAR(last("optimizer/second_moment_norm"), v.norm().item<double>(),
                1e-6);
    EXPECT_NEAR(last("optimizer/update_ratio"),
                ((w - before).norm() / before.norm()).item<double>(), 1e-6);
    double cosine =
        ((m * w.grad()).sum() / (m.norm() * w.grad().norm())).item<double>();
    EXPECT_NEAR(last("optimizer/momentum_gradient_cosine"), cosine, 1e-6);
    if (step == 0) {
      EXPECT_NEAR(cosine, 1, 1e-6) << "the first moment is the gradient";
    }
  }
}

TEST(RecordOptimizer, WhatAnOptimizerLacksIsNotRecorded) {
  auto recorder = c10::make_intrusive<Recorder>();
  at::Tensor w = torch::ones({3});
  recorder->beginStep(0);
  snapshotParameters(recorder, {w}, 1);
  w.mul_(1.5);
  recordOptimizer(recorder, {w}, {"w"}, {}, {}, 1);
  EXPECT_EQ(recorder->names(),
            (std::vector<std::string>{"optimizer/update_ratio"}));
  EXPECT_NEAR(recorder->values("optimizer/update_ratio", "w")[0], 0.5, 1e-7);
}

TEST(RecordOptimizer, CopiesOnlyOnSampledSteps) {
  auto recorder = c10::make_intrusive<Recorder>();
  at::Tensor w = torch::ones({3});
  recorder->beginStep(1);
  snapshotParameters(recorder, {w}, 2);
  EXPECT_FALSE(recorder->snapshot(w).defined());
  recorder->beginStep(2);
  snapshotParameters(recorder, {w}, 2);
  EXPECT_TRUE(recorder->snapshot(w).defined());
}

TEST(RecordOptimizer, MissingCopyAndWrongListsAreErrors) {
  auto recorder = c10::make_intrusive<Recorder>();
  at::Tensor w = torch::ones({3});
  recorder->beginStep(0);
  EXPECT_THROW(recordOptimizer(recorder, {w}, {"w"}, {}, {}, 1), c10::Error);
  snapshotParameters(recorder, {w}, 1);
  EXPECT_THROW(recordOptimizer(recorder, {w}, {}, {}, {}, 1), c10::Error);
  EXPECT_THROW(recordOptimizer(recorder, {w}, {"w"}, {w, w}, {}, 1),
               c10::Error);
}
