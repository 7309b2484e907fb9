//===- ModuleStateTest.cpp ------------------------------------------------===//
//
// Side effects that a TorchScript forward may have, beyond running statistics.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/ModuleState.h"
#include "runtime/ops/UnoptimizedMethod.h"

#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/torch.h>

using namespace dynfault;

static torch::jit::Module moduleWithSideEffects() {
  torch::jit::Module module("Effects");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_buffer("inPlace", torch::ones({2}));
  module.register_buffer("rebound", torch::ones({2}));
  module.register_attribute("counter", c10::IntType::get(), 3);
  module.register_attribute("history", c10::ListType::ofInts(),
                            c10::List<int64_t>({1, 2}));
  module.define(R"(
def forward(self, x: Tensor) -> Tensor:
    self.inPlace.add_(1)
    self.rebound = self.rebound + x
    self.counter = self.counter + 1
    self.history.append(self.counter)
    return x
)");
  return module;
}

TEST(ModuleState, EverySideEffectIsUndone) {
  torch::jit::Module module = moduleWithSideEffects();
  at::Tensor inPlace = module.attr("inPlace").toTensor();
  at::Tensor rebound = module.attr("rebound").toTensor();
  for (int call = 0; call < 3; ++call) {
    {
      ModuleStateGuard guard(module);
      setTraining(module, false);
      module.forward({torch::randn({2})});
      EXPECT_EQ(module.attr("counter").toInt(), 4);
      EXPECT_FALSE(module.attr("training").toBool());
    }
    EXPECT_TRUE(at::equal(inPlace, torch::ones({2})));
    EXPECT_TRUE(module.attr("inPlace").toTensor().is_same(inPlace));
    EXPECT_TRUE(module.attr("rebound").toTensor().is_same(rebound));
    EXPECT_TRUE(at::equal(rebound, torch::ones({2})));
    EXPECT_EQ(module.attr("counter").toInt(), 3);
    EXPECT_EQ(module.attr("history").toIntVector(),
              (std::vector<int64_t>{1, 2}));
    EXPECT_TRUE(module.attr("training").toBool());
  }
}

TEST(ModuleState, ContainersKeepTheirMembers) {
  // As a scripted torch.nn.LSTM holds its parameters: copies in the list would
  // cut the parameters off from the loss.
  torch::jit::Module module("Containers");
  at::Tensor weight = torch::ones({2}).requires_grad_();
  module.register_parameter("weight", weight, false);
  c10::List<at::Tensor> flat({weight});
  module.register_attribute("flat", c10::ListType::ofTensors(), flat);
  c10::Dict<std::string, at::Tensor> named;
  named.insert("weight", weight);
  module.register_attribute(
      "named",
      c10::DictType::create(c10::StringType::get(), c10::TensorType::get()),
      named);
  {
    ModuleStateGuard guard(module);
    at::NoGradGuard noGrad;
    weight.add_(1);
    flat.push_back(torch::zeros({1}));
    flat.set(0, torch::zeros({1}));
    named.insert_or_assign("weight", torch::zeros({1}));
    module.setattr("flat", c10::List<at::Tensor>());
  }
  EXPECT_TRUE(at::equal(weight, torch::ones({2})));
  ASSERT_EQ(module.attr("flat").toTensorVector().size(), 1U);
  EXPECT_TRUE(module.attr("flat").toTensorVector()[0].is_same(weight));
  EXPECT_TRUE(flat.get(0).is_same(weight));
  EXPECT_TRUE(named.at("weight").is_same(weight));
}

TEST(ModuleState, UntouchedTensorsKeepTheirVersion) {
  torch::jit::Module module = moduleWithSideEffects();
  at::Tensor rebound = module.attr("rebound").toTensor();
  auto version = rebound._version();
  { ModuleStateGuard guard(module); }
  EXPECT_EQ(rebound._version(), version);
}

TEST(RandomState, SeededInsideRestoredOutside) {
  torch::manual_seed(1);
  torch::randn({3}); // leaves a cached normal number behind
  at::Tensor state = at::detail::getDefaultCPUGenerator().get_state();
  at::Tensor first, second;
  {
    RandomStateGuard guard(at::kCPU, 42);
    first = torch::randn({5});
  }
  EXPECT_TRUE(
      at::equal(at::detail::getDefaultCPUGenerator().get_state(), state));
  torch::randn({2});
  {
    RandomStateGuard guard(at::kCPU, 42);
    second = torch::randn({5});
  }
  EXPECT_TRUE(at::equal(first, second));
}

TEST(NativeRecurrence, RecurrentKernelsAreFoundInSubmodules) {
  torch::jit::Module inner("Inner");
  inner.register_attribute("training", c10::BoolType::get(), true);
  inner.register_buffer("w", torch::randn({8, 4}));
  inner.register_buffer("u", torch::randn({8, 2}));
  inner.define(R"(
def forward(self, x: Tensor) -> Tensor:
    h = torch.zeros([1, x.size(1), 2])
    return torch.lstm(x, [h, h], [self.w, self.u], False, 1, 0.0, False, False, False)[0]
)");
  torch::jit::Module outer("Outer");
  outer.register_attribute("training", c10::BoolType::get(), true);
  outer.register_module("inner", inner);
  outer.define(R"(
def forward(self, x: Tensor) -> Tensor:
    if self.training:
        x = self.inner.forward(x)
    return x
)");
  EXPECT_TRUE(
      callsRecurrentKernel(UnoptimizedMethod(outer, "forward").graph()));
  EXPECT_FALSE(callsRecurrentKernel(
      UnoptimizedMethod(moduleWithSideEffects(), "forward").graph()));
}
