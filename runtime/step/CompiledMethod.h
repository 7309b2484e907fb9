//===- CompiledMethod.h - Evaluation without an interpreter -----*- C++ -*-===//
//
// A small program spends as much on the interpreter and the dispatcher when it
// is evaluated as when it is trained. A method that computes a tensor from
// tensors, such as `forward` and `loss`, is planned like a step
// (CompiledStep.h), but without gradients.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_COMPILEDMETHOD_H
#define DYNFAULT_RUNTIME_STEP_COMPILEDMETHOD_H

#include <torch/csrc/jit/api/module.h>

#include <memory>
#include <string>
#include <vector>

namespace dynfault {

class StepProgram;

/// A method of a module on the CPU, with a plan for tensors of each shape.
///
/// A plan is tested on the first tensors of its shapes against TorchScript, all
/// bits of the result, and not used if any differs; what cannot be planned, or
/// would keep large tensors, runs as TorchScript. Gradients must be off; the
/// module's parameters, buffers and modes must be the same ones in all calls.
class CompiledMethod {
public:
  CompiledMethod(const torch::jit::Module &module, const std::string &name);
  ~CompiledMethod();
  CompiledMethod(CompiledMethod &&) noexcept;

  /// What the method returns; valid until the next call. Throws what it throws.
  at::Tensor operator()(at::ArrayRef<at::Tensor> inputs);

  /// Why some calls run as TorchScript; empty if none does.
  const std::string &whyNot() const { return reason; }

private:
  struct Entry {
    std::vector<std::pair<std::vector<int64_t>, std::vector<int64_t>>>
        sizesAndStrides;
    std::unique_ptr<StepProgram> program; ///< Null: not planned.
  };

  std::unique_ptr<StepProgram> plan(at::ArrayRef<at::Tensor> inputs);

  torch::jit::Module module;
  torch::jit::Method method;
  std::shared_ptr<torch::jit::Graph> graph;
  std::vector<Entry> entries;
  std::string reason;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_COMPILEDMETHOD_H
