//===- StabilityThresholdTest.cpp -----------------------------------------===//
//
// A threshold is where the optimizer itself begins to diverge.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/StabilityThreshold.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

using namespace dynfault;

TEST(StabilityThreshold, AQuadraticDivergesJustAboveItAndNotBelow) {
  // The factors against the optimizers themselves: theta' h theta / 2 with a
  // curvature just below and just above the threshold.
  for (double momentum : {0.0, 0.5, 0.9})
    for (bool nesterov : {false, true}) {
      OptimizerDynamics optimizer;
      optimizer.lr = 0.1;
      optimizer.momentum = momentum;
      optimizer.nesterov = nesterov && momentum > 0;
      double threshold = 1 / momentumFactor(optimizer);
      for (double ratio : {0.98, 1.02}) {
        at::Tensor theta = torch::ones({1}, torch::kDouble).requires_grad_();
        torch::optim::SGD sgd({theta}, torch::optim::SGDOptions(optimizer.lr)
                                           .momentum(momentum)
                                           .nesterov(optimizer.nesterov));
        for (int step = 0; step < 3000; ++step) {
          theta.mutable_grad() = theta.detach() * (threshold * ratio);
          sgd.step();
        }
        double size = theta.abs().item<double>();
        if (ratio < 1)
          EXPECT_LT(size, 1e-3) << momentum << " " << nesterov;
        else
          EXPECT_FALSE(size < 1e3) << momentum << " " << nesterov;
      }
    }
  OptimizerDynamics adam;
  adam.kind = "adam";
  adam.lr = 0.1;
  adam.momentum = 0.9;
  // 38 / lr, as Cohen et al. 2022 state it for beta1 = 0.9.
  EXPECT_NEAR(1 / preconditionedFactor(adam), 380, 1e-9);
  EXPECT_TRUE(std::isnan(momentumFactor(adam)));
}

TEST(StabilityThreshold, PreconditionerOfAdam) {
  at::Tensor parameter = torch::ones({2}, torch::kDouble).requires_grad_();
  OptimizerDynamics adam;
  adam.kind = "adam";
  adam.momentum = 0.9;
  adam.beta2 = 0.99;
  adam.eps = 0.1;
  adam.secondMoments = {torch::tensor({4.0, 9.0}, torch::kDouble)};
  EXPECT_FALSE(inverseRootPreconditioner(adam, {parameter}).defined());
  adam.steps = {0};
  EXPECT_FALSE(inverseRootPreconditioner(adam, {parameter}).defined());
  adam.steps = {2};
  at::Tensor scale = inverseRootPreconditioner(adam, {parameter});
  for (int i = 0; i < 2; ++i) {
    double v = i == 0 ? 4 : 9;
    double p = (1 - 0.81) * (std::sqrt(v / (1 - 0.99 * 0.99)) + 0.1);
    EXPECT_NEAR(scale[i].item<double>(), 1 / std::sqrt(p), 1e-12);
  }
  // A second parameter that was never updated does not move; one with a count
  // of its own has its own correction.
  at::Tensor still = torch::ones({3}, torch::kDouble).requires_grad_();
  at::Tensor late = torch::ones({1}, torch::kDouble).requires_grad_();
  OptimizerDynamics three = adam;
  three.steps = {2, 0, 1};
  three.secondMoments = {adam.secondMoments[0],
                         torch::zeros({3}, torch::kDouble),
                         torch::full({1}, 4.0, torch::kDouble)};
  at::Tensor all = inverseRootPreconditioner(three, {parameter, still, late});
  ASSERT_EQ(all.numel(), 6);
  EXPECT_TRUE(torch::equal(all.slice(0, 0, 2), scale));
  EXPECT_EQ(all.slice(0, 2, 5).abs().max().item<double>(), 0);
  EXPECT_NEAR(all[5].item<double>(),
              1 / std::sqrt((1 - 0.9) * (std::sqrt(4 / (1 - 0.99)) + 0.1)),
              1e-12);
  adam.eps = 0;
  adam.secondMoments = {torch::zeros({2}, torch::kDouble)};
  EXPECT_FALSE(inverseRootPreconditioner(adam, {parameter}).defined());
}
