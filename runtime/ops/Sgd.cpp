//===- Sgd.cpp - sgd_ -----------------------------------------------------===//
//
// Stochastic gradient descent with (Nesterov) momentum. torch.optim.SGD starts
// a momentum buffer as a copy of the first gradient; the archive holds buffers
// of zeros from the beginning, so the first update copies instead. A parameter
// whose first gradient comes later finds a zero buffer, which is the same but
// for a dampening other than 0.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

#include <ATen/ATen.h>

using namespace dynfault;

int64_t dynfault::sgd(TensorList parameters, TensorList momentumBuffers,
                      int64_t step, double lr, double momentum,
                      double dampening, double weightDecay, bool nesterov) {
  bool hasMomentum = momentum != 0;
  if (hasMomentum || !momentumBuffers.empty())
    checkOptimizerState(parameters, momentumBuffers,
                        "dynfault::sgd_: momentum_buffers");
  TORCH_CHECK(!nesterov || (momentum > 0 && dampening == 0),
              "dynfault::sgd_: nesterov needs momentum > 0 and dampening = 0, "
              "not momentum = ",
              momentum, " and dampening = ", dampening);

  at::NoGradGuard noGrad;
  bool updated = false;
  for (size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor direction = parameters[i].grad();
    if (!direction.defined())
      continue;
    updated = true;
    if (weightDecay != 0)
      direction = direction.add(parameters[i], weightDecay);
    if (hasMomentum) {
      at::Tensor &buffer = momentumBuffers[i];
      if (step == 0)
        buffer.copy_(direction);
      else
        buffer.mul_(momentum).add_(direction, 1 - dampening);
      direction = nesterov ? direction.add(buffer, momentum) : buffer;
    }
    parameters[i].add_(direction, -lr);
  }
  return updated ? step + 1 : step;
}
