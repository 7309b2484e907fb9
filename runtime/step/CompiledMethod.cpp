//===- CompiledMethod.cpp - Evaluation without an interpreter -------------===//

#include "runtime/step/CompiledMethod.h"

#include "runtime/step/KernelTest.h"
#include "runtime/step/RandomState.h"
#include "runtime/step/StepProgram.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <exception>

using namespace dynfault;

static at::Tensor call(torch::jit::Method &method,
                       at::ArrayRef<at::Tensor> inputs) {
  return method(torch::jit::Stack(inputs.begin(), inputs.end())).toTensor();
}

CompiledMethod::CompiledMethod(const torch::jit::Module &module,
                               const std::string &name)
    : module(module), method(module.get_method(name)),
      graph(method.graph()->copy()) {
  torch::jit::Inline(*graph);
  torch::jit::EliminateDeadCode(graph);
}

CompiledMethod::~CompiledMethod() = default;
CompiledMethod::CompiledMethod(CompiledMethod &&) noexcept = default;

std::unique_ptr<StepProgram>
CompiledMethod::plan(at::ArrayRef<at::Tensor> inputs) {
  at::Tensor random = cpuRandomState();
  std::unique_ptr<StepProgram> result;
  try {
    require(!at::GradMode::is_enabled(), "a call with gradients");
    for (const at::Tensor &input : inputs)
      require(input.device().is_cpu(), "another device than the CPU");
    auto program = std::make_unique<StepProgram>(module, graph, inputs,
                                                 StepProgram::Kind::Evaluation);
    setCpuRandomState(random);
    program->poison();
    at::Tensor planned = program->runKernels(inputs).clone(),
               drawn = cpuRandomState();
    setCpuRandomState(random);
    require(sameBits(planned, call(method, inputs)) &&
                sameBits(drawn, cpuRandomState()),
            "other results than LibTorch's");
    result = std::move(program);
  } catch (const Unsupported &unsupported) {
    reason = unsupported.reason;
  } catch (const std::exception &error) {
    // The method itself will say it better.
    reason = error.what();
  }
  setCpuRandomState(random);
  return result;
}

at::Tensor CompiledMethod::operator()(at::ArrayRef<at::Tensor> inputs) {
  auto fits = [&](const Entry &entry) {
    for (size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].sizes() != entry.sizesAndStrides[i].first ||
          inputs[i].strides() != entry.sizesAndStrides[i].second)
        return false;
    return true;
  };
  for (Entry &entry : entries)
    if (fits(entry))
      return entry.program ? entry.program->run(inputs) : call(method, inputs);
  Entry entry;
  for (const at::Tensor &input : inputs)
    entry.sizesAndStrides.emplace_back(input.sizes().vec(),
                                       input.strides().vec());
  entry.program = plan(inputs);
  entries.push_back(std::move(entry));
  return (*this)(inputs);
}
