//===- CompiledStep.cpp - A training step without an interpreter ----------===//
//
// The test of a plan runs the batch three times: once while planning, once with
// the planned kernels, once as LibTorch does it. Each time begins from the same
// buffers, gradients and random state, and the last leaves them as they were.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/CompiledStep.h"

#include "runtime/step/KernelTest.h"
#include "runtime/step/RandomState.h"
#include "runtime/step/StepProgram.h"

#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <exception>

using namespace dynfault;

class CompiledStep::Program : public StepProgram {
public:
  using StepProgram::StepProgram;
};

namespace {

/// What forward and backward change: the tensors of a module that are not
/// optimized, gradients, and the random state. Put back at the end.
class StateGuard {
public:
  explicit StateGuard(const torch::jit::Module &module)
      : random(cpuRandomState()) {
    for (const at::Tensor &buffer : module.buffers())
      buffers.emplace_back(buffer, buffer.detach().clone());
    for (const at::Tensor &parameter : module.parameters())
      gradients.emplace_back(parameter, parameter.grad());
    clearGradients();
  }
  ~StateGuard() {
    restore();
    for (auto &[parameter, gradient] : gradients)
      parameter.mutable_grad() = gradient;
  }
  StateGuard(const StateGuard &) = delete;
  StateGuard &operator=(const StateGuard &) = delete;

  /// Everything as at the beginning, but without gradients.
  void restore() {
    for (auto &[buffer, contents] : buffers)
      buffer.variable_data().copy_(contents);
    setCpuRandomState(random);
    clearGradients();
  }

  /// Copies of everything as it is now.
  std::vector<at::Tensor> now() const {
    std::vector<at::Tensor> result = {cpuRandomState()};
    for (const auto &[buffer, contents] : buffers)
      result.push_back(buffer.detach().clone());
    for (const auto &[parameter, gradient] : gradients) {
      const at::Tensor &kept = parameter.grad();
      result.push_back(kept.defined() ? kept.clone() : kept);
    }
    return result;
  }

private:
  void clearGradients() {
    for (auto &[parameter, gradient] : gradients)
      parameter.mutable_grad().reset();
  }

  at::Tensor random;
  std::vector<std::pair<at::Tensor, at::Tensor>> buffers, gradients;
};

} // namespace

CompiledStep::CompiledStep(const torch::jit::Module &module)
    : module(module), method(module.get_method("training_step")),
      graph(method.graph()->copy()) {
  torch::jit::Inline(*graph);
  torch::jit::EliminateDeadCode(graph);
}

CompiledStep::~CompiledStep() = default;

std::unique_ptr<CompiledStep::Program>
CompiledStep::plan(const at::Tensor &input, const at::Tensor &target) {
  try {
    require(input.device().is_cpu() && target.device().is_cpu(),
            "another device than the CPU");
    StateGuard state(module);
    auto program = std::make_unique<Program>(
        module, graph, std::vector<at::Tensor>{input, target},
        Program::Kind::Step);
    state.restore();
    program->poison();
    std::vector<at::Tensor> planned = {program->runKernels({input, target})};
    planned.front() = planned.front().clone();
    for (const at::Tensor &tensor : state.now())
      planned.push_back(tensor);
    state.restore();
    std::vector<at::Tensor> expected = {program->runOperators({input, target})};
    for (const at::Tensor &tensor : state.now())
      expected.push_back(tensor);
    require(sameBits(planned, expected), "other results than LibTorch's");
    return program;
  } catch (const Unsupported &unsupported) {
    reason = unsupported.reason;
  } catch (const std::exception &error) {
    // The step itself will say it better.
    reason = error.what();
  }
  return nullptr;
}

CompiledStep::Entry &CompiledStep::entryFor(const at::Tensor &input,
                                            const at::Tensor &target) {
  for (Entry &entry : entries)
    if (input.sizes() == entry.inputSizes &&
        input.strides() == entry.inputStrides &&
        target.sizes() == entry.targetSizes &&
        target.strides() == entry.targetStrides)
      return entry;
  entries.push_back({input.sizes().vec(), input.strides().vec(),
                     target.sizes().vec(), target.strides().vec(),
                     plan(input, target)});
  return entries.back();
}

at::Tensor CompiledStep::operator()(const at::Tensor &input,
                                    const at::Tensor &target) {
  const Entry &entry = entryFor(input, target);
  return entry.program ? entry.program->run({input, target})
                       : method({input, target}).toTensor();
}
