//===- OptimizerUpdatesTest.cpp -------------------------------------------===//
//
// Updates against the optimizers of LibTorch, over several steps and with a
// parameter that never gets a gradient.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <functional>

using namespace dynfault;

namespace {

constexpr int kSteps = 7;

/// Two parameters with gradients, one without; a state of zeros for each.
struct Problem {
  std::vector<at::Tensor> parameters;

  explicit Problem(at::ScalarType dtype) {
    for (const std::vector<int64_t> &shape :
         std::vector<std::vector<int64_t>>{{33, 17}, {5}, {3}})
      parameters.push_back(torch::randn(shape).to(dtype).requires_grad_());
  }

  std::vector<at::Tensor> copies() const {
    std::vector<at::Tensor> result;
    for (const at::Tensor &parameter : parameters)
      result.push_back(parameter.detach().clone().requires_grad_());
    return result;
  }

  std::vector<at::Tensor> zeros() const {
    std::vector<at::Tensor> result;
    for (const at::Tensor &parameter : parameters)
      result.push_back(torch::zeros_like(parameter.detach()));
    return result;
  }
};

/// Runs both on the same random gradients and compares after each step.
void compare(Problem &problem, std::vector<at::Tensor> &theirs,
             torch::optim::Optimizer &reference,
             const std::function<StepCounts(StepCounts)> &update) {
  StepCounts count(3, 0);
  std::vector<at::Tensor> start = problem.copies();
  for (int step = 0; step < kSteps; ++step) {
    for (size_t i = 0; i < 2; ++i) {
      at::Tensor gradient = torch::randn_like(theirs[i]).detach();
      problem.parameters[i].mutable_grad() = gradient.clone();
      theirs[i].mutable_grad() = gradient;
    }
    count = update(count);
    reference.step();
    EXPECT_EQ(count, (StepCounts{step + 1, step + 1, 0}));
    for (size_t i = 0; i < 3; ++i)
      EXPECT_TRUE(at::equal(problem.parameters[i], theirs[i]))
          << "parameter " << i << ", step " << step << ", difference "
          << (problem.parameters[i] - theirs[i]).abs().max().item<double>();
  }
  EXPECT_FALSE(at::equal(problem.parameters[0], start[0]));
  EXPECT_TRUE(at::equal(problem.parameters[2], start[2]));
}

} // namespace

TEST(OptimizerUpdates, SgdAsTorch) {
  torch::manual_seed(1);
  struct Case {
    double lr, momentum, dampening, weightDecay;
    bool nesterov;
  };
  for (at::ScalarType dtype : {at::kFloat, at::kDouble})
    for (Case c : std::vector<Case>{{0.1, 0, 0, 0, false},
                                    {0.1, 0, 0, 0.01, false},
                                    {0.01, 0.9, 0, 0, false},
                                    {0.01, 0.9, 0.3, 0.02, false},
                                    {0.05, 0.8, 0, 0.1, true}}) {
      Problem problem(dtype);
      std::vector<at::Tensor> theirs = problem.copies();
      torch::optim::SGD reference(theirs, torch::optim::SGDOptions(c.lr)
                                              .momentum(c.momentum)
                                              .dampening(c.dampening)
                                              .weight_decay(c.weightDecay)
                                              .nesterov(c.nesterov));
      TensorList buffers = c.momentum != 0 ? problem.zeros() : TensorList();
      compare(problem, theirs, reference, [&](StepCounts count) {
        return sgd(problem.parameters, buffers, count, c.lr, c.momentum,
                   c.dampening, c.weightDecay, c.nesterov);
      });
    }
}

