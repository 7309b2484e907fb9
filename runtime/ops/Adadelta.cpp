//===- Adadelta.cpp - adadelta_ -------------------------------------------===//
//
// Adadelta (Zeiler 2012) as torch.optim.Adadelta has it, with a learning rate.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

using namespace dynfault;

StepCounts dynfault::adadelta(TensorList parameters, TensorList squareAvgs,
                              TensorList accDeltas, StepCounts steps, double lr,
                              double rho, double eps, double weightDecay) {
  checkOptimizerState(parameters, squareAvgs,
                      "dynfault::adadelta_: square_avgs");
  checkOptimizerState(parameters, accDeltas, "dynfault::adadelta_: acc_deltas");
  return updateEach(
      "dynfault::adadelta_", parameters, std::move(steps), weightDecay,
      [&](size_t i, const at::Tensor &gradient) {
        squareAvgs[i].mul_(rho).addcmul_(gradient, gradient, 1 - rho);
        at::Tensor deviation = squareAvgs[i].add(eps).sqrt_();
        at::Tensor delta =
            accDeltas[i].add(eps).sqrt_().div_(deviation).mul_(gradient);
        accDeltas[i].mul_(rho).addcmul_(delta, delta, 1 - rho);
        parameters[i].add_(delta, -lr);
      });
}
