//===- Adam.cpp - adam_ ---------------------------------------------------===//
//
// Adam and AdamW. torch.optim counts the updates of each parameter apart; the
// archive has one count for all, which is the same as long as a parameter has
// a gradient in every update or in none.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

#include <ATen/ATen.h>

#include <cmath>

using namespace dynfault;

int64_t dynfault::adam(TensorList parameters, TensorList expAvgs,
                       TensorList expAvgSqs, int64_t step, double lr,
                       double beta1, double beta2, double eps,
                       double weightDecay, bool decoupledWeightDecay) {
  checkOptimizerState(parameters, expAvgs, "dynfault::adam_: exp_avgs");
  checkOptimizerState(parameters, expAvgSqs, "dynfault::adam_: exp_avg_sqs");

  double count = static_cast<double>(step + 1);
  double stepSize = lr / (1 - std::pow(beta1, count));
  double correction2Sqrt = std::sqrt(1 - std::pow(beta2, count));

  at::NoGradGuard noGrad;
  bool updated = false;
  for (size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor gradient = parameters[i].grad();
    if (!gradient.defined())
      continue;
    updated = true;
    if (decoupledWeightDecay)
      parameters[i].mul_(1 - lr * weightDecay);
    else if (weightDecay != 0)
      gradient = gradient.add(parameters[i], weightDecay);
    expAvgs[i].mul_(beta1).add_(gradient, 1 - beta1);
    expAvgSqs[i].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    at::Tensor denominator =
        expAvgSqs[i].sqrt().div_(correction2Sqrt).add_(eps);
    parameters[i].addcdiv_(expAvgs[i], denominator, -stepSize);
  }
  return updated ? step + 1 : step;
}
