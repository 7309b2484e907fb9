//===- RecordActivationTest.cpp -------------------------------------------===//
//
// Statistics of pre-activations against numbers counted by hand, and that the
// operator is the identity for values and gradients.
//
//===----------------------------------------------------------------------===//
#include "TestPrograms.h"
#include "runtime/ops/Operators.h"

#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>

using namespace dynfault;
using namespace dynfault::test;

namespace {

double only(const RecorderPtr &recorder, const char *name,
            const char *site = "s") {
  std::vector<double> values = recorder->values(name, site);
  EXPECT_EQ(values.size(), 1U) << name;
  return values.empty() ? NAN : values[0];
}

struct Shares {
  const char *kind;
  double dead, saturated;
};

} // namespace

TEST(RecordActivation, MeanAndDeviationOverSeveralSteps) {
  torch::manual_seed(1);
  auto recorder = c10::make_intrusive<Recorder>();
  for (int64_t step = 0; step < 3; ++step) {
    at::Tensor x = torch::randn({4, 3, 5}) * 2 + 7;
    recorder->beginStep(step);
    recordActivation(recorder, x, "s", "relu", 1);
    at::Tensor wide = x.to(at::kDouble);
    double mean = wide.mean().item<double>();
    double deviation = (wide - mean).square().mean().sqrt().item<double>();
    EXPECT_NEAR(recorder->values("activation/mean", "s").back(), mean, 1e-5);
    EXPECT_NEAR(recorder->values("activation/std", "s").back(), deviation,
                1e-5);
  }
}

TEST(RecordActivation, SharesByKind) {
  // 8 pre-activations; boundaries belong to the flat part for relu only.
  at::Tensor x = torch::tensor({-7.0, -5.0, -2.0, 0.0, 0.5, 2.0, 5.0, 6.5});
  for (Shares expected : std::vector<Shares>{{"relu", 4. / 8, 0},
                                             {"relu6", 4. / 8, 1. / 8},
                                             {"sigmoid", 0, 2. / 8},
                                             {"tanh", 0, 2. / 8},
                                             {"hardsigmoid", 2. / 8, 4. / 8},
                                             {"hard_sigmoid", 2. / 8, 4. / 8},
                                             {"hardtanh", 0, 6. / 8},
                                             {"hardswish", 2. / 8, 0},
                                             {"leaky_relu", 0, 0},
                                             {"gelu", 0, 0},
                                             {"softplus", 0, 0}}) {
    auto recorder = c10::make_intrusive<Recorder>();
    recorder->beginStep(0);
    recordActivation(recorder, x, "s", expected.kind, 1);
    EXPECT_DOUBLE_EQ(only(recorder, "activation/dead_share"), expected.dead)
        << expected.kind;
    EXPECT_DOUBLE_EQ(only(recorder, "activation/saturated_share"),
                     expected.saturated)
        << expected.kind;
  }
}

TEST(RecordActivation, DeadMeansTheOutputIsZero) {
  // The table against the functions themselves.
  at::Tensor x = torch::linspace(-8, 8, 4001, torch::kDouble);
  using Function = at::Tensor (*)(const at::Tensor &);
  struct Case {
    const char *kind;
    Function apply;
  };
  for (Case c : std::vector<Case>{
           {"relu", [](const at::Tensor &v) { return at::relu(v); }},
           {"relu6", [](const at::Tensor &v) { return at::relu6(v); }},
           {"hardsigmoid",
            [](const at::Tensor &v) { return at::hardsigmoid(v); }},
           {"hardtanh", [](const at::Tensor &v) { return at::hardtanh(v); }}}) {
    auto recorder = c10::make_intrusive<Recorder>();
    recorder->beginStep(0);
    recordActivation(recorder, x, "s", c.kind, 1);
    double dead = c.kind == std::string("hardtanh")
                      ? 0
                      : c.apply(x).eq(0).to(at::kDouble).mean().item<double>();
    EXPECT_NEAR(only(recorder, "activation/dead_share"), dead, 1e-3) << c.kind;
  }
}

TEST(RecordActivation, IsTheIdentity) {
  torch::manual_seed(2);
  auto recorder = c10::make_intrusive<Recorder>();
  for (int64_t step = 0; step < 3; ++step) {
    recorder->beginStep(step);
    at::Tensor x = torch::randn({6, 4}, torch::kDouble).requires_grad_();
    at::Tensor y = recordActivation(recorder, x, "s", "tanh", 1);
    EXPECT_TRUE(y.is_same(x));
    at::Tensor upstream = torch::randn({6, 4}, torch::kDouble);
    at::Tensor gradient = torch::autograd::grad({y.tanh()}, {x}, {upstream})[0];
    at::Tensor expected = upstream * (1 - x.tanh().square());
    EXPECT_TRUE(at::allclose(gradient, expected, 1e-12, 1e-14));
  }
}

TEST(RecordActivation, GradientThroughTheScriptedOperator) {
  torch::manual_seed(3);
  auto recorder = c10::make_intrusive<Recorder>();
  torch::jit::Module module("M");
  module.register_attribute("r", c10::getCustomClassType<RecorderPtr>(),
                            recorder);
  defineMethods(module, R"(
def forward(self, x: Tensor) -> Tensor:
    return torch.tanh(dynfault.record_activation(self.r, x * 2, "s", "tanh", 1))
)");
  for (int64_t step = 0; step < 4; ++step) {
    recorder->beginStep(step);
    at::Tensor x = torch::randn({5}, torch::kDouble).requires_grad_();
    at::Tensor y = module.forward({x}).toTensor();
    at::Tensor gradient = torch::autograd::grad({y.sum()}, {x})[0];
    EXPECT_TRUE(at::allclose(gradient, 2 * (1 - (x * 2).tanh().square()), 1e-12,
                             1e-14));
  }
  EXPECT_EQ(recorder->values("activation/mean", "s").size(), 4U);
}

TEST(RecordActivation, UnusedResultIsStillRecorded) {
  // Dead-code elimination must leave the call alone.
  auto recorder = c10::make_intrusive<Recorder>();
  torch::jit::Module module("M");
  module.register_attribute("r", c10::getCustomClassType<RecorderPtr>(),
                            recorder);
  defineMethods(module, R"(
def forward(self, x: Tensor) -> Tensor:
    dynfault.record_activation(self.r, x, "s", "tanh", 1)
    return x
)");
  for (int64_t step = 0; step < 4; ++step) {
    recorder->beginStep(step);
    module.forward({torch::randn({5})});
  }
  EXPECT_EQ(recorder->values("activation/mean", "s").size(), 4U);
}

TEST(RecordActivation, NonfiniteAndEmptyInputs) {
  auto recorder = c10::make_intrusive<Recorder>();
  recorder->beginStep(0);
  float infinity = std::numeric_limits<float>::infinity();
  recordActivation(recorder, torch::tensor({infinity, -1.0F}), "s", "relu", 1);
  EXPECT_FALSE(std::isfinite(only(recorder, "activation/mean")));
  EXPECT_DOUBLE_EQ(only(recorder, "activation/dead_share"), 0.5);
  recordActivation(recorder, torch::empty({0, 3}), "empty", "relu", 1);
  EXPECT_TRUE(std::isnan(only(recorder, "activation/dead_share", "empty")));
  recordActivation(recorder, torch::tensor({2.5}, at::kHalf), "half", "relu",
                   1);
  EXPECT_DOUBLE_EQ(only(recorder, "activation/mean", "half"), 2.5);
  EXPECT_THROW(
      recordActivation(recorder, torch::ones({2}, at::kLong), "i", "relu", 1),
      c10::Error);
}
