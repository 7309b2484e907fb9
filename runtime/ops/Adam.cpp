//===- Adam.cpp - adam_ ---------------------------------------------------===//
#include "runtime/ops/FusedUpdates.h"
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

#include <cmath>
#include <map>

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

/// What Adam keeps of some parameters.
struct AdamLists {
  TensorList parameters, expAvgs, expAvgSqs, gradients;
};

} // namespace

StepCounts dynfault::adamOfLists(TensorList parameters, TensorList expAvgs,
                                 TensorList expAvgSqs, StepCounts steps,
                                 double lr, double beta1, double beta2,
                                 double eps, double weightDecay,
                                 bool decoupledWeightDecay) {
  checkOptimizerState(parameters, expAvgs, "dynfault::adam_: exp_avgs");
  checkOptimizerState(parameters, expAvgSqs, "dynfault::adam_: exp_avg_sqs");
  // A parameter whose gradient came later has a count of its own.
  std::map<int64_t, AdamLists> byCount;
  StepCounts before = steps;
  StepCounts counts =
      updateEach("dynfault::adam_", parameters, std::move(steps),
                 [&](size_t i, const at::Tensor &gradient) {
                   AdamLists &lists = byCount[before[i] + 1];
                   lists.parameters.push_back(parameters[i]);
                   lists.expAvgs.push_back(expAvgs[i]);
                   lists.expAvgSqs.push_back(expAvgSqs[i]);
                   lists.gradients.push_back(gradient);
                 });
  at::NoGradGuard noGrad;
  for (auto &[count, lists] : byCount) {
    double stepSize = lr / (1 - std::pow(beta1, static_cast<double>(count)));
    double correction2Sqrt =
        std::sqrt(1 - std::pow(beta2, static_cast<double>(count)));
    TensorList gradients = lists.gradients;
    if (decoupledWeightDecay)
      at::_foreach_mul_(lists.parameters, 1 - lr * weightDecay);
    else if (weightDecay != 0)
      gradients = at::_foreach_add(gradients, lists.parameters, weightDecay);
    at::_foreach_mul_(lists.expAvgs, beta1);
    at::_foreach_add_(lists.expAvgs, gradients, 1 - beta1);
    at::_foreach_mul_(lists.expAvgSqs, beta2);
    at::_foreach_addcmul_(lists.expAvgSqs, gradients, gradients, 1 - beta2);
    TensorList denominators = at::_foreach_sqrt(lists.expAvgSqs);
    at::_foreach_div_(denominators, correction2Sqrt);
    at::_foreach_add_(denominators, eps);
    at::_foreach_addcdiv_(lists.parameters, lists.expAvgs, denominators,
                          -stepSize);
  }
  return counts;
}

StepCounts dynfault::adam(TensorList parameters, TensorList expAvgs,
                          TensorList expAvgSqs, StepCounts steps, double lr,
                          double beta1, double beta2, double eps,
                          double weightDecay, bool decoupledWeightDecay) {
  checkOptimizerState(parameters, expAvgs, "dynfault::adam_: exp_avgs");
  checkOptimizerState(parameters, expAvgSqs, "dynfault::adam_: exp_avg_sqs");
  if (!parameters.empty() && parameters.front().is_cuda())
    return adamOfLists(std::move(parameters), std::move(expAvgs),
                       std::move(expAvgSqs), std::move(steps), lr, beta1, beta2,
                       eps, weightDecay, decoupledWeightDecay);
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
