//===- OptimizerArguments.h - What all updates have in common ---*- C++ -*-===//
//
// The updates take parallel lists; a list of the wrong length would silently
// pair a parameter with another one's state.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_OPTIMIZERARGUMENTS_H
#define DYNFAULT_RUNTIME_OPS_OPTIMIZERARGUMENTS_H

#include <ATen/ATen.h>

#include <cstdint>
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

/// The gradient with `weightDecay` times the parameter added.
inline at::Tensor addDecay(const at::Tensor &gradient,
                           const at::Tensor &parameter, double weightDecay) {
  return weightDecay != 0 ? gradient.add(parameter, weightDecay) : gradient;
}

/// Calls `update(i, gradient)` without recording for each parameter that has a
/// gradient, after counting the update in `steps[i]`. \returns the new counts.
template <typename Update>
std::vector<int64_t> updateEach(const char *what,
                                const std::vector<at::Tensor> &parameters,
                                std::vector<int64_t> steps, Update update) {
  TORCH_CHECK(steps.size() == parameters.size(), what, ": steps has ",
              steps.size(), " counts for ", parameters.size(), " parameters");
  at::NoGradGuard noGrad;
  for (size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor gradient = parameters[i].grad();
    if (!gradient.defined())
      continue;
    ++steps[i];
    update(i, gradient);
  }
  return steps;
}

/// The same with `weightDecay` times the parameter added to the gradient.
template <typename Update>
std::vector<int64_t>
updateEach(const char *what, const std::vector<at::Tensor> &parameters,
           std::vector<int64_t> steps, double weightDecay, Update update) {
  return updateEach(what, parameters, std::move(steps),
                    [&](size_t i, const at::Tensor &gradient) {
                      update(i, addDecay(gradient, parameters[i], weightDecay));
                    });
}

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_OPTIMIZERARGUMENTS_H
