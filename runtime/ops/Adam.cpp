//===- Adam.cpp - adam_ ---------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

#include <cmath>

using namespace dynfault;

StepCounts dynfault::adam(TensorList parameters, TensorList expAvgs,
                          TensorList expAvgSqs, StepCounts steps, double lr,
                          double beta1, double beta2, double eps,
                          double weightDecay, bool decoupledWeightDecay) {
  checkOptimizerState(parameters, expAvgs, "dynfault::adam_: exp_avgs");
  checkOptimizerState(parameters, expAvgSqs, "dynfault::adam_: exp_avg_sqs");
  StepCounts before = steps;
  double addedDecay = decoupledWeightDecay ? 0 : weightDecay;
  return updateEach(
      "dynfault::adam_", parameters, std::move(steps), addedDecay,
      [&](size_t i, const at::Tensor &gradient) {
        double count = static_cast<double>(before[i] + 1);
        double stepSize = lr / (1 - std::pow(beta1, count));
        double correction2Sqrt = std::sqrt(1 - std::pow(beta2, count));
        if (decoupledWeightDecay)
          parameters[i].mul_(1 - lr * weightDecay);
        expAvgs[i].mul_(beta1).add_(gradient, 1 - beta1);
        expAvgSqs[i].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        at::Tensor denominator =
            expAvgSqs[i].sqrt().div_(correction2Sqrt).add_(eps);
        parameters[i].addcdiv_(expAvgs[i], denominator, -stepSize);
      });
}
