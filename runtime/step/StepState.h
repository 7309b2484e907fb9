//===- StepState.h - What a training step changes ---------------*- C++ -*-===//
//
// Two ways to take a step are compared by taking both from the same state. For
// that the state is kept, put back, and compared, all of it: a step that got
// one running mean or one random number wrong would be found much later, or
// never.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_STEPSTATE_H
#define DYNFAULT_RUNTIME_STEP_STEPSTATE_H

#include "runtime/step/StepSplit.h"

namespace dynfault {

/// Copies of a module's tensors, gradients, counters, and of the random states
/// of the CPU and of its device.
class StepState {
public:
  /// Keeps the state as it is now. `attributes`: what steps set that is no
  /// tensor.
  StepState(const torch::jit::Module &module, at::Device device,
            const std::vector<ModuleAttribute> &attributes);

  /// Puts everything back into the same tensors.
  void restore() const;

  /// What differs from `other`, a state of the same module: one name, or empty
  /// if all bits are the same.
  std::string difference(const StepState &other) const;

private:
  struct Entry {
    std::string name;
    at::Tensor tensor, contents;
    at::Tensor gradient, gradientContents; ///< Undefined: none.
  };
  std::vector<Entry> entries;
  std::vector<std::pair<ModuleAttribute, c10::IValue>> values;
  std::vector<std::pair<at::Generator, at::Tensor>> randomStates;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_STEPSTATE_H
