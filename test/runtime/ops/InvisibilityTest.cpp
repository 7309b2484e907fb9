//===- InvisibilityTest.cpp -----------------------------------------------===//
//
// A probe changes nothing. Training with all probes and without any must agree
// to the bit, random state and running statistics included.
//
//===----------------------------------------------------------------------===//
#include "TestPrograms.h"
#include "runtime/ops/Operators.h"

#include <gtest/gtest.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/torch.h>

using namespace dynfault;
using namespace dynfault::test;

namespace {

struct Trained {
  std::vector<at::Tensor> losses, state, gradients;
  at::Tensor random;
  int64_t forwards;
  bool training, frozenTraining;
  size_t signals;
};

Trained train(const ProgramOptions &options, bool optimizerOn) {
  torch::jit::GraphOptimizerEnabledGuard executor(optimizerOn);
  torch::manual_seed(11);
  torch::jit::Module module = batchNormDropoutProgram(options);
  Trained result;
  for (int step = 0; step < 6; ++step) {
    auto [input, target] = randomBatch(10, options.dtype);
    result.losses.push_back(
        module.get_method("training_step")({input, target}).toTensor());
  }
  for (const char *name : {"w1", "b1", "gamma", "beta", "w2", "b2", "mean",
                           "var", "m0", "m1", "m2", "m3", "m4", "m5"})
    result.state.push_back(module.attr(name).toTensor().detach().clone());
  for (const at::Tensor &parameter : parametersOf(module))
    result.gradients.push_back(parameter.grad());
  result.random = at::detail::getDefaultCPUGenerator().get_state();
  result.forwards = module.attr("forwards").toInt();
  result.training = module.attr("training").toBool();
  result.frozenTraining =
      module.attr("frozen").toModule().attr("training").toBool();
  result.signals = options.probes ? recorderOf(module)->signals().size() : 0;
  return result;
}

void expectSame(const std::vector<at::Tensor> &a,
                const std::vector<at::Tensor> &b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_TRUE(at::equal(a[i], b[i])) << "tensor " << i;
}

class Invisibility : public testing::TestWithParam<
                         std::tuple<bool, bool, bool, at::ScalarType>> {};

} // namespace

TEST_P(Invisibility, ProbedTrainingIsBitIdentical) {
  auto [optimizerOn, trainingMode, fixedBatch, dtype] = GetParam();
  ProgramOptions options;
  options.dtype = dtype;
  options.trainingMode = trainingMode;
  options.fixedBatch = fixedBatch;
  options.every = 2;
  Trained probed = train(options, optimizerOn);
  options.probes = false;
  Trained plain = train(options, optimizerOn);

  EXPECT_GT(probed.signals, 30U);
  expectSame(probed.losses, plain.losses);
  expectSame(probed.state, plain.state);
  expectSame(probed.gradients, plain.gradients);
  EXPECT_TRUE(at::equal(probed.random, plain.random));
  EXPECT_EQ(probed.forwards, plain.forwards);
  EXPECT_TRUE(probed.training);
  EXPECT_FALSE(probed.frozenTraining);
}

INSTANTIATE_TEST_SUITE_P(
    All, Invisibility,
    testing::Combine(testing::Bool(), testing::Bool(), testing::Bool(),
                     testing::Values(at::kFloat, at::kDouble)));

TEST(Invisibility, GradientAndModesSurviveOneProbe) {
  torch::manual_seed(12);
  torch::jit::Module module = batchNormDropoutProgram({});
  RecorderPtr recorder = recorderOf(module);
  auto [input, target] = randomBatch(10, at::kDouble);
  std::vector<at::Tensor> gradients;
  for (at::Tensor parameter : parametersOf(module)) {
    parameter.mutable_grad() = torch::randn_like(parameter);
    gradients.push_back(parameter.grad().clone());
  }
  CurvatureRequest request;
  request.input = input;
  request.target = target;
  request.parameters = parametersOf(module);
  request.lanczosSteps = 3;
  for (bool gradMode : {false, true})
    for (bool optimizerOn : {false, true}) {
      at::AutoGradMode mode(gradMode);
      torch::jit::GraphOptimizerEnabledGuard executor(optimizerOn);
      recorder->beginStep(recorder->currentStep() + 1);
      recordCurvature(module, recorder, request);
      EXPECT_EQ(at::GradMode::is_enabled(), gradMode);
      EXPECT_EQ(torch::jit::getGraphExecutorOptimize(), optimizerOn);
    }
  for (size_t i = 0; i < gradients.size(); ++i) {
    EXPECT_TRUE(at::equal(request.parameters[i].grad(), gradients[i]));
    EXPECT_FALSE(request.parameters[i].grad().requires_grad());
  }
  // Activation probes inside the probe's own forward are silent.
  EXPECT_TRUE(recorder->sites("activation/mean").empty());
  EXPECT_EQ(recorder->values("curvature/nonfinite_share", "").size(), 4U);
}

TEST(Invisibility, StateIsRestoredWhenTheForwardThrows) {
  torch::manual_seed(13);
  torch::jit::Module module = batchNormDropoutProgram({});
  RecorderPtr recorder = recorderOf(module);
  auto [input, target] = randomBatch(10, at::kDouble);
  CurvatureRequest request;
  request.input = input;
  request.target = target.narrow(0, 0, 3); // does not fit the input
  request.parameters = parametersOf(module);
  request.training = false;
  at::Tensor random = at::detail::getDefaultCPUGenerator().get_state();
  at::Tensor mean = module.attr("mean").toTensor().clone();
  recorder->beginStep(0);
  EXPECT_ANY_THROW(recordCurvature(module, recorder, request));
  EXPECT_TRUE(
      at::equal(at::detail::getDefaultCPUGenerator().get_state(), random));
  EXPECT_TRUE(at::equal(module.attr("mean").toTensor(), mean));
  EXPECT_TRUE(module.attr("training").toBool());
  EXPECT_EQ(module.attr("forwards").toInt(), 0);
  EXPECT_TRUE(recorder->sampled(1)) << "still paused";
}
