//===- Adagrad.cpp - adagrad_ ---------------------------------------------===//
//
// Adagrad (Duchi, Hazan, Singer 2011) as torch.optim.Adagrad has it.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

using namespace dynfault;

StepCounts dynfault::adagrad(TensorList parameters, TensorList sums,
                             StepCounts steps, double lr, double lrDecay,
                             double weightDecay, double initialAccumulator,
                             double eps) {
  checkOptimizerState(parameters, sums, "dynfault::adagrad_: sums");
  StepCounts before = steps;
  return updateEach(
      "dynfault::adagrad_", parameters, std::move(steps), weightDecay,
      [&](size_t i, const at::Tensor &gradient) {
        // The archive's buffers start as zeros.
        if (before[i] == 0)
          sums[i].fill_(initialAccumulator);
        double decayed = lr / (1 + static_cast<double>(before[i]) * lrDecay);
        sums[i].addcmul_(gradient, gradient, 1);
        parameters[i].addcdiv_(gradient, sums[i].sqrt().add_(eps), -decayed);
      });
}
