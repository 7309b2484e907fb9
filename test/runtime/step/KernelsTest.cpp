//===- KernelsTest.cpp - Own kernels leave LibTorch's bits ----------------===//
//
// The oracle is LibTorch: a copy of each module does the same forward and
// backward as TorchScript. Many shapes, and numbers that are easily mistaken:
// infinities, NaN, denormals, negative zeros.
//
//===----------------------------------------------------------------------===//

#include "runtime/step/BatchNormLoops.h"
#include "runtime/step/CompiledMethod.h"
#include "runtime/step/CompiledStep.h"
#include "runtime/step/KernelTest.h"
#include "runtime/step/LossLoops.h"
#include "runtime/step/OneDnnConvolution.h"

#include <ATen/CPUGeneratorImpl.h>
#include <cmath>
#include <gtest/gtest.h>
#include <random>
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

namespace {

struct ConvolutionCase {
  std::vector<int64_t> input, weight;
  int64_t stride, padding, dilation, groups;
  bool hasBias;

  /// Of the result.
  std::vector<int64_t> output() const {
    std::vector<int64_t> sizes = {input[0], weight[0]};
    for (size_t i = 2; i < input.size(); ++i)
      sizes.push_back(
          (input[i] + 2 * padding - dilation * (weight[i] - 1) - 1) / stride +
          1);
    return sizes;
  }
  std::string call(const std::string &input) const {
    auto list = [](int64_t number) {
      return ", [" + std::to_string(number) + "]";
    };
    return std::string("torch.conv") + (weight.size() == 3 ? "1d(" : "2d(") +
           input + ", self.w, " + (hasBias ? "self.b" : "None") + list(stride) +
           list(padding) + list(dilation) + ", " + std::to_string(groups) + ")";
  }
};

std::vector<ConvolutionCase> convolutions() {
  std::vector<ConvolutionCase> result = {
      {{32, 2, 17}, {32, 2, 3}, 1, 1, 1, 1, true},
      {{16, 32, 17}, {32, 32, 3}, 1, 1, 1, 1, true},
      {{5, 20, 30}, {7, 20, 5}, 2, 2, 1, 1, false},
      {{4, 6, 30}, {12, 2, 4}, 1, 0, 3, 3, true},
      {{4, 1, 28, 28}, {6, 1, 5, 5}, 1, 2, 1, 1, true},
      {{3, 16, 9, 8}, {24, 16, 3, 3}, 1, 1, 1, 1, true},
      {{3, 16, 9, 8}, {17, 16, 1, 1}, 1, 0, 1, 1, false},
      {{20, 16, 9, 8}, {32, 16, 1, 1}, 1, 0, 1, 1, true},
      {{2, 8, 12, 12}, {8, 1, 3, 3}, 2, 1, 1, 8, true},
      {{2, 4, 12, 11}, {6, 2, 3, 2}, 3, 2, 2, 2, true},
      {{1, 3, 8, 8}, {4, 3, 3, 3}, 1, 1, 1, 1, true},
      {{1, 2, 9}, {3, 2, 3}, 1, 1, 1, 1, true},
  };
  std::minstd_rand random(11);
  auto draw = [&](int64_t first, int64_t last) {
    return first + static_cast<int64_t>(random()) % (last - first + 1);
  };
  for (int i = 0; i < 30; ++i) {
    int64_t groups = draw(0, 3) ? 1 : draw(2, 4), dims = draw(1, 2);
    ConvolutionCase each{{draw(1, 20), groups * draw(1, 20)},
                         {groups * draw(1, 20), 0},
                         draw(1, 3),
                         draw(0, 2),
                         draw(1, 2),
                         groups,
                         draw(0, 2) > 0};
    each.weight[1] = each.input[1] / groups;
    for (int64_t d = 0; d < dims; ++d) {
      each.input.push_back(draw(9, 20));
      each.weight.push_back(draw(1, 4));
    }
    result.push_back(each);
  }
  return result;
}

} // namespace

TEST_F(KernelsTest, ConvolutionOfManyShapes) {
  for (const ConvolutionCase &each : convolutions())
    for (bool isFirst : {false, true}) {
      SCOPED_TRACE(testing::Message()
                   << c10::IntArrayRef(each.input) << " "
                   << each.call(isFirst ? "x" : "x + self.scale"));
      expectSameSteps(
          {{"scale", each.input}, {"w", each.weight}, {"b", {each.weight[0]}}},
          1, "    out = " + each.call(isFirst ? "x" : "x + self.scale"),
          each.input, each.output());
      if (HasFailure())
        return;
    }
}

/// As where a series is given with its channels last.
TEST_F(KernelsTest, ConvolutionOfATransposedInput) {
  ConvolutionCase each{{9, 3, 20}, {8, 3, 3}, 1, 1, 1, 1, true};
  for (const char *input :
       {"x.transpose(1, 2)", "(x + self.scale).transpose(1, 2)"})
    expectSameSteps({{"scale", {9, 20, 3}}, {"w", each.weight}, {"b", {8}}}, 1,
                    "    out = " + each.call(input), {9, 20, 3}, each.output());
}

