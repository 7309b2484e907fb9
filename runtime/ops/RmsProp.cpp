//===- RmsProp.cpp - rmsprop_ ---------------------------------------------===//
//
// RMSprop (Tieleman and Hinton 2012, lecture 6.5; centred: Graves 2013) as
// torch.optim.RMSprop has it: epsilon is added outside the root.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/FusedUpdates.h"
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

using namespace dynfault;

namespace {

template <typename T>
void updateFused(ProductRounding rounding, const RmsPropScalars<double> &wide,
                 const at::Tensor &parameter, const at::Tensor &squareAvg,
                 const at::Tensor &gradient) {
  RmsPropScalars<T> s{static_cast<T>(wide.alpha),
                      static_cast<T>(wide.oneMinusAlpha),
                      static_cast<T>(wide.eps), static_cast<T>(wide.minusLr),
                      static_cast<T>(wide.weightDecay)};
  forEachPart(parameter.numel(), [&](int64_t first, int64_t count) {
    rmsPropLoop(rounding, s, parameter.data_ptr<T>() + first,
                squareAvg.data_ptr<T>() + first, gradient.data_ptr<T>() + first,
                count);
  });
}

} // namespace

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
      "dynfault::rmsprop_", parameters, std::move(steps),
      [&](size_t i, at::Tensor gradient) {
        auto rounding =
            isCentered || hasMomentum
                ? c10::nullopt
                : fusedRounding({parameters[i], squareAvgs[i], gradient});
        if (rounding) {
          RmsPropScalars<double> scalars{alpha, 1 - alpha, eps, -lr,
                                         weightDecay};
          AT_DISPATCH_FLOATING_TYPES(gradient.scalar_type(), "rmsprop_", [&] {
            updateFused<scalar_t>(*rounding, scalars, parameters[i],
                                  squareAvgs[i], gradient);
          });
          return;
        }
        gradient = addDecay(gradient, parameters[i], weightDecay);
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
