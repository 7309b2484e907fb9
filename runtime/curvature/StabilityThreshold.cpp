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
  const std::vector<at::Tensor> &moments = optimizer.secondMoments;
  const std::vector<int64_t> &steps = optimizer.steps;
  if (std::isnan(preconditionedFactor(optimizer)) || moments.empty() ||
      steps.empty())
    return {};
  TORCH_CHECK(
      moments.size() == parameters.size() && steps.size() == parameters.size(),
      "preconditioner: ", moments.size(), " second moments and ", steps.size(),
      " counts of updates for ", parameters.size(), " parameters");
  at::NoGradGuard noGrad;
  std::vector<at::Tensor> scales;
  bool anyUpdate = false;
  for (size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor diagonal = moments[i].detach().to(at::kDouble, false, true);
    if (steps[i] < 1) {
      scales.push_back(diagonal.zero_());
      continue;
    }
    anyUpdate = true;
    double correction = 1;
    if (isAdam(optimizer)) {
      auto t = static_cast<double>(steps[i]);
      diagonal.div_(1 - std::pow(optimizer.beta2, t));
      correction = 1 - std::pow(optimizer.momentum, t);
    }
    diagonal.sqrt_().add_(optimizer.eps).mul_(correction);
    if (diagonal.numel() > 0 && !(diagonal.min().item<double>() > 0))
      return {};
    scales.push_back(diagonal.rsqrt_());
  }
  if (!anyUpdate)
    return {};
  return flattenLike(scales, parameters)
      .to(parameters.front().options().requires_grad(false));
}
