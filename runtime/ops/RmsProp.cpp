//===- RmsProp.cpp - rmsprop_ ---------------------------------------------===//
//
// RMSprop (Tieleman and Hinton 2012, lecture 6.5) as torch.optim.RMSprop has
// it: epsilon is added outside the root.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

#include <ATen/ATen.h>

using namespace dynfault;

int64_t dynfault::rmsprop(TensorList parameters, TensorList squareAvgs,
                          int64_t step, double lr, double alpha, double eps,
                          double weightDecay) {
  checkOptimizerState(parameters, squareAvgs,
                      "dynfault::rmsprop_: square_avgs");

  at::NoGradGuard noGrad;
  bool updated = false;
  for (size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor gradient = parameters[i].grad();
    if (!gradient.defined())
      continue;
    updated = true;
    if (weightDecay != 0)
      gradient = gradient.add(parameters[i], weightDecay);
    squareAvgs[i].mul_(alpha).addcmul_(gradient, gradient, 1 - alpha);
    at::Tensor denominator = squareAvgs[i].sqrt().add_(eps);
    parameters[i].addcdiv_(gradient, denominator, -lr);
  }
  return updated ? step + 1 : step;
}
