//===- OptimizerArguments.h - Checks shared by the updates ------*- C++ -*-===//
//
// The updates take parallel lists; a list of the wrong length would silently
// pair a parameter with another one's state.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_OPTIMIZERARGUMENTS_H
#define DYNFAULT_RUNTIME_OPS_OPTIMIZERARGUMENTS_H

#include <ATen/core/Tensor.h>

#include <vector>

namespace dynfault {

/// Throws c10::Error unless `state` has one tensor per parameter, each of the
/// parameter's shape. `what` names the operator and the state.
inline void checkOptimizerState(const std::vector<at::Tensor> &parameters,
                                const std::vector<at::Tensor> &state,
                                const char *what) {
  TORCH_CHECK(state.size() == parameters.size(), what, " has ", state.size(),
              " tensors for ", parameters.size(), " parameters");
  for (size_t i = 0; i < state.size(); ++i)
    TORCH_CHECK(state[i].sizes() == parameters[i].sizes(), what, "[", i,
                "] has shape ", state[i].sizes(), ", its parameter has ",
                parameters[i].sizes());
}

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_OPTIMIZERARGUMENTS_H