TEST(OptimizerUpdates, AdamAsTorch) {
  torch::manual_seed(2);
  struct Case {
    double lr, beta1, beta2, eps, weightDecay;
  };
  for (at::ScalarType dtype : {at::kFloat, at::kDouble})
    for (Case c : std::vector<Case>{{1e-3, 0.9, 0.999, 1e-8, 0},
                                    {1e-2, 0.5, 0.99, 1e-4, 0.01},
                                    {0.1, 0.0, 0.9, 1e-1, 0.5}}) {
      Problem problem(dtype);
      std::vector<at::Tensor> theirs = problem.copies();
      torch::optim::Adam reference(theirs, torch::optim::AdamOptions(c.lr)
                                               .betas({c.beta1, c.beta2})
                                               .eps(c.eps)
                                               .weight_decay(c.weightDecay));
      TensorList m = problem.zeros(), v = problem.zeros();
      compare(problem, theirs, reference, [&](StepCounts count) {
        return adam(problem.parameters, m, v, count, c.lr, c.beta1, c.beta2,
                    c.eps, c.weightDecay, false);
      });
    }
}

TEST(OptimizerUpdates, AdamWAsTorch) {
  torch::manual_seed(3);
  for (at::ScalarType dtype : {at::kFloat, at::kDouble})
    for (double weightDecay : {0.0, 0.01, 0.5}) {
      Problem problem(dtype);
      std::vector<at::Tensor> theirs = problem.copies();
      torch::optim::AdamW reference(
          theirs, torch::optim::AdamWOptions(1e-2).weight_decay(weightDecay));
      TensorList m = problem.zeros(), v = problem.zeros();
      compare(problem, theirs, reference, [&](StepCounts count) {
        return adam(problem.parameters, m, v, count, 1e-2, 0.9, 0.999, 1e-8,
                    weightDecay, true);
      });
    }
}

TEST(OptimizerUpdates, AdamOfListsLeavesTheBitsOfAdam) {
  torch::manual_seed(4);
  for (at::ScalarType dtype : {at::kFloat, at::kDouble})
    for (double weightDecay : {0.0, 0.1})
      for (bool decoupled : {false, true}) {
        Problem problem(dtype);
        TensorList parameters[2] = {problem.parameters, problem.copies()};
        TensorList averages[2] = {problem.zeros(), problem.zeros()};
        TensorList squares[2] = {problem.zeros(), problem.zeros()};
        StepCounts counts[2] = {{0, 0, 0}, {0, 0, 0}};
        for (int step = 0; step < kSteps; ++step) {
          // The second parameter's first gradient comes late.
          for (size_t i = 0; i < (step < 2 ? 1 : 2); ++i) {
            at::Tensor gradient = torch::randn_like(parameters[0][i]).detach();
            parameters[0][i].mutable_grad() = gradient.clone();
            parameters[1][i].mutable_grad() = gradient;
          }
          counts[0] = adam(parameters[0], averages[0], squares[0], counts[0],
                           0.01, 0.9, 0.99, 1e-8, weightDecay, decoupled);
          counts[1] =
              adamOfLists(parameters[1], averages[1], squares[1], counts[1],
                          0.01, 0.9, 0.99, 1e-8, weightDecay, decoupled);
          EXPECT_EQ(counts[0], counts[1]);
          for (size_t i = 0; i < 3; ++i) {
            EXPECT_TRUE(at::equal(parameters[0][i], parameters[1][i]));
            EXPECT_TRUE(at::equal(averages[0][i], averages[1][i]));
            EXPECT_TRUE(at::equal(squares[0][i], squares[1][i]));
          }
        }
        EXPECT_EQ(counts[1], (StepCounts{kSteps, kSteps - 2, 0}));
      }
}

TEST(OptimizerUpdates, RmsPropAsTorch) {
  torch::manual_seed(4);
  struct Case {
    double lr, alpha, eps, weightDecay;
  };
  for (at::ScalarType dtype : {at::kFloat, at::kDouble})
    for (Case c : std::vector<Case>{{1e-3, 0.99, 1e-8, 0},
                                    {1e-2, 0.5, 1e-7, 0.1},
                                    {0.1, 0.9, 1e-1, 0}}) {
      Problem problem(dtype);
      std::vector<at::Tensor> theirs = problem.copies();
      torch::optim::RMSprop reference(theirs, torch::optim::RMSpropOptions(c.lr)
                                                  .alpha(c.alpha)
                                                  .eps(c.eps)
                                                  .weight_decay(c.weightDecay));
      TensorList squares = problem.zeros();
      compare(problem, theirs, reference, [&](StepCounts count) {
        return rmsprop(problem.parameters, squares, {}, {}, count, c.lr,
                       c.alpha, c.eps, c.weightDecay, 0);
      });
    }
}

