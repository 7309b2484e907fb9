//===- Adamax.cpp - adamax_ -----------------------------------------------===//
//
// Adamax (Kingma and Ba 2015, algorithm 2) as torch.optim.Adamax has it:
// epsilon is added to the gradient's size before the maximum.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/OptimizerArguments.h"

#include <cmath>

using namespace dynfault;

StepCounts dynfault::adamax(TensorList parameters, TensorList expAvgs,
                            TensorList expInfs, StepCounts steps, double lr,
                            double beta1, double beta2, double eps,
                            double weightDecay) {
  checkOptimizerState(parameters, expAvgs, "dynfault::adamax_: exp_avgs");
  checkOptimizerState(parameters, expInfs, "dynfault::adamax_: exp_infs");
  StepCounts before = steps;
  return updateEach("dynfault::adamax_", parameters, std::move(steps),
                    weightDecay, [&](size_t i, const at::Tensor &gradient) {
                      double count = static_cast<double>(before[i] + 1);
                      expAvgs[i].mul_(beta1).add_(gradient, 1 - beta1);
                      // A NaN stays a NaN in a maximum.
                      expInfs[i].copy_(at::maximum(expInfs[i].mul(beta2),
                                                   gradient.abs().add_(eps)));
                      parameters[i].addcdiv_(expAvgs[i], expInfs[i],
                                             -lr /
                                                 (1 - std::pow(beta1, count)));
                    });
}
