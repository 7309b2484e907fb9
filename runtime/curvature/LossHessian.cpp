//===- LossHessian.cpp - Hessian of a loss in its parameters --------------===//
//
// torch::autograd::grad only, never backward(create_graph): the latter stores
// gradients that hold a graph in `.grad`, a reference cycle that is never
// freed.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/LossHessian.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

using namespace dynfault;

LossHessian::LossHessian(const at::Tensor &loss, std::vector<at::Tensor> params)
    : parameters(std::move(params)) {
  TORCH_CHECK(!parameters.empty(), "Hessian: no parameter requires a gradient");
  TORCH_CHECK(loss.numel() == 1, "Hessian: the loss has shape ", loss.sizes(),
              ", expected one element");
  const at::Tensor &first = parameters.front();
  for (const at::Tensor &parameter : parameters) {
    TORCH_CHECK(parameter.requires_grad(),
                "Hessian: a parameter does not require a gradient");
    TORCH_CHECK(parameter.scalar_type() == first.scalar_type() &&
                    parameter.device() == first.device(),
                "Hessian: parameters of different types or devices (",
                first.scalar_type(), " on ", first.device(), ", ",
                parameter.scalar_type(), " on ", parameter.device(), ")");
  }

  at::AutoGradMode gradMode(true);
  if (loss.requires_grad())
    gradients = torch::autograd::grad({loss.reshape({})}, parameters, {},
                                      /*retain_graph=*/true,
                                      /*create_graph=*/true,
                                      /*allow_unused=*/true);
  gradients.resize(parameters.size());
  flatGradient = flatten(gradients);
}

at::Tensor
LossHessian::flatten(const std::vector<at::Tensor> &perParameter) const {
  at::NoGradGuard noGrad;
  std::vector<at::Tensor> parts;
  parts.reserve(parameters.size());
  for (size_t i = 0; i < parameters.size(); ++i)
    parts.push_back(perParameter[i].defined()
                        ? perParameter[i].detach().reshape(-1)
                        : at::zeros_like(parameters[i]).reshape(-1));
  return at::cat(parts);
}

at::Tensor LossHessian::product(const at::Tensor &v) const {
  TORCH_CHECK(v.dim() == 1 && v.numel() == dimension(), "Hessian: a vector of ",
              dimension(), " entries expected, not ", v.sizes());
  at::AutoGradMode gradMode(true);
  std::vector<at::Tensor> outputs, directions;
  int64_t offset = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    int64_t count = parameters[i].numel();
    // A gradient without a graph does not depend on the parameters.
    if (gradients[i].defined() && gradients[i].requires_grad()) {
      outputs.push_back(gradients[i]);
      directions.push_back(
          v.detach().narrow(0, offset, count).view(parameters[i].sizes()));
    }
    offset += count;
  }
  std::vector<at::Tensor> rows;
  if (!outputs.empty())
    rows = torch::autograd::grad(outputs, parameters, directions,
                                 /*retain_graph=*/true,
                                 /*create_graph=*/false,
                                 /*allow_unused=*/true);
  rows.resize(parameters.size());
  return flatten(rows);
}
