//===- UnoptimizedMethodTest.cpp ------------------------------------------===//
//
// A method that is kept must be that of the module at hand.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/UnoptimizedMethod.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

using namespace dynfault;

namespace {

torch::jit::Module adding(const std::string &number) {
  torch::jit::Module module("Adding");
  module.register_attribute("bias", c10::TensorType::get(), torch::ones({2}));
  module.define("def forward(self, x: Tensor) -> Tensor:\n"
                "    return torch.relu(x) + self.bias * " +
                number + "\n");
  return module;
}

} // namespace

TEST(UnoptimizedMethod, KeptMethodsFollowTheGraph) {
  InlinedMethods kept;
  torch::jit::Module one = adding("1.0"), two = adding("2.0");
  at::Tensor x = torch::ones({2});
  auto sum = [&](const torch::jit::Module &module) {
    UnoptimizedMethod forward(module, "forward", true, &kept);
    return forward({x}).toTensor().sum().item<double>();
  };
  EXPECT_EQ(sum(one), 4);
  EXPECT_EQ(sum(one), 4);
  EXPECT_EQ(sum(two), 6);
  EXPECT_EQ(sum(one), 4);
  // Attributes are those of the module, not of the time.
  one.setattr("bias", torch::zeros({2}));
  EXPECT_EQ(sum(one), 2);

  torch::jit::Method method = one.get_method("forward");
  std::shared_ptr<const InlinedMethod> first = kept.get(method, true);
  EXPECT_EQ(kept.get(method, true), first);
  EXPECT_NE(kept.get(method, false), first);
  EXPECT_EQ(kept.get(method, true), first);
}
