//===- StabilityThreshold.cpp - What curvature an optimizer bears ---------===//
//
// Adam's first moment is an average, (1 - b) g + b m: its steps are those of
// heavy ball with (1 - b) lr, which is where its factor comes from.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/StabilityThreshold.h"

#include "runtime/curvature/LossHessian.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

using namespace dynfault;

static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

static bool isAdam(const OptimizerDynamics &optimizer) {
  return optimizer.kind == "adam" || optimizer.kind == "adamw";
}

double dynfault::momentumFactor(const OptimizerDynamics &optimizer) {
  if (optimizer.kind != "sgd")
    return kNaN;
  double momentum = optimizer.momentum;
  double scale = optimizer.nesterov ? 1 + 2 * momentum
                 : momentum != 0    ? 1 - optimizer.dampening
                                    : 1;
  return optimizer.lr * scale / (2 + 2 * momentum);
}

double dynfault::preconditionedFactor(const OptimizerDynamics &optimizer) {
  if (optimizer.kind == "rmsprop" || optimizer.kind == "adagrad")
    return optimizer.lr / 2;
  double momentum = optimizer.momentum;
  return isAdam(optimizer) ? optimizer.lr * (1 - momentum) / (2 + 2 * momentum)
                           : kNaN;
}

at::Tensor
dynfault::inverseRootPreconditioner(const OptimizerDynamics &optimizer,
                                    const std::vector<at::Tensor> &parameters) {
  if (std::isnan(preconditionedFactor(optimizer)) || optimizer.steps < 1 ||
      optimizer.secondMoments.empty())
    return {};
  TORCH_CHECK(optimizer.secondMoments.size() == parameters.size(),
              "preconditioner: ", optimizer.secondMoments.size(),
              " second moments for ", parameters.size(), " parameters");
  at::NoGradGuard noGrad;
  at::Tensor moments =
      flattenLike(optimizer.secondMoments, parameters).to(at::kDouble);
  double correction = 1;
  if (isAdam(optimizer)) {
    auto steps = static_cast<double>(optimizer.steps);
    moments.div_(1 - std::pow(optimizer.beta2, steps));
    correction = 1 - std::pow(optimizer.momentum, steps);
  }
  at::Tensor diagonal = moments.sqrt_().add_(optimizer.eps).mul_(correction);
  if (!(diagonal.min().item<double>() > 0))
    return {};
  return diagonal.rsqrt_().to(
      parameters.front().options().requires_grad(false));
}
