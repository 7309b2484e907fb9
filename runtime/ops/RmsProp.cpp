//===- RmsProp.cpp - rmsprop_ ---------------------------------------------===//
//
// RMSprop (Tieleman and Hinton 2012, lecture 6.5; centred: Graves 2013) as
// torch.optim.RMSprop has it: epsilon is added outside the root.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

using namespace dynfault;

StepCounts dynfault::rmsprop(TensorList parameters, TensorList squareAvgs,
                             TensorList gradAvgs, TensorList momentumBuffers,
                             StepCounts steps, double lr, double alpha,
                             double eps, double weightDecay, double momentum) {
  bool isCentered = !gradAvgs.empty();
  bool hasMomentum = momentum > 0;
  checkOptimizerState(parameters, squareAvgs,
                      "dynfault::rmsprop_: square_avgs");
  if (isCentered)
    checkOptimizerState(parameters, gradAvgs, "dynfault::rmsprop_: grad_avgs");
  if (hasMomentum || !momentumBuffers.empty())
    checkOptimizerState(parameters, momentumBuffers,
                        "dynfault::rmsprop_: momentum_buffers");
  return updateEach(
      "dynfault::rmsprop_", parameters, std::move(steps), weightDecay,
      [&](size_t i, const at::Tensor &gradient) {
        squareAvgs[i].mul_(alpha).addcmul_(gradient, gradient, 1 - alpha);
        at::Tensor average;
        if (isCentered) {
          gradAvgs[i].mul_(alpha).add_(gradient, 1 - alpha);
          average = squareAvgs[i].addcmul(gradAvgs[i], gradAvgs[i], -1).sqrt_();
        } else {
          average = squareAvgs[i].sqrt();
        }
        average.add_(eps);
        if (hasMomentum) {
          momentumBuffers[i].mul_(momentum).addcdiv_(gradient, average);
          parameters[i].add_(momentumBuffers[i], -lr);
        } else {
          parameters[i].addcdiv_(gradient, average, -lr);
        }
      });
}
