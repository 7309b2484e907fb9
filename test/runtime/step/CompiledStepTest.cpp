//===- CompiledStepTest.cpp - Planned steps leave the same bits -----------===//
//
// The oracle is LibTorch: a second copy of each module takes the same steps as
// TorchScript, and everything that a step leaves behind is compared bit by bit.
//
//===----------------------------------------------------------------------===//

#include "runtime/step/CompiledStep.h"

#include "test/runtime/step/StepPrograms.h"

#include <torch/csrc/jit/runtime/graph_executor.h>

using namespace dynfault;

namespace {

class CompiledStepTest : public testing::TestWithParam<Program> {
protected:
  // As dynfault-run trains.
  torch::jit::GraphOptimizerEnabledGuard noOptimizer{false};
};

} // namespace

TEST_P(CompiledStepTest, LeavesTheBitsOfTorchScript) {
  const Program &program = GetParam();
  torch::jit::Module planned = makeModule(program), plain = makeModule(program);
  CompiledStep compiled(planned);
  for (int step = 0; step < 12; ++step) {
    auto [x, target] = batch(step, program);
    std::string when = " after step " + std::to_string(step);
    torch::manual_seed(100 + step);
    // Both ways may alternate in one training.
    at::Tensor loss =
        step == 6 ? planned.get_method("training_step")({x, target}).toTensor()
                  : compiled(x, target);
    loss = loss.clone();
    at::Tensor state = randomState();
    torch::manual_seed(100 + step);
    at::Tensor expected =
        plain.get_method("training_step")({x, target}).toTensor();
    expectSame(loss, expected, "loss" + when);
    expectSame(state, randomState(), "random state" + when);
    expectSame(planned, plain, when);
    if (HasFailure())
      return;
  }
  EXPECT_EQ(compiled.whyNot().empty(), program.planned) << compiled.whyNot();
}

TEST_P(CompiledStepTest, PreparingIsNoStep) {
  const Program &program = GetParam();
  torch::jit::Module prepared = makeModule(program),
                     plain = makeModule(program);
  CompiledStep compiled(prepared);
  for (int step = 0; step < 4; ++step) {
    auto [x, target] = batch(step, program);
    torch::manual_seed(100 + step);
    at::Tensor before = randomState();
    compiled.prepare(x, target);
    expectSame(before, randomState(), "random state");
    expectSame(prepared, plain, " after preparing");
    // Not the numbers that the plan was made with.
    x = x * -0.5;
    at::Tensor loss = compiled(x, target).clone();
    torch::manual_seed(100 + step);
    at::Tensor expected =
        plain.get_method("training_step")({x, target}).toTensor();
    expectSame(loss, expected, "loss");
    expectSame(prepared, plain, " after a step");
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, CompiledStepTest,
                         testing::ValuesIn(stepPrograms()),
                         [](const auto &info) { return info.param.name; });

TEST(CompiledStepErrorTest, ThrowsWhatTheStepThrows) {
  torch::jit::Module module = makeModule({"relu", net("torch.relu(h)")});
  CompiledStep compiled(module);
  at::Tensor narrow = at::zeros({4, 4}), target = at::zeros({4}, at::kLong);
  EXPECT_THROW(compiled(narrow, target), std::exception);
  EXPECT_EQ(module.attr("steps_done").toInt(), 0);
  // And goes on with batches that fit.
  EXPECT_TRUE(compiled(at::zeros({4, 5}), target).isfinite().item<bool>());
  EXPECT_EQ(module.attr("steps_done").toInt(), 1);
}
