//===- Sgd.cpp - sgd_ -----------------------------------------------------===//
//
// Stochastic gradient descent with (Nesterov) momentum. torch.optim.SGD starts
// a momentum buffer as a copy of the first gradient; the archive holds buffers
// of zeros from the beginning, so a parameter's first update copies instead.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/FusedUpdates.h"
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

using namespace dynfault;

namespace {

template <typename T>
void updateFused(ProductRounding rounding, const SgdScalars<double> &wide,
                 const at::Tensor &parameter, const at::Tensor &buffer,
                 const at::Tensor &gradient) {
  SgdScalars<T> s{static_cast<T>(wide.momentum),
                  static_cast<T>(wide.oneMinusDampening),
                  static_cast<T>(wide.weightDecay),
                  static_cast<T>(wide.minusLr),
                  wide.nesterov,
                  wide.firstUpdate};
  T *buffered = buffer.defined() ? buffer.data_ptr<T>() : nullptr;
  forEachPart(parameter.numel(), [&](int64_t first, int64_t count) {
    sgdLoop(rounding, s, parameter.data_ptr<T>() + first,
            buffered ? buffered + first : nullptr,
            gradient.data_ptr<T>() + first, count);
  });
}

} // namespace

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
  return updateEach(
      "dynfault::sgd_", parameters, std::move(steps),
      [&](size_t i, at::Tensor direction) {
        at::Tensor buffered = hasMomentum ? momentumBuffers[i] : at::Tensor();
        if (auto rounding =
                fusedRounding({parameters[i], buffered, direction})) {
          SgdScalars<double> scalars{momentum, 1 - dampening, weightDecay,
                                     -lr,      nesterov,      before[i] == 0};
          AT_DISPATCH_FLOATING_TYPES(direction.scalar_type(), "sgd_", [&] {
            updateFused<scalar_t>(*rounding, scalars, parameters[i], buffered,
                                  direction);
          });
          return;
        }
        direction = addDecay(direction, parameters[i], weightDecay);
        if (hasMomentum) {
          at::Tensor &buffer = momentumBuffers[i];
          if (before[i] == 0)
            buffer.copy_(direction);
          else
            buffer.mul_(momentum).add_(direction, 1 - dampening);
          direction = nesterov ? direction.add(buffer, momentum) : buffer;
        }
        parameters[i].add_(direction, -lr);
      });
}
