//===- ModuleState.h - Put a module back as it was --------------*- C++ -*-===//
//
// A probe runs the module's own forward, and a forward has side effects:
// running statistics move, counters count, random numbers are drawn. The
// guards here undo all of it, also when the forward throws.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_MODULESTATE_H
#define DYNFAULT_RUNTIME_OPS_MODULESTATE_H

#include <ATen/Context.h>
#include <ATen/core/Generator.h>
#include <torch/csrc/jit/api/module.h>

#include <mutex>
#include <unordered_set>
#include <vector>

namespace dynfault {

/// Restores, when it goes out of scope, every attribute of a module and its
/// submodules: which value it holds, the members of lists, dictionaries and
/// objects, and the contents of tensors (parameters and buffers). A value stays
/// the one that it was: a recurrent layer's list of its own parameters still
/// holds these parameters. Custom classes such as the recorder are left alone.
/// Every graph that was built from the module must be done with before: it may
/// read the buffers that are restored.
class ModuleStateGuard {
public:
  explicit ModuleStateGuard(const torch::jit::Module &module);
  ~ModuleStateGuard();
  ModuleStateGuard(const ModuleStateGuard &) = delete;
  ModuleStateGuard &operator=(const ModuleStateGuard &) = delete;

private:
  struct Saved {
    c10::IValue value;
    std::vector<c10::IValue> members; // of a list, dictionary or object
    at::Tensor contents;              // of a tensor
  };
  void save(const c10::IValue &value);

  std::vector<Saved> saved;
  std::unordered_set<const void *> seen; // objects and tensors
};

/// Sets the flag `training` of every submodule that has one.
void setTraining(const torch::jit::Module &module, bool training);

/// Seeds the default random generators of the CPU and of `device`, and
/// restores their states when it goes out of scope. These generators belong to
/// the process: guards of several threads wait for each other.
class RandomStateGuard {
public:
  RandomStateGuard(at::Device device, uint64_t seed);
  ~RandomStateGuard();
  /// The generators' states now, to be given to set() later.
  std::vector<at::Tensor> current() const;
  void set(const std::vector<at::Tensor> &states) const;
  RandomStateGuard(const RandomStateGuard &) = delete;
  RandomStateGuard &operator=(const RandomStateGuard &) = delete;

private:
  struct Saved {
    at::Generator generator;
    at::Tensor state;
  };
  std::unique_lock<std::mutex> turn;
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

/// Lets attention take the path of plain operators until it goes out of scope:
/// the fused kernels of LibTorch 2 cannot be differentiated twice.
class PlainAttentionGuard {
public:
  PlainAttentionGuard();
  ~PlainAttentionGuard();
  PlainAttentionGuard(const PlainAttentionGuard &) = delete;
  PlainAttentionGuard &operator=(const PlainAttentionGuard &) = delete;

private:
  /// A kind of fused kernel, and whether the user allows it.
  struct Kind {
    bool (at::Context::*allowed)() const;
    void (at::Context::*allow)(bool);
    bool wasAllowed = false;
  };
  std::vector<Kind> kinds;
};

/// True if the graph calls a fused recurrent operator in any block.
bool callsRecurrentKernel(const torch::jit::Graph &graph);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_MODULESTATE_H
