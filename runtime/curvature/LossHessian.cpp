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

#include <cstring>

using namespace dynfault;

void dynfault::checkParameters(const std::vector<at::Tensor> &parameters) {
  TORCH_CHECK(!parameters.empty(), "Hessian: no parameter requires a gradient");
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
}

at::Tensor dynfault::flattenLike(const std::vector<at::Tensor> &parts,
                                 const std::vector<at::Tensor> &parameters) {
  at::NoGradGuard noGrad;
  int64_t size = 0;
  for (const at::Tensor &parameter : parameters)
    size += parameter.numel();
  at::Tensor flat = at::empty(
      {size}, parameters.front().options().requires_grad(c10::nullopt));
  // On a CPU copying a small layer costs less than any operator.
  bool onHost = flat.device().is_cpu();
  int64_t offset = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor &part = parts[i];
    int64_t count = parameters[i].numel();
    if (onHost && part.defined() && part.is_contiguous() &&
        part.scalar_type() == flat.scalar_type()) {
      std::memcpy(static_cast<char *>(flat.data_ptr()) +
                      offset * static_cast<int64_t>(flat.element_size()),
                  part.data_ptr(), part.nbytes());
    } else {
      at::Tensor place = flat.narrow(0, offset, count);
      if (part.defined())
        place.copy_(part.detach().reshape(-1));
      else
        place.zero_();
    }
    offset += count;
  }
  return flat;
}

std::vector<at::Tensor>
dynfault::splitLike(const at::Tensor &v,
                    const std::vector<at::Tensor> &parameters) {
  std::vector<int64_t> counts;
  int64_t size = 0;
  for (const at::Tensor &parameter : parameters) {
    counts.push_back(parameter.numel());
    size += counts.back();
  }
  TORCH_CHECK(v.dim() == 1 && v.numel() == size, "Hessian: a vector of ", size,
              " entries expected, not ", v.sizes());
  std::vector<at::Tensor> parts = v.detach().split_with_sizes(counts);
  for (size_t i = 0; i < parts.size(); ++i)
    if (parameters[i].dim() != 1)
      parts[i] = parts[i].view(parameters[i].sizes());
  return parts;
}

LossHessian::LossHessian(const at::Tensor &loss, std::vector<at::Tensor> params,
                         Calls expected)
    : parameters(std::move(params)), expected(expected) {
  checkParameters(parameters);
  TORCH_CHECK(loss.numel() == 1, "Hessian: the loss has shape ", loss.sizes(),
              ", expected one element");
  at::AutoGradMode gradMode(true);
  if (loss.requires_grad())
    gradients = torch::autograd::grad({loss.reshape({})}, parameters, {},
                                      /*retain_graph=*/true,
                                      /*create_graph=*/true,
                                      /*allow_unused=*/true);
  gradients.resize(parameters.size());
  flatGradient = flattenLike(gradients, parameters);
  for (size_t i = 0; i < parameters.size(); ++i)
    all.members.push_back(i);
}

at::Tensor LossHessian::product(const at::Tensor &v) const {
  return blockProduct(all, v);
}

ProductTape &LossHessian::tapeOf(const ParameterGroup &group) const {
  auto known = tapes.find(group.members);
  if (known != tapes.end())
    return known->second;
  std::vector<at::Tensor> inputs, outputs;
  std::vector<size_t> used;
  for (size_t i = 0; i < group.members.size(); ++i) {
    inputs.push_back(parameters[group.members[i]]);
    // A gradient without a graph does not depend on the parameters.
    const at::Tensor &gradient = gradients[group.members[i]];
    if (!gradient.defined() || !gradient.requires_grad())
      continue;
    outputs.push_back(gradient);
    used.push_back(i);
  }
  auto rowsOf = [inputs, outputs, used](const std::vector<at::Tensor> &parts) {
    std::vector<at::Tensor> rows, directions;
    for (size_t i : used)
      directions.push_back(parts[i]);
    at::AutoGradMode gradMode(true);
    if (!outputs.empty())
      rows = torch::autograd::grad(outputs, inputs, directions,
                                   /*retain_graph=*/true,
                                   /*create_graph=*/false,
                                   /*allow_unused=*/true);
    rows.resize(inputs.size());
    return rows;
  };
  return tapes.try_emplace(group.members, rowsOf, outputs, expected)
      .first->second;
}

at::Tensor LossHessian::blockProduct(const ParameterGroup &group,
                                     const at::Tensor &v) const {
  std::vector<at::Tensor> inputs;
  for (size_t member : group.members)
    inputs.push_back(parameters[member]);
  return flattenLike(tapeOf(group)(splitLike(v, inputs)), inputs);
}
