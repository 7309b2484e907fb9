//===- RandomState.h - State of the CPU's generator -------------*- C++ -*-===//
#ifndef DYNFAULT_RUNTIME_STEP_RANDOMSTATE_H
#define DYNFAULT_RUNTIME_STEP_RANDOMSTATE_H

#include <ATen/CPUGeneratorImpl.h>

#include <mutex>

namespace dynfault {

/// A copy of the state of the default random generator of the CPU.
inline at::Tensor cpuRandomState() {
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  std::lock_guard<std::mutex> lock(generator.mutex());
  return generator.get_state();
}

inline void setCpuRandomState(const at::Tensor &state) {
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_state(state);
}

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_RANDOMSTATE_H
