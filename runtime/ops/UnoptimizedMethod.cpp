//===- UnoptimizedMethod.cpp - TorchScript exactly as written -------------===//
//
// Inlining matters here for more than speed: a call that stays a call runs in
// the callee's executor, with whatever plan that one has cached.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/UnoptimizedMethod.h"

#include "runtime/ops/ReplaceLayers.h"

#include <torch/csrc/jit/passes/inliner.h>

using namespace dynfault;

static std::shared_ptr<torch::jit::Graph>
inlinedCopy(const torch::jit::Method &method, bool forCurvature) {
  std::shared_ptr<torch::jit::Graph> graph = method.graph()->copy();
  torch::jit::Inline(*graph);
  if (forCurvature)
    replaceLayers(*graph);
  return graph;
}

UnoptimizedMethod::UnoptimizedMethod(const torch::jit::Module &module,
                                     const std::string &name, bool forCurvature)
    : method(module.get_method(name)),
      inlined(inlinedCopy(method, forCurvature)), code(inlined, name) {}

c10::IValue
UnoptimizedMethod::operator()(std::vector<c10::IValue> arguments) const {
  torch::jit::Stack stack = std::move(arguments);
  stack.insert(stack.begin(), method.owner()._ivalue());
  method.function().getSchema().checkAndNormalizeInputs(stack, {});
  torch::jit::InterpreterState(code).run(stack);
  return stack.front();
}
