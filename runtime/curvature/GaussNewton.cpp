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

namespace {

/// The graphs that a product walks.
struct Graphs {
  std::vector<at::Tensor> parameters;
  at::Tensor output;
  at::Tensor dual;                   // u in J'u; J'u is linear in it
  std::vector<at::Tensor> pullbacks; // J'u, with graph in u
  at::Tensor leaf;                   // the output as the loss sees it
  at::Tensor outputGradient;         // of the loss, with graph in leaf

  std::vector<at::Tensor> rows(const std::vector<at::Tensor> &parts) const;
};

} // namespace

std::vector<at::Tensor>
Graphs::rows(const std::vector<at::Tensor> &parts) const {
  at::AutoGradMode gradMode(true);
  std::vector<at::Tensor> used, directions, result;
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
      result = gradient({output}, parameters, {curved}, false);
  }
  result.resize(parameters.size());
  return result;
}

static ProductTape
rowsOf(const at::Tensor &output,
       const std::function<at::Tensor(const at::Tensor &)> &loss,
       const std::vector<at::Tensor> &parameters, Calls expected) {
  checkParameters(parameters);
  at::AutoGradMode gradMode(true);
  Graphs graphs = {parameters, output, {}, {}, {}, {}};
  graphs.leaf = output.detach().clone().requires_grad_();
  at::Tensor value = loss(graphs.leaf);
  TORCH_CHECK(value.numel() == 1, "Gauss-Newton: the loss has shape ",
              value.sizes(), ", expected one element");
  if (output.requires_grad() && value.requires_grad()) {
    graphs.outputGradient =
        gradient({value.reshape({})}, {graphs.leaf}, {}, true)[0];
    graphs.dual = at::zeros_like(output).requires_grad_();
    graphs.pullbacks = gradient({output}, parameters, {graphs.dual}, true);
  }
  std::vector<at::Tensor> differentiated = graphs.pullbacks;
  differentiated.insert(differentiated.end(), {graphs.outputGradient, output});
  return ProductTape(
      [graphs](const std::vector<at::Tensor> &parts) {
        return graphs.rows(parts);
      },
      differentiated, expected);
}

GaussNewton::GaussNewton(
    const at::Tensor &output,
    const std::function<at::Tensor(const at::Tensor &)> &loss,
    std::vector<at::Tensor> params, Calls expected)
    : parameters(std::move(params)),
      rows(rowsOf(output, loss, parameters, expected)) {}

at::Tensor GaussNewton::product(const at::Tensor &v) const {
  return flattenLike(rows(splitLike(v, parameters)), parameters);
}
