//===- GraphedStepTest.cpp - Recorded steps leave the same bits -----------===//
//
// The oracle is LibTorch: a second copy of each module takes the same steps as
// TorchScript. A CPU has no graphs; RepeatedWork.h stands in for them.
//
//===----------------------------------------------------------------------===//

#include "runtime/step/GraphedStep.h"

#include "runtime/ops/Operators.h"
#include "test/runtime/step/RepeatedWork.h"
#include "test/runtime/step/StepPrograms.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

using namespace dynfault;

namespace {

/// Draws the same random numbers in each replay.
class StaleNumbers : public RepeatedWork {
public:
  void record(std::function<void()> given) override {
    state = randomState();
    RepeatedWork::record(std::move(given));
  }
  void replay() override {
    at::Generator generator = at::detail::getDefaultCPUGenerator();
    at::Tensor now = generator.get_state();
    generator.set_state(state);
    RepeatedWork::replay();
    at::Tensor drawn = generator.get_state();
    // A generator that counts, as CUDA's does, would stand where it should.
    generator.set_state(now);
    at::rand({}, generator);
    generator.set_state(drawn);
  }

private:
  at::Tensor state;
};

/// Changes a tensor by its last bit in each replay.
class OneBitOff : public RepeatedWork {
public:
  explicit OneBitOff(at::Tensor tensor) : tensor(std::move(tensor)) {}
  void replay() override {
    RepeatedWork::replay();
    at::Tensor bits = tensor.detach().view(at::kInt);
    bits.view({-1})[0].bitwise_xor_(1);
  }

private:
  at::Tensor tensor;
};

/// Cannot record.
class Refusal : public DeviceGraph {
public:
  void record(std::function<void()> work) override {
    work();
    throw std::runtime_error("operation not permitted\nwhen capturing");
  }
  void replay() override { FAIL() << "nothing was recorded"; }
};

class GraphedStepTest : public testing::TestWithParam<Program> {
protected:
  /// Takes 24 steps in both ways, 18 on batches of 16 rows and 6 of 5.
  void compare(const Program &program, torch::jit::Module &module,
               GraphedStep &graphed) {
    torch::jit::Module plain = makeModule(program);
    for (int step = 0; step < 24; ++step) {
      auto [x, target] = batch(step, program);
      std::string when = " after step " + std::to_string(step);
      // Steps that are not the graph's may come between.
      bool other = step == 13;
      torch::manual_seed(100 + step);
      at::Tensor loss =
          other ? module.get_method("training_step")({x, target}).toTensor()
                : graphed(x, target);
      at::Tensor state = randomState();
      torch::manual_seed(100 + step);
      at::Tensor expected =
          plain.get_method("training_step")({x, target}).toTensor();
      expectSame(loss, expected, "loss" + when);
      expectSame(state, randomState(), "random state" + when);
      expectSame(module, plain, when);
      if (HasFailure())
        return;
    }
    plainModule = plain;
  }

  // As dynfault-run trains.
  torch::jit::GraphOptimizerEnabledGuard noOptimizer{false};
  torch::jit::Module plainModule;
};

class GraphedStepFallbackTest : public GraphedStepTest {};

/// What a reading of the step decides.
struct Decision {
  Program program;
  std::string whyNot;     ///< Empty: is recorded.
  std::string leftToHost; ///< Empty: all is.
};

std::ostream &operator<<(std::ostream &stream, const Decision &decision) {
  return stream << decision.program.name;
}

class StepSplitTest : public testing::TestWithParam<Decision> {};

} // namespace

TEST_P(GraphedStepTest, LeavesTheBitsOfTorchScript) {
  const Program &program = GetParam();
  torch::jit::Module module = makeModule(program);
  GraphedStep graphed(module, at::kCPU, graphsOf<RepeatedWork>());
  compare(program, module, graphed);
  bool refused = std::string(program.name) == "control_flow";
  EXPECT_EQ(graphed.whyNot().empty(), !refused) << graphed.whyNot();
  // 18 and 6 steps without the one between, the warm-up and the tests.
  EXPECT_EQ(graphed.replays(), refused ? 0 : 12 + 1);
}

