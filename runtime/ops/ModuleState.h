//===- ModuleState.h - Put a module back as it was --------------*- C++ -*-===//
//
// A probe runs the module's own forward, and a forward has side effects:
// running statistics move, counters count, random numbers are drawn. The
// guards here undo all of it, also when the forward throws.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_MODULESTATE_H
#define DYNFAULT_RUNTIME_OPS_MODULESTATE_H

#include <ATen/core/Generator.h>
#include <torch/csrc/jit/api/module.h>

#include <vector>

namespace dynfault {

/// Restores, when it goes out of scope, every attribute of a module and its
/// submodules: which value it holds, and the contents of tensors (parameters
/// and buffers). Custom classes such as the recorder are left alone. Every
/// graph that was built from the module must be done with before: it may read
/// the buffers that are restored.
class ModuleStateGuard {
public:
  explicit ModuleStateGuard(const torch::jit::Module &module);
  ~ModuleStateGuard();
  ModuleStateGuard(const ModuleStateGuard &) = delete;
  ModuleStateGuard &operator=(const ModuleStateGuard &) = delete;

private:
  struct Slot {
    c10::intrusive_ptr<c10::ivalue::Object> owner;
    size_t index;
    c10::IValue value;   // what the slot held
    at::Tensor contents; // copy, for tensors
  };
  std::vector<Slot> slots;
};

/// Sets the flag `training` of every submodule that has one.
void setTraining(const torch::jit::Module &module, bool training);

/// Seeds the default random generators of the CPU and of `device`, and
/// restores their states when it goes out of scope.
class RandomStateGuard {
public:
  RandomStateGuard(at::Device device, uint64_t seed);
  ~RandomStateGuard();
  RandomStateGuard(const RandomStateGuard &) = delete;
  RandomStateGuard &operator=(const RandomStateGuard &) = delete;

private:
  struct Saved {
    at::Generator generator;
    at::Tensor state;
  };
  std::vector<Saved> saved;
};

/// Where cuDNN would run a recurrent layer of the (inlined) graph `forward`,
/// takes the native kernels until it goes out of scope: those of cuDNN cannot
/// be differentiated twice.
class NativeRecurrenceGuard {
public:
  NativeRecurrenceGuard(const torch::jit::Graph &forward, at::Device device);
  ~NativeRecurrenceGuard();
  NativeRecurrenceGuard(const NativeRecurrenceGuard &) = delete;
  NativeRecurrenceGuard &operator=(const NativeRecurrenceGuard &) = delete;

private:
  bool cudnnWasEnabled;
};

/// True if the graph calls a fused recurrent operator in any block.
bool callsRecurrentKernel(const torch::jit::Graph &graph);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_MODULESTATE_H
