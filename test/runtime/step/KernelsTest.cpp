//===- KernelsTest.cpp - Own kernels leave LibTorch's bits ----------------===//
//
// The oracle is LibTorch: a copy of each module does the same forward and
// backward as TorchScript. Many shapes, and numbers that are easily mistaken:
// infinities, NaN, denormals, negative zeros.
//
//===----------------------------------------------------------------------===//

#include "runtime/step/BatchNormLoops.h"
#include "runtime/step/CompiledStep.h"
#include "runtime/step/KernelTest.h"

#include <ATen/CPUGeneratorImpl.h>
#include <cmath>
#include <gtest/gtest.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>

using namespace dynfault;

namespace {

using Parameters = std::vector<std::pair<std::string, std::vector<int64_t>>>;

/// `forward` computes `out` from `x` and the parameters.
torch::jit::Module makeModule(const Parameters &parameters, int64_t channels,
                              const std::string &forward) {
  torch::manual_seed(7);
  torch::jit::Module module("Program");
  module.register_attribute("training", c10::BoolType::get(), true);
  for (const auto &[name, sizes] : parameters)
    module.register_parameter(name, at::randn(sizes).requires_grad_(), false);
  module.register_buffer("mean", at::randn({channels}));
  module.register_buffer("variance", at::rand({channels}) + 0.5);
  module.define(
      "def training_step(self, x: Tensor, target: Tensor) -> Tensor:\n" +
      forward +
      "\n    value = torch.mse_loss(out, target)\n"
      "    value.backward()\n"
      "    return value.detach()\n");
  return module;
}

at::Tensor ordinary(at::IntArrayRef sizes, int seed) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  return at::randn(sizes, generator) * 2 + 0.5;
}

/// With a few numbers that are easily mistaken.
at::Tensor unusual(at::IntArrayRef sizes, int seed) {
  at::Tensor result = ordinary(sizes, seed);
  at::Tensor flat = result.view({-1});
  int64_t place = seed;
  for (double number : {-0.0, 1e-42, -1e-40, HUGE_VAL, -HUGE_VAL, std::nan("")})
    flat[(place += 7) % flat.numel()] = number;
  return result;
}

/// Several steps of both on the same batches leave the same bits everywhere.
void expectSameSteps(const Parameters &parameters, int64_t channels,
                     const std::string &forward,
                     const std::vector<int64_t> &inputSizes,
                     const std::vector<int64_t> &outputSizes) {
  torch::jit::Module planned = makeModule(parameters, channels, forward),
                     plain = makeModule(parameters, channels, forward);
  CompiledStep compiled(planned);
  for (int step = 0; step < 3; ++step) {
    for (torch::jit::Module *module : {&planned, &plain})
      for (const at::Tensor &parameter : module->parameters())
        parameter.mutable_grad().reset();
    at::Tensor x = step < 2 ? ordinary(inputSizes, step)
                            : unusual(inputSizes, step),
               target = ordinary(outputSizes, 100 + step);
    at::Tensor loss = compiled(x, target).clone();
    at::Tensor expected =
        plain.get_method("training_step")({x, target}).toTensor();
    EXPECT_TRUE(sameBits(loss, expected)) << "loss of step " << step;
    auto other = plain.named_parameters().begin();
    for (const auto &parameter : planned.named_parameters()) {
      EXPECT_TRUE(sameBits(parameter.value.grad(), (*other).value.grad()))
          << parameter.name << ", step " << step;
      ++other;
    }
    auto buffer = plain.named_buffers().begin();
    for (const auto &mine : planned.named_buffers()) {
      EXPECT_TRUE(sameBits(mine.value, (*buffer).value))
          << mine.name << ", step " << step;
      ++buffer;
    }
  }
  EXPECT_EQ(compiled.whyNot(), "");
}

class KernelsTest : public testing::Test {
protected:
  // As dynfault-run trains.
  torch::jit::GraphOptimizerEnabledGuard noOptimizer{false};
};

} // namespace

TEST_F(KernelsTest, BatchNormOfManyShapes) {
  for (int64_t batch : {2, 3, 17})
    for (int64_t channels : {1, 3, 8, 9, 16, 17, 40})
      for (std::vector<int64_t> image : std::vector<std::vector<int64_t>>{
               {}, {1}, {2}, {7}, {8}, {9}, {17}, {5, 5}, {1, 1}, {2, 4, 4}}) {
        std::vector<int64_t> sizes = {batch, channels};
        sizes.insert(sizes.end(), image.begin(), image.end());
        SCOPED_TRACE(testing::Message() << c10::IntArrayRef(sizes));
        // The scale makes the input differentiable.
        expectSameSteps(
            {{"scale", sizes}, {"gamma", {channels}}, {"beta", {channels}}},
            channels,
            "    out = torch.batch_norm(x + self.scale, self.gamma,"
            " self.beta, self.mean, self.variance, self.training, "
            "0.1, 1e-3, False)",
            sizes, sizes);
        if (HasFailure())
          return;
      }
}

