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
    recordOptimizer(recorder, {w}, {"w"},
                    {"adam", {m}, {v}, updates[0], 0.9, 0.999}, 1);
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
    double correction1 = 1 - std::pow(0.9, updates[0]),
           correction2 = 1 - std::pow(0.999, updates[0]);
    EXPECT_NEAR(recorder->values("optimizer/bias_correction", "").back(),
                std::sqrt(correction2) / correction1, 1e-6);
    double ratio = (m / correction1).norm().item<double>() /
                   (v / correction2).sqrt().norm().item<double>();
    EXPECT_NEAR(last("optimizer/moment_ratio"), ratio, 1e-5);
    at::Tensor steps = std::get<0>(
        ((w - before).abs() / before.square().mean().sqrt()).flatten().sort());
    EXPECT_NEAR(last("optimizer/effective_step_p10"), steps[1].item<double>(),
                1e-6);
    EXPECT_NEAR(last("optimizer/effective_step_p90"), steps[8].item<double>(),
                1e-6);
    EXPECT_EQ(last("optimizer/clip_rate"), 0);
    EXPECT_EQ(last("optimizer/clip_factor"), 1);
    if (step == 0) {
      EXPECT_NEAR(cosine, 1, 1e-6) << "the first moment is the gradient";
      EXPECT_NEAR(ratio, 1, 1e-4) << "both moments are of one gradient";
    }
  }
}

TEST(RecordOptimizer, WhatAnOptimizerLacksIsNotRecorded) {
  auto recorder = c10::make_intrusive<Recorder>();
  at::Tensor w = torch::ones({3});
  recorder->beginStep(0);
  snapshotParameters(recorder, {w}, 1);
  w.mul_(1.5);
  recordOptimizer(recorder, {w}, {"w"}, {"sgd", {}, {}}, 1);
  EXPECT_EQ(
      recorder->names(),
      (std::vector<std::string>{
          "optimizer/bias_correction", "optimizer/update_ratio",
          "optimizer/effective_step_p10", "optimizer/effective_step_median",
          "optimizer/effective_step_p90", "optimizer/clip_rate",
          "optimizer/clip_factor"}));
  EXPECT_EQ(recorder->values("optimizer/bias_correction", "")[0], 1);
  EXPECT_NEAR(recorder->values("optimizer/update_ratio", "w")[0], 0.5, 1e-7);
}

TEST(RecordOptimizer, BiasCorrectionOfEachKind) {
  auto correction = [](const OptimizerState &state) {
    auto recorder = c10::make_intrusive<Recorder>();
    recorder->beginStep(0);
    recordOptimizer(recorder, {}, {}, state, 1);
    return recorder->values("optimizer/bias_correction", "")[0];
  };
  // After two updates, by hand.
  double second = std::sqrt(1 - 0.99 * 0.99);
  EXPECT_NEAR(correction({"adamw", {}, {}, 2, 0.5, 0.99}), second / 0.75, 1e-6);
  EXPECT_NEAR(correction({"adamax", {}, {}, 2, 0.5, 0.99}), 1 / 0.75, 1e-6);
  double mu1 = 0.5 * (1 - 0.5 * std::pow(0.96, 0.004)),
         mu2 = 0.5 * (1 - 0.5 * std::pow(0.96, 0.008));
  EXPECT_NEAR(correction({"nadam", {}, {}, 2, 0.5, 0.99, 0.004}),
              second / (1 - mu1 * mu2), 1e-6);
  for (const char *kind : {"sgd", "rmsprop", "adagrad", "adadelta"})
    EXPECT_EQ(correction({kind, {}, {}, 2, 0.5, 0.99}), 1) << kind;
}

TEST(RecordOptimizer, WhatClippingDid) {
  auto recorder = c10::make_intrusive<Recorder>();
  at::Tensor w = torch::ones({4}), u = torch::ones({2});
  w.mutable_grad() = torch::tensor({3.0F, -0.5F, 0.25F, -4.0F});
  u.mutable_grad() = torch::tensor({0.1F, 0.2F});
  recorder->beginStep(0);
  snapshotGradients(recorder, {w, u}, 1);
  clipGradValue({w, u}, 1);
  snapshotParameters(recorder, {w, u}, 1);
  recordOptimizer(recorder, {w, u}, {"w", "u"}, {"sgd", {}, {}}, 1);
  auto only = [&](const char *name, const char *site) {
    return recorder->values(name, site)[0];
  };
  EXPECT_EQ(only("optimizer/clip_rate", "w"), 0.5);
  EXPECT_NEAR(only("optimizer/clip_factor", "w"),
              std::sqrt((1 + .25 + .0625 + 1) / (9 + .25 + .0625 + 16)), 1e-6);
  EXPECT_EQ(only("optimizer/clip_rate", "u"), 0);
  EXPECT_EQ(only("optimizer/clip_factor", "u"), 1);
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
  EXPECT_THROW(recordOptimizer(recorder, {w}, {"w"}, {"sgd", {}, {}}, 1),
               c10::Error);
  snapshotParameters(recorder, {w}, 1);
  EXPECT_THROW(recordOptimizer(recorder, {w}, {}, {"sgd", {}, {}}, 1),
               c10::Error);
  EXPECT_THROW(recordOptimizer(recorder, {w}, {"w"}, {"adam", {w, w}, {}}, 1),
               c10::Error);
}
