//===- GraphedStep.h - Training steps as a device's graph -------*- C++ -*-===//
//
// On a GPU, starting a kernel takes the host longer than many a kernel takes
// the device, and a step has hundreds. Recorded once as a graph
// (DeviceGraph.h), they are started together. A recording that went wrong would
// go wrong in silence; so it is tested before it is used, and nothing depends
// on it.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_GRAPHEDSTEP_H
#define DYNFAULT_RUNTIME_STEP_GRAPHEDSTEP_H

#include "runtime/step/DeviceGraph.h"
#include "runtime/step/StepState.h"

#include <memory>
#include <string>
#include <vector>

namespace dynfault {

/// `training_step` of a module, with a graph for each shape of batch.
///
/// The first WarmUpSteps steps on batches of a shape are ordinary ones, in
/// which libraries make what they need; then the step is recorded. The next
/// TestedSteps steps are taken twice from the same state, as a replay and as an
/// ordinary step, which stays. (Two, since a number that the host should have
/// computed anew is the right one in the step that was recorded.) Where they
/// differ in one bit of loss, parameters, gradients, buffers, counters or
/// random state, or something cannot be recorded, all graphs are given up and
/// all further steps are ordinary ones.
///
/// Steps that a probe samples always are. Parameters, buffers, the flag
/// `training` and attributes that no step sets must stay those that the module
/// has at the construction; the contents of tensors may change between calls.
class GraphedStep {
public:
  /// `graphs` (not null) are those of the module's device.
  GraphedStep(const torch::jit::Module &module, at::Device device,
              std::unique_ptr<DeviceGraphs> graphs);
  ~GraphedStep();
  GraphedStep(const GraphedStep &) = delete;
  GraphedStep &operator=(const GraphedStep &) = delete;

  static constexpr int WarmUpSteps = 3;
  static constexpr int TestedSteps = 2;

  /// What `training_step(input, target)` returns, detached, in a tensor of its
  /// own. Does not wait for the device, but where a graph is made. Throws what
  /// `training_step` throws.
  at::Tensor operator()(const at::Tensor &input, const at::Tensor &target);

  /// Why all steps are ordinary ones; empty while that is not so.
  const std::string &whyNot() const { return reason; }
  /// The first operator of the update that the host starts in each step; empty
  /// if there is none.
  std::string leftToHost() const { return split ? split->leftToHost() : ""; }
  /// Steps so far that were replays.
  int64_t replays() const { return replayed; }

private:
  struct Entry;

  at::Tensor ordinary(const at::Tensor &input, const at::Tensor &target);
  Entry &entryFor(const at::Tensor &input, const at::Tensor &target);
  void record(Entry &entry, const at::Tensor &input, const at::Tensor &target);
  at::Tensor test(Entry &entry, const at::Tensor &input,
                  const at::Tensor &target);
  at::Tensor replay(Entry &entry, const at::Tensor &input,
                    const at::Tensor &target);
  bool fits(const Entry &entry) const;
  void giveUp(const std::string &why);

  torch::jit::Module module;
  torch::jit::Method method;
  at::Device device;
  std::unique_ptr<DeviceGraphs> graphs;
  std::unique_ptr<StepSplit> split; ///< Null where there is no recorded part.
  std::vector<at::Tensor> parameters;
  std::vector<std::unique_ptr<Entry>> entries;
  std::string reason;
  int64_t replayed = 0;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_GRAPHEDSTEP_H