/// The same convolution twice, and a chain of them: layouts that are kept from
/// the forward pass are each convolution's own.
TEST_F(KernelsTest, ConvolutionsInARow) {
  expectSameSteps({{"w", {16, 16, 3}}, {"b", {16}}, {"v", {4, 16, 1}}}, 1,
                  "    h = torch.conv1d(x, self.w, self.b, [1], [1])\n"
                  "    h = torch.relu(h)\n"
                  "    h = torch.conv1d(h, self.w, self.b, [1], [1])\n"
                  "    out = torch.conv1d(h, self.v, None, [2])",
                  {18, 16, 11}, {18, 4, 6});
}

namespace {

/// Calls of `forward` without gradients give the same bits and draw the same
/// numbers.
void expectSameCalls(const std::string &body,
                     const std::vector<std::vector<int64_t>> &inputs,
                     bool isPlanned) {
  torch::manual_seed(3);
  torch::jit::Module module("Program");
  module.register_attribute("training", c10::BoolType::get(), false);
  for (const char *name : {"gamma", "beta"})
    module.register_parameter(name, at::randn({6}).requires_grad_(), false);
  module.register_parameter("w", at::randn({6, 6, 3}).requires_grad_(), false);
  module.register_buffer("mean", at::randn({6}));
  module.register_buffer("variance", at::rand({6}) + 0.5);
  module.define("def forward(self, x: Tensor) -> Tensor:\n" + body + "\n");
  CompiledMethod compiled(module, "forward");
  torch::jit::Method plain = module.get_method("forward");
  at::NoGradGuard noGradients;
  for (int call = 0; call < 4; ++call)
    for (const std::vector<int64_t> &sizes : inputs) {
      at::Tensor x = call < 3 ? ordinary(sizes, call) : unusual(sizes, call);
      torch::manual_seed(call);
      at::Tensor result = compiled({x}).clone(), drawn = at::rand({1});
      torch::manual_seed(call);
      EXPECT_TRUE(sameBits(result, plain({x}).toTensor()));
      EXPECT_TRUE(sameBits(drawn, at::rand({1})));
      // What an evaluation reads changes between two of them.
      module.attr("mean").toTensor().add_(0.25);
      module.attr("gamma").toTensor().mul_(1.5);
    }
  EXPECT_EQ(compiled.whyNot().empty(), isPlanned) << compiled.whyNot();
}

} // namespace

TEST_F(KernelsTest, EvaluationsAreThoseOfTorchScript) {
  std::string norm = "torch.batch_norm(x, self.gamma, self.beta, self.mean, "
                     "self.variance, self.training, 0.1, 1e-3, False)";
  for (const std::vector<int64_t> &image :
       std::vector<std::vector<int64_t>>{{}, {1}, {5}, {17}, {4, 5}}) {
    std::vector<int64_t> many = {33, 6}, few = {2, 6};
    many.insert(many.end(), image.begin(), image.end());
    few.insert(few.end(), image.begin(), image.end());
    expectSameCalls("    return torch.relu(" + norm + ")", {many, few, many},
                    true);
  }
  expectSameCalls("    h = torch.conv1d(x, self.w, None, [1], [1])\n"
                  "    h = torch.dropout(torch.tanh(h), 0.5, self.training)\n"
                  "    return torch.cumsum(h, 1)",
                  {{20, 6, 9}, {3, 6, 9}}, true);
  expectSameCalls("    return x + torch.randn_like(x)", {{20, 6}}, true);
}

TEST_F(KernelsTest, EvaluationsThatAreNotPlanned) {
  expectSameCalls("    return x.relu_()", {{4, 6}}, false);
  expectSameCalls("    if x.size(0) > 3:\n        x = x + 1\n    return x",
                  {{4, 6}, {2, 6}}, false);
  // More than an evaluation keeps.
  expectSameCalls("    return torch.tanh(x)", {{100, 6, 10000}}, false);
}

TEST(OneDnnConvolutionTest, GivesWhatLibTorchGives) {
  at::Tensor x = testNumbers({8, 6, 10, 12}, 1),
             w = testNumbers({5, 6, 3, 3}, 2), b = testNumbers({5}, 3),
             gradient = testNumbers({8, 5, 5, 6}, 4);
  auto own = OneDnnConvolution::create(x, w, b, {{2, 2}, {1, 1}, {1, 1}, 1});
  if (!own)
    GTEST_SKIP() << "built without the oneDNN of LibTorch";
  ASSERT_TRUE(own->prepareBackward({true, true, true}));
  ASSERT_EQ(own->outputSizes(), gradient.sizes().vec());
  at::Tensor y = at::empty_like(gradient);
  own->forward(x, w, b, y);
  std::array<at::Tensor, 3> ours = {at::empty_like(x), at::empty_like(w),
                                    at::empty_like(b)};
  own->backward(gradient, x, w, ours);
  EXPECT_TRUE(sameBits(
      y, at::convolution(x, w, b, {2, 2}, {1, 1}, {1, 1}, false, {0, 0}, 1)));
  auto [dx, dw, db] = at::convolution_backward(
      gradient, x, w, std::vector<int64_t>{5}, {2, 2}, {1, 1}, {1, 1}, false,
      {0, 0}, 1, {true, true, true});
  EXPECT_TRUE(sameBits(ours[0], dx));
  EXPECT_TRUE(sameBits(ours[1], dw));
  EXPECT_TRUE(sameBits(ours[2], db));
}

