//===- EvaluateTest.cpp - Tests of loss and metrics -------------*- C++ -*-===//

#include "runtime/train/Evaluate.h"

#include "test/runtime/TestFolder.h"

#include <cmath>
#include <limits>

using namespace dynfault;

namespace {

constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

/// A module that passes its input through, with the given loss.
torch::jit::Module passThrough(const std::string &loss) {
  torch::jit::Module module("Program");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_attribute("calls", c10::IntType::get(), 0);
  module.define("def forward(self, x: Tensor) -> Tensor:\n"
                "    self.calls = self.calls + 1\n"
                "    if self.training:\n"
                "        return x * 100\n"
                "    return x\n"
                "def loss(self, output: Tensor, target: Tensor) -> Tensor:\n"
                "    return " +
                loss + "\n");
  return module;
}

} // namespace

TEST(EvaluateTest, Accuracy) {
  torch::jit::Module module =
      passThrough("torch.cross_entropy_loss(output, target)");
  for (int repeat = 0; repeat < 3; ++repeat) {
    at::manual_seed(repeat);
    at::Tensor scores = at::randn({700, 4}, at::kDouble);
    at::Tensor targets = at::randint(4, {700}, at::kLong);
    double loss = 0;
    int64_t right = 0;
    for (int64_t i = 0; i < 700; ++i) {
      double sum = 0, best = -INFINITY;
      int64_t argmax = 0;
      for (int64_t j = 0; j < 4; ++j) {
        double score = scores[i][j].item<double>();
        sum += std::exp(score);
        if (score > best) {
          best = score;
          argmax = j;
        }
      }
      int64_t target = targets[i].item<int64_t>();
      right += argmax == target;
      loss += (std::log(sum) - scores[i][target].item<double>()) / 700;
    }
    // A batch size that divides neither the rows nor the pieces.
    Evaluation result = evaluate(module, scores, targets, 48, true);
    EXPECT_NEAR(result.loss, loss, 1e-9);
    EXPECT_DOUBLE_EQ(result.metric, right / 700.0);
  }
}

TEST(EvaluateTest, NonFiniteScoresAreWrong) {
  torch::jit::Module module = passThrough("output.sum()");
  at::Tensor scores =
      at::tensor({2., 1., NaN, 1., 1., NaN, 0., 1.}, at::kDouble)
          .reshape({4, 2});
  at::Tensor targets = at::tensor({0, 0, 1, 1}, at::kLong);
  EXPECT_DOUBLE_EQ(evaluate(module, scores, targets, 4, true).metric, 0.5);
}

TEST(EvaluateTest, PlacesOfASequenceCountUnlessIgnored) {
  torch::jit::Module module =
      passThrough("torch.cross_entropy_loss(output, target)");
  at::manual_seed(1);
  at::Tensor scores = at::randn({6, 3, 5});
  at::Tensor targets = at::randint(3, {6, 5}, at::kLong);
  targets[0].fill_(-100);
  targets[4][2] = -100;
  scores[1][0][1] = NaN;
  int64_t right = 0;
  for (int64_t i = 0; i < 6; ++i)
    for (int64_t j = 0; j < 5; ++j) {
      double best = -INFINITY;
      int64_t argmax = -1;
      for (int64_t k = 0; k < 3; ++k)
        if (double score = scores[i][k][j].item<double>(); score > best) {
          best = score;
          argmax = k;
        }
      bool finite = i != 1 || j != 1;
      right += finite && argmax == targets[i][j].item<int64_t>();
    }
  EXPECT_DOUBLE_EQ(evaluate(module, scores, targets, 4, true).metric,
                   right / 24.0);
  targets.fill_(-100);
  EXPECT_TRUE(std::isnan(evaluate(module, scores, targets, 4, true).metric));
}

TEST(EvaluateTest, ALargerOutputIsComparedByItsFirstValues) {
  torch::jit::Module module = passThrough("(output[:, :4] - target).sum()");
  at::manual_seed(2);
  at::Tensor targets = at::randn({8, 4}), more = at::randn({8, 3});
  at::Tensor off = at::randn({8, 4});
  Evaluation result =
      evaluate(module, at::cat({targets + off, more}, 1), targets, 3, false);
  double total = (targets - targets.mean(0)).square().sum().item<double>();
  EXPECT_NEAR(result.metric, 1 - off.square().sum().item<double>() / total,
              1e-5);
}

TEST(EvaluateTest, OneLogit) {
  torch::jit::Module module = passThrough("output.mean()");
  at::Tensor logits = at::tensor({2., -1., 0.5, -3., NaN}).reshape({5, 1});
  at::Tensor targets = at::tensor({1., 0., 0., 1., 0.}).reshape({5, 1});
  EXPECT_DOUBLE_EQ(evaluate(module, logits, targets, 2, true).metric, 0.4);
}

TEST(EvaluateTest, RSquared) {
  torch::jit::Module module = passThrough("torch.mse_loss(output, target)");
  for (int repeat = 0; repeat < 3; ++repeat) {
    at::manual_seed(repeat);
    at::Tensor targets = at::randn({300, 1}, at::kDouble) + 5;
    at::Tensor outputs = targets + at::randn({300, 1}, at::kDouble);
    double mean = 0, sse = 0, sst = 0;
    for (int64_t i = 0; i < 300; ++i)
      mean += targets[i][0].item<double>() / 300;
    for (int64_t i = 0; i < 300; ++i) {
      sse += std::pow((outputs[i][0] - targets[i][0]).item<double>(), 2);
      sst += std::pow(targets[i][0].item<double>() - mean, 2);
    }
    Evaluation result = evaluate(module, outputs, targets, 7, false);
    EXPECT_NEAR(result.metric, 1 - sse / sst, 1e-9);
    EXPECT_NEAR(result.loss, sse / 300, 1e-9);
  }
  at::Tensor constant = at::ones({10, 1});
  EXPECT_TRUE(
      std::isnan(evaluate(module, constant, constant, 7, false).metric));
}

TEST(EvaluateTest, ASummedLossIsComparableWithTheTrainingLoss) {
  // 64 rows in batches of 16: each training batch would sum to 16.
  torch::jit::Module module = passThrough("output.sum()");
  at::Tensor ones = at::ones({64, 1});
  EXPECT_DOUBLE_EQ(evaluate(module, ones, ones, 16, false).loss, 16);
}

TEST(EvaluateTest, LeavesModesAndRandomStateAlone) {
  torch::jit::Module frozen("Frozen");
  frozen.register_attribute("training", c10::BoolType::get(), false);
  torch::jit::Module module("Program");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_module("frozen", frozen);
  module.define("def forward(self, x: Tensor) -> Tensor:\n"
                "    return x + torch.rand_like(x)\n"
                "def loss(self, output: Tensor, target: Tensor) -> Tensor:\n"
                "    return output.mean()\n");
  at::manual_seed(3);
  at::Tensor expected = at::rand({5});
  at::manual_seed(3);
  evaluate(module, at::ones({10, 1}), at::ones({10, 1}), 4, false);
  EXPECT_TRUE(at::rand({5}).equal(expected));
  EXPECT_TRUE(module.attr("training").toBool());
  EXPECT_FALSE(module.attr("frozen").toModule().attr("training").toBool());
}
