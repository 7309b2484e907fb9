//===- NAdam.cpp - nadam_ -------------------------------------------------===//
//
// Adam with Nesterov momentum (Dozat 2016) as the torch.optim.NAdam of this
// LibTorch's release has it: PyTorch 1 corrects the next momentum's bias by a
// product that holds the current momentum twice; PyTorch 2 mended that (its
// pull request 92699).
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

#include <cmath>
#include <torch/version.h>

using namespace dynfault;

/// The momentum of step `t`, counted from 1.
static double momentumOf(double t, double beta1, double momentumDecay) {
  return beta1 * (1 - 0.5 * std::pow(0.96, t * momentumDecay));
}

/// The product of the momenta of steps 1 .. `count`. It depends on the count
/// alone, so no buffer for it has to live on the device. Products are kept
/// because training asks for the next one in every step.
static double momentumProduct(int64_t count, double beta1,
                              double momentumDecay) {
  struct Products {
    double beta1 = -1, momentumDecay = -1;
    std::vector<double> values;
  };
  static thread_local Products known;
  if (known.beta1 != beta1 || known.momentumDecay != momentumDecay)
    known = {beta1, momentumDecay, {1.0}};
  while (static_cast<int64_t>(known.values.size()) <= count)
    known.values.push_back(known.values.back() *
                           momentumOf(static_cast<double>(known.values.size()),
                                      beta1, momentumDecay));
  return known.values[count];
}

StepCounts dynfault::nadam(TensorList parameters, TensorList expAvgs,
                           TensorList expAvgSqs, StepCounts steps, double lr,
                           double beta1, double beta2, double eps,
                           double weightDecay, double momentumDecay) {
  checkOptimizerState(parameters, expAvgs, "dynfault::nadam_: exp_avgs");
  checkOptimizerState(parameters, expAvgSqs, "dynfault::nadam_: exp_avg_sqs");
  StepCounts before = steps;
  return updateEach(
      "dynfault::nadam_", parameters, std::move(steps), weightDecay,
      [&](size_t i, const at::Tensor &gradient) {
        int64_t step = before[i] + 1;
        double count = static_cast<double>(step);
        double mu = momentumOf(count, beta1, momentumDecay);
        double next = momentumOf(count + 1, beta1, momentumDecay);
        double product = momentumProduct(step, beta1, momentumDecay);
        expAvgs[i].mul_(beta1).add_(gradient, 1 - beta1);
        expAvgSqs[i].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        at::Tensor denominator =
            expAvgSqs[i].div(1 - std::pow(beta2, count)).sqrt().add_(eps);
        parameters[i].addcdiv_(gradient, denominator,
                               -lr * (1 - mu) / (1 - product));
        double held = TORCH_VERSION_MAJOR < 2 ? product * mu : product;
        parameters[i].addcdiv_(expAvgs[i], denominator,
                               -lr * next / (1 - held * next));
      });
}
