//===- RecordGradientsTest.cpp --------------------------------------------===//
//
// Gradient and weight statistics against float64 formulas.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>

using namespace dynfault;

TEST(RecordGradients, AgainstFormulas) {
  torch::manual_seed(1);
  auto recorder = c10::make_intrusive<Recorder>();
  for (int64_t step = 0; step < 3; ++step) {
    at::Tensor w = torch::randn({7, 3});
    w.mutable_grad() = torch::randn({7, 3}).clamp_min(0);
    at::Tensor g = w.grad().to(at::kDouble);
    recorder->beginStep(step);
    recordGradients(recorder, {w}, {"w"}, 1);
    auto last = [&](const char *name) {
      return recorder->values(name, "w").back();
    };
    EXPECT_NEAR(last("baseline/gradient_norm"), g.norm().item<double>(), 1e-6);
    EXPECT_NEAR(last("baseline/gradient_mean_abs"),
                g.abs().mean().item<double>(), 1e-7);
    EXPECT_NEAR(last("baseline/gradient_zero_share"),
                g.eq(0).to(at::kDouble).mean().item<double>(), 1e-7);
    EXPECT_NEAR(last("baseline/gradient_max_abs"), g.abs().max().item<double>(),
                1e-7);
    at::Tensor sorted = std::get<0>(g.abs().flatten().sort());
    EXPECT_NEAR(last("baseline/gradient_abs_p10"), sorted[2].item<double>(),
                1e-7);
    EXPECT_NEAR(last("baseline/gradient_abs_median"), sorted[10].item<double>(),
                1e-7);
    EXPECT_NEAR(last("baseline/gradient_abs_p90"), sorted[18].item<double>(),
                1e-7);
    at::Tensor wide = w.to(at::kDouble);
    EXPECT_NEAR(last("baseline/weight_mean"), wide.mean().item<double>(), 1e-7);
    EXPECT_NEAR(last("baseline/weight_std"),
                wide.std(/*unbiased=*/false).item<double>(), 1e-6);
    EXPECT_NEAR(last("baseline/weight_max_abs"),
                wide.abs().max().item<double>(), 1e-7);
    EXPECT_NEAR(last("baseline/weight_norm"),
                w.to(at::kDouble).norm().item<double>(), 1e-6);
  }
}

TEST(RecordGradients, NoGradientCountsAsZero) {
  auto recorder = c10::make_intrusive<Recorder>();
  recorder->beginStep(0);
  recordGradients(recorder, {torch::full({4}, 2.0F)}, {"w"}, 1);
  auto only = [&](const char *name) { return recorder->values(name, "w")[0]; };
  EXPECT_EQ(only("baseline/gradient_norm"), 0);
  EXPECT_EQ(only("baseline/gradient_mean_abs"), 0);
  EXPECT_EQ(only("baseline/gradient_zero_share"), 1);
  EXPECT_EQ(only("baseline/weight_norm"), 4);
}

TEST(RecordGradients, LargeIsNotInfinite) {
  auto recorder = c10::make_intrusive<Recorder>();
  recorder->beginStep(0);
  at::Tensor w = torch::full({4}, 1e30F);
  w.mutable_grad() = torch::full({4}, std::numeric_limits<float>::infinity());
  recordGradients(recorder, {w}, {"w"}, 1);
  EXPECT_FLOAT_EQ(recorder->values("baseline/weight_norm", "w")[0], 2e30F);
  EXPECT_TRUE(std::isinf(recorder->values("baseline/gradient_norm", "w")[0]));
}

TEST(RecordGradients, ListsMustMatch) {
  auto recorder = c10::make_intrusive<Recorder>();
  recorder->beginStep(0);
  EXPECT_THROW(recordGradients(recorder, {torch::ones({1})}, {}, 1),
               c10::Error);
  EXPECT_THROW(recordGradients(recorder, {}, {}, -1), c10::Error);
}
