//===- ClipGradients.cpp - zero_grad_ and gradient clipping ---------------===//
//
// What stands between backward and the optimizer, with the semantics of
// torch.optim.Optimizer.zero_grad(set_to_none=True) and torch.nn.utils. None
// of it reads a number back from the device.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Gradients.h"
#include "runtime/ops/Operators.h"

#include <ATen/ATen.h>

using namespace dynfault;

void dynfault::zeroGrad(std::vector<at::Tensor> parameters) {
  for (at::Tensor &parameter : parameters)
    parameter.mutable_grad().reset();
}

/// torch.nn.utils.clip_grad_norm_ of PyTorch 1.13 with the 2-norm, in its
/// order of operations, so that results agree to the bit.
void dynfault::clipGradNorm(std::vector<at::Tensor> parameters,
                            double maxNorm) {
  at::NoGradGuard noGrad;
  std::vector<at::Tensor> gradients = definedGradients(parameters);
  if (gradients.empty())
    return;
  std::vector<at::Tensor> norms;
  norms.reserve(gradients.size());
  for (const at::Tensor &gradient : gradients)
    norms.push_back(at::norm(gradient, 2).to(gradients.front().device()));
  at::Tensor total = at::norm(at::stack(norms), 2);
  at::Tensor factor =
      at::clamp_max(at::reciprocal(total + 1e-6) * maxNorm, 1.0);
  for (at::Tensor &gradient : gradients)
    gradient.mul_(factor.to(gradient.device()));
}

void dynfault::clipGradValue(std::vector<at::Tensor> parameters,
                             double clipValue) {
  TORCH_CHECK(clipValue >= 0,
              "dynfault::clip_grad_value_: clip_value = ", clipValue,
              " must not be negative");
  at::NoGradGuard noGrad;
  for (at::Tensor &gradient : definedGradients(parameters))
    gradient.clamp_(-clipValue, clipValue);
}