TEST(OptimizerUpdates, WithoutGradientsNothingIsCounted) {
  Problem problem(at::kFloat);
  std::vector<at::Tensor> before = problem.copies();
  TensorList m = problem.zeros(), v = problem.zeros();
  StepCounts counts = {3, 0, 2};
  EXPECT_EQ(sgd(problem.parameters, m, counts, 0.1, 0.9, 0, 0, false), counts);
  EXPECT_EQ(
      adam(problem.parameters, m, v, counts, 0.1, 0.9, 0.99, 1e-8, 0.1, true),
      counts);
  EXPECT_EQ(
      rmsprop(problem.parameters, m, {}, {}, counts, 0.1, 0.9, 1e-8, 0.1, 0),
      counts);
  EXPECT_EQ(adagrad(problem.parameters, m, counts, 0.1, 0, 0.1, 0, 1e-8),
            counts);
  EXPECT_EQ(adadelta(problem.parameters, m, v, counts, 0.1, 0.9, 1e-8, 0.1),
            counts);
  EXPECT_EQ(adamax(problem.parameters, m, v, counts, 0.1, 0.9, 0.99, 1e-8, 0.1),
            counts);
  EXPECT_EQ(
      nadam(problem.parameters, m, v, counts, 0.1, 0.9, 0.99, 1e-8, 0.1, 4e-3),
      counts);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_TRUE(at::equal(problem.parameters[i], before[i]));
}

TEST(OptimizerUpdates, StateMustMatchTheParameters) {
  Problem problem(at::kFloat);
  TensorList none, zeros = problem.zeros(), swapped = problem.zeros();
  std::swap(swapped[0], swapped[1]);
  StepCounts start(3, 0);
  EXPECT_THROW(sgd(problem.parameters, none, start, 0.1, 0.9, 0, 0, false),
               c10::Error);
  EXPECT_THROW(sgd(problem.parameters, zeros, start, 0.1, 0, 0, 0, true),
               c10::Error);
  EXPECT_THROW(sgd(problem.parameters, zeros, {0, 0}, 0.1, 0.9, 0, 0, false),
               c10::Error);
  EXPECT_THROW(adam(problem.parameters, zeros, none, start, 0.1, 0.9, 0.99,
                    1e-8, 0, false),
               c10::Error);
  EXPECT_THROW(
      rmsprop(problem.parameters, swapped, {}, {}, start, 0.1, 0.9, 1e-8, 0, 0),
      c10::Error);
  EXPECT_THROW(rmsprop(problem.parameters, zeros, swapped, {}, start, 0.1, 0.9,
                       1e-8, 0, 0),
               c10::Error);
  EXPECT_THROW(
      rmsprop(problem.parameters, zeros, {}, {}, start, 0.1, 0.9, 1e-8, 0, 0.5),
      c10::Error);
  EXPECT_THROW(adagrad(problem.parameters, swapped, start, 0.1, 0, 0, 0, 1e-8),
               c10::Error);
  EXPECT_THROW(
      adadelta(problem.parameters, zeros, none, start, 0.1, 0.9, 1e-8, 0),
      c10::Error);
  EXPECT_THROW(
      adamax(problem.parameters, none, zeros, start, 0.1, 0.9, 0.99, 1e-8, 0),
      c10::Error);
  EXPECT_THROW(nadam(problem.parameters, zeros, swapped, start, 0.1, 0.9, 0.99,
                     1e-8, 0, 4e-3),
               c10::Error);
  EXPECT_THROW(delayGradients(problem.parameters, swapped), c10::Error);
}
