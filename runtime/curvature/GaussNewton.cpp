//===- GaussNewton.cpp - Generalised Gauss-Newton matrix ------------------===//
//
// Jv comes from reverse mode twice: J'u is linear in u, so that its derivative
// in u, in direction v, is Jv. Forward mode would do it in one go, but
// LibTorch 1.13 has no forward derivative of many operators.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/GaussNewton.h"

#include "runtime/curvature/LossHessian.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

using namespace dynfault;

static std::vector<at::Tensor> gradient(const std::vector<at::Tensor> &outputs,
                                        const std::vector<at::Tensor> &inputs,
                                        const std::vector<at::Tensor> &weights,
                                        bool createGraph) {
  return torch::autograd::grad(outputs, inputs, weights,
                               /*retain_graph=*/true, createGraph,
                               /*allow_unused=*/true);
}

GaussNewton::GaussNewton(
    const at::Tensor &networkOutput,
    const std::function<at::Tensor(const at::Tensor &)> &loss,
    std::vector<at::Tensor> params)
    : parameters(std::move(params)), output(networkOutput) {
  checkParameters(parameters);
  at::AutoGradMode gradMode(true);
  leaf = output.detach().clone().requires_grad_();
  at::Tensor value = loss(leaf);
  TORCH_CHECK(value.numel() == 1, "Gauss-Newton: the loss has shape ",
              value.sizes(), ", expected one element");
  if (!output.requires_grad() || !value.requires_grad())
    return;
  outputGradient = gradient({value.reshape({})}, {leaf}, {}, true)[0];
  dual = at::zeros_like(output).requires_grad_();
  pullbacks = gradient({output}, parameters, {dual}, true);
}

at::Tensor GaussNewton::product(const at::Tensor &v) const {
  at::AutoGradMode gradMode(true);
  std::vector<at::Tensor> parts = splitLike(v, parameters);
  std::vector<at::Tensor> used, directions, rows;
  for (size_t i = 0; i < pullbacks.size(); ++i)
    if (pullbacks[i].defined() && pullbacks[i].requires_grad()) {
      used.push_back(pullbacks[i]);
      directions.push_back(parts[i]);
    }
  // A loss that is linear in the output, or no path: the matrix is zero.
  if (!used.empty() && outputGradient.defined() &&
      outputGradient.requires_grad()) {
    at::Tensor tangent = gradient(used, {dual}, directions, false)[0];
    at::Tensor curved;
    if (tangent.defined())
      curved = gradient({outputGradient}, {leaf}, {tangent}, false)[0];
    if (curved.defined())
      rows = gradient({output}, parameters, {curved}, false);
  }
  rows.resize(parameters.size());
  return flattenLike(rows, parameters);
}
