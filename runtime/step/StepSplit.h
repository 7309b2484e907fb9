//===- StepSplit.h - A step's graph in two parts ----------------*- C++ -*-===//
//
// A device can record the kernels of a step once and start them again by
// itself (a CUDA graph). It then computes what it computed before: a number
// that the host works out in each step, such as Adam's bias correction, would
// keep its first value. So the step's graph is read and split: one part whose
// kernels are the same in every step, and the rest, which the host runs after
// it.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_STEPSPLIT_H
#define DYNFAULT_RUNTIME_STEP_STEPSPLIT_H

#include "runtime/ops/Recorder.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace dynfault {

/// An attribute of some module inside the program.
using ModuleAttribute =
    std::pair<c10::intrusive_ptr<c10::ivalue::Object>, std::string>;

/// `training_step` of a module as two graphs.
///
/// Recorded are forward, loss and backward, and of what follows the longest
/// part that needs no number of the host: clearing, clipping and delaying
/// gradients, and the updates of SGD, RMSprop, Adadelta and Adagrad (without
/// decay) at a constant learning rate. All else is left to the host: counters,
/// the updates of the other optimizers with all that follows them, and probes,
/// which is why the two parts make a step only where no probe records.
class StepSplit {
public:
  /// Throws Unsupported where forward, loss or backward cannot be recorded:
  /// numbers read from tensors, shapes that depend on data, numbers that change
  /// from step to step.
  explicit StepSplit(const torch::jit::Module &module);

  /// How often each parameter was updated, for each recorded update.
  using Counts = std::vector<std::vector<int64_t>>;
  /// The counts now.
  Counts counts() const;

  /// What the recorded part leaves to the rest.
  struct Results {
    std::vector<c10::IValue> values;
    Counts added; ///< What the updates add to the counts.
  };
  /// Runs the recorded part, operator by operator.
  Results runRecorded(const at::Tensor &input, const at::Tensor &target,
                      const Counts &counts) const;
  /// Runs the rest. \returns the step's result.
  at::Tensor runRest(const at::Tensor &input, const at::Tensor &target,
                     const Results &results) const;

  /// Whether a probe records in the next step.
  bool isSampled() const;

  /// Parameters whose gradients are cleared before the backward pass, so that
  /// it does not matter what they were.
  const std::unordered_set<const c10::TensorImpl *> &cleared() const {
    return clearedParameters;
  }
  /// What the step sets that is no tensor.
  const std::vector<ModuleAttribute> &attributes() const { return setHere; }
  /// The first operator after backward that is not recorded; empty if none.
  const std::string &leftToHost() const { return firstLate; }

private:
  using Node = torch::jit::Node;
  using Value = torch::jit::Value;

  /// Where a value comes from.
  enum class Source {
    Constant, ///< The same in every step; known without the device.
    Host,     ///< Computed by the host in every step.
    Recorded, ///< From the recorded part.
    Late      ///< A tensor that is computed after the recorded part.
  };
  struct Graphs;

  void findAttributes();
  void readNode(Node *node);
  void readAttribute(Node *node);
  void readOperator(Node *node);
  void readPure(Node *node);
  void readTensors(Node *node);
  void readBackward(Node *node);
  void readProbe(Node *node);
  void requireRecordable(const Node *node) const;
  bool hasConstantUpdate(const Node *node) const;
  bool isCounter(const Value *value) const;
  bool has(const Node *node, Source source) const;
  void add(Node *node, Source source);
  void addLate(Node *node);
  void build();
  c10::optional<c10::IValue> resolve(const Value *value) const;
  c10::optional<c10::IValue> resolve(const Node *node, const char *name) const;
  c10::optional<ModuleAttribute> attributeOf(const Value *value) const;
  bool isSet(const ModuleAttribute &attribute) const;

  torch::jit::Module module;
  std::shared_ptr<torch::jit::Graph> graph;
  std::vector<ModuleAttribute> setHere;
  std::unordered_map<const Value *, Source> sources;
  std::unordered_map<const Value *, Value *> aliases; ///< Probes' results.
  std::vector<Node *> recordedNodes, restNodes;
  std::vector<Node *> updates; ///< Those of the recorded nodes.
  std::vector<ModuleAttribute> updateCounts;
  std::unordered_set<const c10::TensorImpl *> clearedParameters;
  std::vector<std::pair<c10::intrusive_ptr<Recorder>, ProbeSchedule>> probes;
  c10::optional<ModuleAttribute> stepNumber;
  bool beginsForward = false, backwardDone = false;
  std::string firstLate;

  c10::optional<torch::jit::Code> recordedCode, restCode;
  size_t crossing = 0;             ///< Results of the recorded part.
  std::vector<size_t> restUpdates; ///< Updates whose counts the rest takes.
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_STEPSPLIT_H