TEST(OneDnnConvolutionTest, RefusesWhatItCannotDo) {
  ConvolutionSettings three{{1, 1, 1}, {0, 0, 0}, {1, 1, 1}, 1};
  EXPECT_FALSE(OneDnnConvolution::create(
      at::zeros({2, 1, 4, 4, 4}), at::zeros({1, 1, 2, 2, 2}), {}, three));
  ConvolutionSettings one{{1}, {0}, {1}, 1};
  EXPECT_FALSE(OneDnnConvolution::create(at::zeros({2, 1, 4}, at::kDouble),
                                         at::zeros({1, 1, 2}, at::kDouble), {},
                                         one));
  EXPECT_FALSE(OneDnnConvolution::create(at::zeros({2, 1, 1}).expand({2, 1, 4}),
                                         at::zeros({1, 1, 2}), {}, one));
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

TEST(LossLoopsTest, RoundAsLibTorchRounds) {
  for (int64_t count : {1, 5, 16, 1021})
    for (int draw = 0; draw < 3; ++draw) {
      at::Tensor x = ordinary({count}, draw), t = ordinary({count}, 10 + draw),
                 linear = at::empty({count}),
                 exponents = at::empty({2 * count});
      x[0] = -0.0;
      beginBinaryLogits(x.data_ptr<float>(), t.data_ptr<float>(),
                        linear.data_ptr<float>(), exponents.data_ptr<float>(),
                        count);
      at::Tensor most = (-x).clamp_min(0);
      EXPECT_TRUE(sameBits(linear, (1 - t) * x + most)) << count;
      EXPECT_TRUE(sameBits(exponents, at::cat({-most, -x - most}))) << count;

      at::Tensor sum = linear.clone();
      addNumbers(sum.data_ptr<float>(), t.data_ptr<float>(), count);
      EXPECT_TRUE(sameBits(sum, linear + t)) << count;

      at::Tensor gradient = x.sigmoid(), factor = ordinary({1}, 20 + draw);
      at::Tensor expected = (gradient - t) * factor / double(count);
      EXPECT_TRUE(deriveBinaryLogits(gradient.data_ptr<float>(),
                                     t.data_ptr<float>(), factor.item<float>(),
                                     float(count), count));
      EXPECT_TRUE(sameBits(gradient, expected)) << count;
      t[count - 1] = HUGE_VAL;
      EXPECT_FALSE(deriveBinaryLogits(gradient.data_ptr<float>(),
                                      t.data_ptr<float>(), 1, 1, count));
    }
}

/// Losses and gradients of logits that are easily mistaken, too.
TEST_F(KernelsTest, BinaryLogitsOfUnusualNumbers) {
  for (int64_t rows : {1, 16, 33}) {
    std::string loss = "    out = x + self.w\n"
                       "    loss = torch.binary_cross_entropy_with_logits(out, "
                       "torch.sigmoid(target))\n"
                       "    loss.backward()\n"
                       "    return loss.detach()\n";
    auto make = [&] {
      torch::manual_seed(3);
      torch::jit::Module module("Program");
      module.register_attribute("training", c10::BoolType::get(), true);
      module.register_parameter("w", at::randn({rows, 1}).requires_grad_(),
                                false);
      module.define("def training_step(self, x: Tensor, target: Tensor) -> "
                    "Tensor:\n" +
                    loss);
      return module;
    };
    torch::jit::Module planned = make(), plain = make();
    CompiledStep compiled(planned);
    for (int step = 0; step < 4; ++step) {
      for (torch::jit::Module *module : {&planned, &plain})
        module->attr("w").toTensor().mutable_grad().reset();
      at::Tensor x = step < 2 ? ordinary({rows, 1}, step)
                              : unusual({rows, 1}, step),
                 target =
                     step == 3 ? unusual({rows, 1}, 9) : ordinary({rows, 1}, 9);
      at::Tensor value = compiled(x, target).clone();
      at::Tensor expected =
          plain.get_method("training_step")({x, target}).toTensor();
      EXPECT_TRUE(sameBits(value, expected)) << rows << " " << step;
      EXPECT_TRUE(sameBits(planned.attr("w").toTensor().grad(),
                           plain.attr("w").toTensor().grad()))
          << rows << " " << step;
    }
    EXPECT_EQ(compiled.whyNot(), "");
  }
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
