//===- LossGraph.h - A module's loss with its graph -------------*- C++ -*-===//
//
// What every operator that differentiates the loss twice needs around it: the
// graph of module.loss(module.forward(input), target), built whatever the
// caller has switched on or off, and everything put back afterwards.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_LOSSGRAPH_H
#define DYNFAULT_RUNTIME_OPS_LOSSGRAPH_H

#include "runtime/ops/ModuleState.h"
#include "runtime/ops/Recorder.h"
#include "runtime/ops/UnoptimizedMethod.h"

#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <optional>

namespace dynfault {

/// Leaves inference mode and switches autocast off until it goes out of scope:
/// inference tensors have no graph, and a curvature in bfloat16 is noise.
class FullPrecisionGuard {
public:
  FullPrecisionGuard();
  ~FullPrecisionGuard();
  FullPrecisionGuard(const FullPrecisionGuard &) = delete;
  FullPrecisionGuard &operator=(const FullPrecisionGuard &) = delete;

private:
  std::optional<c10::InferenceMode> normalMode;
  bool autocastGpu;
  bool autocastCpu;
};

/// How the loss is computed.
struct LossOptions {
  uint64_t seed = 0;    ///< Of everything random in forward and loss.
  bool training = true; ///< Modes as they are; false: evaluation mode.
};

/// The loss of a module on one batch, with graph, in the full precision of the
/// parameters. While it lives, the random state is its own, the recorders of
/// the module are paused, and whatever the module changes in itself is noted;
/// its end puts all of it back. Everything that was made from the graph must
/// be gone before.
class LossGraph {
public:
  /// Runs forward and loss on copies of the batch. `device` is that of the
  /// parameters. `kept` as for UnoptimizedMethod. Throws what the module
  /// throws.
  LossGraph(const torch::jit::Module &module, const at::Tensor &input,
            const at::Tensor &target, at::Device device,
            const LossOptions &options, InlinedMethods *kept = nullptr);

  const at::Tensor &loss() const { return lossValue; }
  /// What forward returned; must be a tensor (c10::Error otherwise).
  at::Tensor output() const;
  /// The loss of another output, with the random numbers of loss().
  at::Tensor lossOf(const at::Tensor &output) const;

private:
  at::Tensor runLoss(const c10::IValue &output) const;

  FullPrecisionGuard fullPrecision;
  // For calls through interfaces, the only ones left.
  torch::jit::GraphOptimizerEnabledGuard optimizerOff{false};
  UnoptimizedMethod forwardMethod;
  std::vector<std::unique_ptr<Recorder::Pause>> pauses;
  RandomStateGuard randomState;
  NativeRecurrenceGuard nativeRecurrence;
  PlainAttentionGuard plainAttention;
  ModuleStateGuard moduleState;
  std::optional<UnoptimizedMethod> lossMethod;
  at::Tensor target;
  std::vector<at::Tensor> stateBeforeLoss; // of the random generators
  c10::IValue outputValue;
  at::Tensor lossValue;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_LOSSGRAPH_H
