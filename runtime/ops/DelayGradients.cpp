//===- DelayGradients.cpp - delay_gradients_ ------------------------------===//
//
// The fault "optimizer step before backward": the update uses what the step
// before computed. LibTorch itself refuses to change a parameter between its
// forward and its backward, so the order of the step stays and the gradients
// are exchanged.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

using namespace dynfault;

void dynfault::delayGradients(TensorList parameters, TensorList previous) {
  checkOptimizerState(parameters, previous,
                      "dynfault::delay_gradients_: previous");
  at::NoGradGuard noGrad;
  for (size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor stale = previous[i].clone();
    at::Tensor &gradient = parameters[i].mutable_grad();
    if (gradient.defined())
      previous[i].copy_(gradient);
    else
      previous[i].zero_();
    gradient = stale;
  }
}
