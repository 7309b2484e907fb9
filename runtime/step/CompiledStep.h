//===- CompiledStep.h - A training step without an interpreter --*- C++ -*-===//
//
// In a small program LibTorch spends most of a step on the way to its kernels:
// interpreter, dispatcher, autograd graph, allocation. The step is a graph, so
// it can be planned: for each shape of batch, the same kernels are called in
// the same order on tensors that are made once. Everything that the step leaves
// behind has the same bits: loss, gradients, parameters, running statistics,
// random state, optimizer state, what probes record.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_COMPILEDSTEP_H
#define DYNFAULT_RUNTIME_STEP_COMPILEDSTEP_H

#include <torch/csrc/jit/api/module.h>

#include <memory>
#include <string>
#include <vector>

namespace dynfault {

/// `training_step` of a module on the CPU, with a plan for each shape of batch.
///
/// A plan is made from the first batch of its shape, tested on this batch
/// against LibTorch's own forward and backward (all bits of the loss, the
/// gradients, the buffers and the random state), and not used if anything
/// differs. What cannot be planned runs as TorchScript. Parameters, buffers and
/// the flag `training` must stay those that the module has at the first call;
/// their contents may change between calls, as may other attributes.
class CompiledStep {
public:
  explicit CompiledStep(const torch::jit::Module &module);
  ~CompiledStep();
  CompiledStep(const CompiledStep &) = delete;
  CompiledStep &operator=(const CompiledStep &) = delete;

  /// What `training_step(input, target)` returns. The tensor is valid until
  /// the next call. Throws what `training_step` throws.
  at::Tensor operator()(const at::Tensor &input, const at::Tensor &target);

  /// Makes the plan for batches like this one, without a step.
  void prepare(const at::Tensor &input, const at::Tensor &target) {
    entryFor(input, target);
  }

  /// Why steps on batches of some shape run as TorchScript; empty if none does.
  const std::string &whyNot() const { return reason; }

private:
  class Program;
  struct Entry {
    std::vector<int64_t> inputSizes, inputStrides, targetSizes, targetStrides;
    std::unique_ptr<Program> program; ///< Null: not planned.
  };

  Entry &entryFor(const at::Tensor &input, const at::Tensor &target);
  std::unique_ptr<Program> plan(const at::Tensor &input,
                                const at::Tensor &target);

  torch::jit::Module module;
  torch::jit::Method method;
  std::shared_ptr<torch::jit::Graph> graph;
  std::vector<Entry> entries;
  std::string reason;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_COMPILEDSTEP_H
