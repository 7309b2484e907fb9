//===- ClipGradientsTest.cpp ----------------------------------------------===//
//
// Clipping against torch::nn::utils, and zero_grad_.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

using namespace dynfault;

static std::vector<at::Tensor> parametersWithGradients(double scale) {
  std::vector<at::Tensor> result;
  for (const std::vector<int64_t> &shape :
       std::vector<std::vector<int64_t>>{{4, 3}, {5}}) {
    at::Tensor parameter = torch::randn(shape).requires_grad_();
    parameter.mutable_grad() = torch::randn(shape) * scale;
    result.push_back(parameter);
  }
  result.push_back(torch::randn({2}).requires_grad_()); // no gradient
  return result;
}

static std::vector<at::Tensor> copies(const std::vector<at::Tensor> &of) {
  std::vector<at::Tensor> result;
  for (const at::Tensor &each : of) {
    at::Tensor copy = each.detach().clone().requires_grad_();
    if (each.grad().defined())
      copy.mutable_grad() = each.grad().clone();
    result.push_back(copy);
  }
  return result;
}

TEST(ClipGradients, NormAsTorch) {
  torch::manual_seed(1);
  for (double scale : {0.01, 1.0, 100.0})
    for (double maxNorm : {0.5, 1.0, 3.0}) {
      std::vector<at::Tensor> mine = parametersWithGradients(scale);
      std::vector<at::Tensor> theirs = copies(mine);
      clipGradNorm(mine, maxNorm);
      torch::nn::utils::clip_grad_norm_(theirs, maxNorm);
      for (size_t i = 0; i < 2; ++i)
        EXPECT_TRUE(at::allclose(mine[i].grad(), theirs[i].grad(), 1e-6, 1e-9));
      EXPECT_FALSE(mine[2].grad().defined());
    }
}

TEST(ClipGradients, SmallGradientsAreLeftAlone) {
  torch::manual_seed(2);
  std::vector<at::Tensor> parameters = parametersWithGradients(1e-3);
  std::vector<at::Tensor> before = copies(parameters);
  clipGradNorm(parameters, 10.0);
  for (size_t i = 0; i < 2; ++i)
    EXPECT_TRUE(at::equal(parameters[i].grad(), before[i].grad()));
}

TEST(ClipGradients, NothingToClip) {
  clipGradNorm({}, 1.0);
  at::Tensor parameter = torch::ones({2}).requires_grad_();
  clipGradNorm({parameter}, 1.0);
  EXPECT_FALSE(parameter.grad().defined());
}

TEST(ClipGradients, ValueAsTorch) {
  torch::manual_seed(3);
  for (double limit : {0.0, 0.1, 2.0}) {
    std::vector<at::Tensor> mine = parametersWithGradients(1.0);
    std::vector<at::Tensor> theirs = copies(mine);
    clipGradValue(mine, limit);
    torch::nn::utils::clip_grad_value_(theirs, limit);
    for (size_t i = 0; i < 2; ++i)
      EXPECT_TRUE(at::equal(mine[i].grad(), theirs[i].grad()));
  }
  EXPECT_THROW(clipGradValue({}, -1.0), c10::Error);
}

TEST(ZeroGrad, MakesGradientsUndefined) {
  std::vector<at::Tensor> parameters = parametersWithGradients(1.0);
  zeroGrad(parameters);
  for (const at::Tensor &parameter : parameters)
    EXPECT_FALSE(parameter.grad().defined());
}