TEST_F(KernelsTest, BatchNormWithoutSomeArguments) {
  for (const char *arguments :
       {"None, None, self.mean, self.variance, True, 0.01",
        "self.gamma, None, None, None, True, 0.1",
        "self.gamma, self.beta, self.mean, self.variance, False, 0.1",
        "None, self.beta, self.mean, self.variance, True, 1.0"})
    for (std::vector<int64_t> sizes :
         std::vector<std::vector<int64_t>>{{6, 10}, {6, 10, 9}}) {
      SCOPED_TRACE(testing::Message()
                   << arguments << " " << c10::IntArrayRef(sizes));
      // All parameters have gradients, whether the norm has them or not.
      expectSameSteps({{"scale", sizes}, {"gamma", {10}}, {"beta", {10}}}, 10,
                      std::string("    h = torch.batch_norm(x + self.scale, ") +
                          arguments + ", 0.0, False)\n    out = h",
                      sizes, sizes);
    }
}

/// The first layer of a program: the gradient of the input is not asked for.
TEST_F(KernelsTest, BatchNormOfTheBatchItself) {
  expectSameSteps({{"gamma", {5}}, {"beta", {5}}}, 5,
                  "    out = torch.batch_norm(x, self.gamma, self.beta, "
                  "self.mean, self.variance, True, 0.1, 1e-5, False)",
                  {16, 5}, {16, 5});
}

/// A batch with other strides is planned anew.
TEST_F(KernelsTest, BatchNormOfBatchesWithOtherStrides) {
  Parameters parameters = {{"gamma", {5}}, {"beta", {5}}};
  std::string forward =
      "    out = torch.batch_norm(x, self.gamma, self.beta, self.mean, "
      "self.variance, True, 0.1, 1e-5, False)";
  torch::jit::Module planned = makeModule(parameters, 5, forward),
                     plain = makeModule(parameters, 5, forward);
  CompiledStep compiled(planned);
  for (bool isTransposed : {false, true, false}) {
    at::Tensor x = ordinary(isTransposed ? at::IntArrayRef{9, 5, 4}
                                         : at::IntArrayRef{4, 5, 9},
                            3),
               target = at::zeros({4, 5, 9});
    if (isTransposed)
      x = x.transpose(0, 2);
    EXPECT_TRUE(
        sameBits(compiled(x, target),
                 plain.get_method("training_step")({x, target}).toTensor()));
  }
}

/// Where LibTorch computes with AVX2 its order is known, and planning must not
/// have come to pass by leaving out our loops.
TEST(BatchNormLoopsTest, AddAsLibTorchAdds) {
  if (!supportsBatchNormLoops())
    GTEST_SKIP() << "no AVX2";
  at::Tensor x = testNumbers({7, 20, 12}, 1), weight = testNumbers({20}, 2),
             bias = testNumbers({20}, 3), out = at::empty_like(x),
             mean = at::empty({20}), invstd = at::empty({20});
  BatchNormSizes sizes = {7, 20, 12};
  BatchNormForward arguments = {x.data_ptr<float>(),
                                weight.data_ptr<float>(),
                                bias.data_ptr<float>(),
                                nullptr,
                                nullptr,
                                0.1,
                                1e-3,
                                out.data_ptr<float>(),
                                mean.data_ptr<float>(),
                                invstd.data_ptr<float>()};
  for (int64_t group = 0; group < 2; ++group)
    batchNormForward(sizes, arguments, group);
  auto [expected, expectedMean, expectedInvstd] =
      at::native_batch_norm(x, weight, bias, {}, {}, true, 0.1, 1e-3);
  EXPECT_TRUE(sameBits(mean, expectedMean));
  EXPECT_TRUE(sameBits(invstd, expectedInvstd));
  EXPECT_TRUE(out.allclose(expected, 1e-5, 1e-6));
}

TEST(KernelTestTest, TellsBitsApart) {
  at::Tensor numbers = testNumbers({3, 4}, 5);
  EXPECT_TRUE(sameBits(numbers, testNumbers({3, 4}, 5)));
  EXPECT_FALSE(sameBits(numbers, testNumbers({3, 4}, 6)));
  EXPECT_FALSE(sameBits(numbers, numbers.t().contiguous().t()));
  EXPECT_FALSE(sameBits(at::zeros({1}), -at::zeros({1})));
  EXPECT_FALSE(sameBits(numbers, at::Tensor()));
  EXPECT_TRUE(sameBits(at::Tensor(), at::Tensor()));
  EXPECT_LE(numbers.abs().max().item<float>(), 2);
}