INSTANTIATE_TEST_SUITE_P(Programs, GraphedStepTest,
                         testing::ValuesIn(stepPrograms()),
                         [](const auto &info) { return info.param.name; });

static Program dropout() {
  return {"dropout", net("torch.dropout(torch.relu(h), 0.3, self.training)")};
}

TEST_F(GraphedStepFallbackTest, GivesUpWhereReplaysDiffer) {
  Program program{"relu", net("torch.relu(h)")};
  for (const char *name : {"w1", "b2", "m_w2", "mean"}) {
    torch::jit::Module module = makeModule(program);
    GraphedStep graphed(module, at::kCPU,
                        graphsOf<OneBitOff>(module.attr(name).toTensor()));
    compare(program, module, graphed);
    EXPECT_EQ(graphed.whyNot(),
              "a replay left other bits than an ordinary step in " +
                  std::string(name));
    EXPECT_EQ(graphed.replays(), 0);
  }
}

TEST_F(GraphedStepFallbackTest, GivesUpWhereTheSecondReplayDiffers) {
  torch::jit::Module module = makeModule(dropout());
  GraphedStep graphed(module, at::kCPU, graphsOf<StaleNumbers>());
  compare(dropout(), module, graphed);
  EXPECT_NE(graphed.whyNot().find("other bits"), std::string::npos)
      << graphed.whyNot();
  EXPECT_EQ(graphed.replays(), 0);
}

TEST_F(GraphedStepFallbackTest, GivesUpWhatCannotBeRecorded) {
  torch::jit::Module module = makeModule(dropout());
  GraphedStep graphed(module, at::kCPU, graphsOf<Refusal>());
  compare(dropout(), module, graphed);
  EXPECT_EQ(graphed.whyNot(), "operation not permitted");
  EXPECT_EQ(graphed.replays(), 0);
}

TEST_F(GraphedStepFallbackTest, ThrowsWhatTheStepThrows) {
  torch::jit::Module module = makeModule(dropout());
  GraphedStep graphed(module, at::kCPU, graphsOf<RepeatedWork>());
  at::Tensor narrow = at::zeros({4, 4}), target = at::zeros({4}, at::kLong);
  for (int i = 0; i <= GraphedStep::WarmUpSteps; ++i)
    EXPECT_THROW(graphed(narrow, target), std::exception);
  EXPECT_EQ(module.attr("steps_done").toInt(), 0);
}

static Program probed() {
  Program program{
      "probed",
      "    h = dynfault.record_activation(self.recorder, torch.linear(x, "
      "self.w1, self.b1), 'h', 'relu', 5)\n"
      "    out = torch.linear(torch.relu(h), self.w2, self.b2)"};
  program.begin = "dynfault.begin_step(self.recorder, self.steps_done)";
  program.before =
      "dynfault.record_gradients(self.recorder, ps, ['w1', 'b1', 'gamma', "
      "'beta', 'w2', 'b2'], 4)\n    dynfault.clip_grad_norm_(ps, 0.1)";
  program.end = "dynfault.end_step(self.recorder)";
  return program;
}

TEST_F(GraphedStepFallbackTest, LeavesSampledStepsToTheProbes) {
  torch::jit::Module module = makeModule(probed());
  GraphedStep graphed(module, at::kCPU, graphsOf<RepeatedWork>());
  compare(probed(), module, graphed);
  EXPECT_EQ(graphed.whyNot(), "");
  EXPECT_EQ(graphed.leftToHost(), "");
  EXPECT_GT(graphed.replays(), 0);
  auto signals = [](const torch::jit::Module &of) {
    return of.attr("recorder").toCustomClass<Recorder>()->signals();
  };
  std::vector<Signal> mine = signals(module), other = signals(plainModule);
  ASSERT_EQ(mine.size(), other.size());
  size_t samples = 0;
  for (size_t i = 0; i < mine.size(); ++i) {
    EXPECT_EQ(mine[i].name, other[i].name);
    EXPECT_EQ(mine[i].steps, other[i].steps) << mine[i].name;
    EXPECT_EQ(mine[i].values, other[i].values) << mine[i].name;
    samples += mine[i].steps.size();
  }
  EXPECT_GT(samples, 0u);
}

