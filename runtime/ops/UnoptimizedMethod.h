//===- UnoptimizedMethod.h - TorchScript exactly as written -----*- C++ -*-===//
//
// From the second call on, the profiling executor of LibTorch 1.13.1 runs
// graphs whose second derivatives are wrong, without an error. Switching the
// graph optimizer off is not enough: an executor that holds an optimised plan
// from earlier calls goes on using it. So a curvature probe takes a copy of
// the method's graph and interprets it, with no executor in between.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_UNOPTIMIZEDMETHOD_H
#define DYNFAULT_RUNTIME_OPS_UNOPTIMIZEDMETHOD_H

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <string>
#include <vector>

namespace dynfault {

/// A method of a module, with everything that it calls inlined; only calls
/// through a TorchScript interface type remain calls.
class UnoptimizedMethod {
public:
  /// `forCurvature`: with layers whose second derivative is cheaper
  /// (ReplaceLayers.h). Throws c10::Error if the module has no method of that
  /// name.
  UnoptimizedMethod(const torch::jit::Module &module, const std::string &name,
                    bool forCurvature = false);

  /// Runs the method. Throws c10::Error if the arguments do not fit.
  c10::IValue operator()(std::vector<c10::IValue> arguments) const;

  /// The graph that is interpreted.
  const torch::jit::Graph &graph() const { return *inlined; }

private:
  torch::jit::Method method;
  std::shared_ptr<torch::jit::Graph> inlined;
  torch::jit::Code code;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_UNOPTIMIZEDMETHOD_H
