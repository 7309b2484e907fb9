//===- Adam.cpp - adam_ ---------------------------------------------------===//
#include "runtime/ops/FusedUpdates.h"
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

#include <cmath>

using namespace dynfault;

namespace {

template <typename T>
void updateFused(ProductRounding rounding, const AdamScalars<double> &wide,
                 const at::Tensor &parameter, const at::Tensor &expAvg,
                 const at::Tensor &expAvgSq, const at::Tensor &gradient) {
  // ATen rounds each scalar to the tensors' type before it computes.
  AdamScalars<T> s{
      static_cast<T>(wide.beta1),           static_cast<T>(wide.oneMinusBeta1),
      static_cast<T>(wide.beta2),           static_cast<T>(wide.oneMinusBeta2),
      static_cast<T>(wide.correction2Sqrt), static_cast<T>(wide.eps),
      static_cast<T>(wide.minusStepSize),   static_cast<T>(wide.weightDecay),
      static_cast<T>(wide.shrink)};
  forEachPart(parameter.numel(), [&](int64_t first, int64_t count) {
    adamLoop(rounding, s, parameter.data_ptr<T>() + first,
             expAvg.data_ptr<T>() + first, expAvgSq.data_ptr<T>() + first,
             gradient.data_ptr<T>() + first, count);
  });
}

} // namespace

StepCounts dynfault::adam(TensorList parameters, TensorList expAvgs,
                          TensorList expAvgSqs, StepCounts steps, double lr,
                          double beta1, double beta2, double eps,
                          double weightDecay, bool decoupledWeightDecay) {
  checkOptimizerState(parameters, expAvgs, "dynfault::adam_: exp_avgs");
  checkOptimizerState(parameters, expAvgSqs, "dynfault::adam_: exp_avg_sqs");
  StepCounts before = steps;
  double addedDecay = decoupledWeightDecay ? 0 : weightDecay;
  return updateEach(
      "dynfault::adam_", parameters, std::move(steps),
      [&](size_t i, at::Tensor gradient) {
        double count = static_cast<double>(before[i] + 1);
        double stepSize = lr / (1 - std::pow(beta1, count));
        double correction2Sqrt = std::sqrt(1 - std::pow(beta2, count));
        if (auto rounding = fusedRounding(
                {parameters[i], expAvgs[i], expAvgSqs[i], gradient})) {
          AdamScalars<double> scalars{
              beta1,
              1 - beta1,
              beta2,
              1 - beta2,
              correction2Sqrt,
              eps,
              -stepSize,
              addedDecay,
              decoupledWeightDecay ? 1 - lr * weightDecay : 1};
          AT_DISPATCH_FLOATING_TYPES(gradient.scalar_type(), "adam_", [&] {
            updateFused<scalar_t>(*rounding, scalars, parameters[i], expAvgs[i],
                                  expAvgSqs[i], gradient);
          });
          return;
        }
        gradient = addDecay(gradient, parameters[i], addedDecay);
        if (decoupledWeightDecay)
          parameters[i].mul_(1 - lr * weightDecay);
        expAvgs[i].mul_(beta1).add_(gradient, 1 - beta1);
        expAvgSqs[i].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        at::Tensor denominator =
            expAvgSqs[i].sqrt().div_(correction2Sqrt).add_(eps);
        parameters[i].addcdiv_(expAvgs[i], denominator, -stepSize);
      });
}
