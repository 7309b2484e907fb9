//===- Sgd.cpp - sgd_ -----------------------------------------------------===//
//
// Stochastic gradient descent with (Nesterov) momentum. torch.optim.SGD starts
// a momentum buffer as a copy of the first gradient; the archive holds buffers
// of zeros from the beginning, so a parameter's first update copies instead.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

using namespace dynfault;

StepCounts dynfault::sgd(TensorList parameters, TensorList momentumBuffers,
                         StepCounts steps, double lr, double momentum,
                         double dampening, double weightDecay, bool nesterov) {
  bool hasMomentum = momentum != 0;
  if (hasMomentum || !momentumBuffers.empty())
    checkOptimizerState(parameters, momentumBuffers,
                        "dynfault::sgd_: momentum_buffers");
  TORCH_CHECK(!nesterov || (momentum > 0 && dampening == 0),
              "dynfault::sgd_: nesterov needs momentum > 0 and dampening = 0, "
              "not momentum = ",
              momentum, " and dampening = ", dampening);
  StepCounts before = steps;
  return updateEach("dynfault::sgd_", parameters, std::move(steps), weightDecay,
                    [&](size_t i, at::Tensor direction) {
                      if (hasMomentum) {
                        at::Tensor &buffer = momentumBuffers[i];
                        if (before[i] == 0)
                          buffer.copy_(direction);
                        else
                          buffer.mul_(momentum).add_(direction, 1 - dampening);
                        direction =
                            nesterov ? direction.add(buffer, momentum) : buffer;
                      }
                      parameters[i].add_(direction, -lr);
                    });
}