TEST_P(StepSplitTest, DecidesWhatIsRecorded) {
  const Decision &decision = GetParam();
  torch::jit::Module module = makeModule(decision.program);
  GraphedStep graphed(module, at::kCPU, graphsOf<RepeatedWork>());
  EXPECT_EQ(graphed.whyNot(), decision.whyNot);
  EXPECT_EQ(graphed.leftToHost(), decision.leftToHost);
}

static std::vector<Decision> decisions() {
  std::vector<Decision> result;
  auto addUpdate = [&](const char *name, const std::string &update,
                       const std::string &leftToHost) {
    Program program{name, net("torch.relu(h)")};
    program.update = update;
    result.push_back({program, "", leftToHost});
  };
  const std::string counts = "self.optimizer_steps";
  addUpdate("momentum", Program{}.update, "");
  addUpdate("sgd_with_a_schedule",
            "lr = dynfault.scheduled_lr(0.1, self.steps_done, 'step', 0, 5, "
            "[], 0.5, 0.0, 1.0)\n    " +
                counts + " = dynfault.sgd_(ps, m, " + counts +
                ", lr, 0.9, 0.0, 0.0, False)",
            "dynfault::sgd_");
  addUpdate("adam",
            counts + " = dynfault.adam_(ps, m, v, " + counts +
                ", 0.01, 0.9, 0.999, 1e-8, 0.0, False)",
            "dynfault::adam_");
  addUpdate("adagrad",
            counts + " = dynfault.adagrad_(ps, v, " + counts +
                ", 0.01, 0.0, 0.0, 0.0, 1e-10)",
            "");
  addUpdate("adagrad_with_decay",
            counts + " = dynfault.adagrad_(ps, v, " + counts +
                ", 0.01, 0.1, 0.0, 0.0, 1e-10)",
            "dynfault::adagrad_");
  addUpdate("two_updates", Program{}.update + "\n    " + Program{}.update,
            "dynfault::sgd_");
  auto addRefused = [&](const char *name, const std::string &forward,
                        const std::string &whyNot) {
    result.push_back({{name, forward}, whyNot, ""});
  };
  addRefused("number_of_a_tensor", net("h * float(h.sum())"),
             "aten::Float of a tensor");
  addRefused("branch_on_a_tensor",
             "    h = torch.linear(x, self.w1, self.b1)\n"
             "    if bool(h.sum() > 0.0):\n        h = torch.relu(h)\n"
             "    out = torch.linear(h, self.w2, self.b2)",
             "aten::Bool of a tensor");
  addRefused("shape_from_data",
             "    h = torch.linear(x, self.w1, self.b1)\n"
             "    h = h + torch.nonzero(h).sum()\n"
             "    out = torch.linear(h, self.w2, self.b2)",
             "aten::nonzero");
  addRefused("counter_in_the_forward", net("h * self.steps_done"),
             "aten::mul on a number that changes from step to step");
  Program updateFirst{"update_before_backward", net("torch.relu(h)")};
  updateFirst.zeroGrad =
      "self.optimizer_steps = dynfault.adam_(ps, m, v, "
      "self.optimizer_steps, 0.01, 0.9, 0.999, 1e-8, 0.0, False)";
  result.push_back(
      {updateFirst, "dynfault::adam_ before the backward pass", ""});
  return result;
}

INSTANTIATE_TEST_SUITE_P(Programs, StepSplitTest,
                         testing::ValuesIn(decisions()), [](const auto &info) {
                           return info.param.program.name;
                         });
