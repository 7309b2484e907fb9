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

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dynfault {

/// A method's graph with everything that it calls inlined, and the code for it;
/// holds no module. Only calls through a TorchScript interface type remain
/// calls.
struct InlinedMethod {
  std::shared_ptr<torch::jit::Graph> source; ///< What it was made from.
  std::shared_ptr<torch::jit::Graph> graph;
  torch::jit::Code code;
};

/// Methods that were inlined, for those who run them again and again.
class InlinedMethods {
public:
  /// \returns the method inlined now, or at an earlier call for the same graph.
  std::shared_ptr<const InlinedMethod> get(const torch::jit::Method &method,
                                           bool forCurvature);

private:
  std::map<std::pair<std::string, bool>, std::shared_ptr<const InlinedMethod>>
      methods;
};

/// A method of a module, inlined.
class UnoptimizedMethod {
public:
  /// `forCurvature`: with layers whose second derivative is cheaper
  /// (ReplaceLayers.h). `kept`: where to look for the inlined method first, and
  /// to leave it. Throws c10::Error if the module has no method of that name.
  UnoptimizedMethod(const torch::jit::Module &module, const std::string &name,
                    bool forCurvature = false, InlinedMethods *kept = nullptr);

  /// Runs the method. Throws c10::Error if the arguments do not fit.
  c10::IValue operator()(std::vector<c10::IValue> arguments) const;

  /// The graph that is interpreted.
  const torch::jit::Graph &graph() const { return *inlined->graph; }

private:
  torch::jit::Method method;
  std::shared_ptr<const InlinedMethod> inlined;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_UNOPTIMIZEDMETHOD_H
