//===- Gradients.h - Parameters that have a gradient ------------*- C++ -*-===//
//
// torch.optim and torch.nn.utils pass over parameters without a gradient; the
// operators here do the same, through one helper.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_GRADIENTS_H
#define DYNFAULT_RUNTIME_OPS_GRADIENTS_H

#include <ATen/core/Tensor.h>

#include <vector>

namespace dynfault {

/// The defined gradients of `parameters`, in their order.
inline std::vector<at::Tensor>
definedGradients(const std::vector<at::Tensor> &parameters) {
  std::vector<at::Tensor> result;
  result.reserve(parameters.size());
  for (const at::Tensor &parameter : parameters)
    if (parameter.grad().defined())
      result.push_back(parameter.grad());
  return result;
}

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_GRADIENTS_H
