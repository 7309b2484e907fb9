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

static std::shared_ptr<const InlinedMethod>
inlinedCopy(const torch::jit::Method &method, bool forCurvature) {
  std::shared_ptr<torch::jit::Graph> source = method.graph(),
                                     graph = source->copy();
  torch::jit::Inline(*graph);
  if (forCurvature)
    replaceLayers(*graph);
  torch::jit::Code code(graph, method.name());
  return std::make_shared<InlinedMethod>(
      InlinedMethod{source, graph, std::move(code)});
}

std::shared_ptr<const InlinedMethod>
InlinedMethods::get(const torch::jit::Method &method, bool forCurvature) {
  std::shared_ptr<const InlinedMethod> &known =
      methods[{method.name(), forCurvature}];
  if (!known || known->source != method.graph())
    known = inlinedCopy(method, forCurvature);
  return known;
}

UnoptimizedMethod::UnoptimizedMethod(const torch::jit::Module &module,
                                     const std::string &name, bool forCurvature,
                                     InlinedMethods *kept)
    : method(module.get_method(name)),
      inlined(kept ? kept->get(method, forCurvature)
                   : inlinedCopy(method, forCurvature)) {}

c10::IValue
UnoptimizedMethod::operator()(std::vector<c10::IValue> arguments) const {
  torch::jit::Stack stack = std::move(arguments);
  stack.insert(stack.begin(), method.owner()._ivalue());
  method.function().getSchema().checkAndNormalizeInputs(stack, {});
  torch::jit::InterpreterState(inlined->code).run(stack);
  return stack.front();
}
