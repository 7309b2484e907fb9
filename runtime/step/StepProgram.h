//===- StepProgram.h - A step's graph as a list of actions ------*- C++ -*-===//
//
// Forward and backward of a step become kernels (StepPlan.h). What is left
// around them, counters, probes and the optimizer, are a few operators on
// values that are known when the graph is read, above all lists of parameters;
// they are called one after the other, without an interpreter.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_STEPPROGRAM_H
#define DYNFAULT_RUNTIME_STEP_STEPPROGRAM_H

#include "runtime/ops/Recorder.h"
#include "runtime/step/Rules.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <unordered_map>

namespace dynfault {

/// The actions of one step, or of another method, on tensors of given shapes.
class StepProgram {
public:
  using Tensors = at::ArrayRef<at::Tensor>;

  enum class Kind {
    Step,       ///< With a backward pass.
    Evaluation, ///< Without gradients.
  };

  /// Reads `graph` (inlined) of a method of `module` that takes tensors like
  /// `inputs`. Runs its forward and backward once: running statistics, random
  /// state and `.grad` change. Throws Unsupported.
  StepProgram(const torch::jit::Module &module,
              const std::shared_ptr<torch::jit::Graph> &graph, Tensors inputs,
              Kind kind);
  StepProgram(const StepProgram &) = delete;
  StepProgram &operator=(const StepProgram &) = delete;

  /// The whole method. \returns its result.
  at::Tensor run(Tensors inputs);

  /// Only the kernels of forward and backward. \returns the loss, or what an
  /// evaluation returns.
  at::Tensor runKernels(Tensors inputs);
  void poison() const { kernels.poison(); }

  /// The same operators of a step as runKernels, called as TorchScript calls
  /// them.
  at::Tensor runOperators(Tensors inputs) const;

private:
  /// A value of the graph while it is read.
  struct Operand {
    enum { Known, Register, Tensor } kind = Known;
    c10::IValue known;
    size_t index = 0;            ///< Of the register.
    PlanValue *tensor = nullptr; ///< Of the forward pass.
  };
  using Action = std::function<void()>;
  using Node = torch::jit::Node;
  using Value = torch::jit::Value;

  void readNode(const Node *node);
  void readAttribute(const Node *node);
  void readList(const Node *node);
  void readBackward(const Node *node);
  void readCall(const Node *node);
  void readWithoutTensors(const Node *node);
  void readForward(const Node *node);
  void planRule(const Node *node, Rule rule);
  void callInForward(const Node *node);
  void callAtRunTime(const Node *node);
  /// When a probe records.
  struct SampledCall {
    c10::intrusive_ptr<Recorder> recorder;
    ProbeSchedule schedule;
  };
  c10::optional<SampledCall> sampledCall(const Node *node) const;
  void flushKernels();
  void setInputs(Tensors inputs);
  at::Tensor result() const;
  const Operand &operand(const Value *value) const;
  std::vector<Operand> inputsOf(const Node *node) const;
  PlanValue *tensorOf(const Operand &operand);
  size_t newRegister();
  c10::IValue now(const Operand &operand) const;
  c10::IValue callNow(const Node *node) const;

  torch::jit::Module module;
  std::shared_ptr<torch::jit::Graph> graph;
  Kind kind;
  StepPlan kernels;
  PlanBuilder builder;
  std::vector<PlanCell *> inputCells;
  PlanValue *loss = nullptr;
  const Value *lossValue = nullptr; ///< Set once backward has been read.
  std::unordered_map<const Value *, Operand> operands;
  std::vector<const Node *> forwardNodes;
  size_t flushed = 0; ///< Kernels of the forward pass that an action runs.
  std::vector<c10::IValue> registers;
  std::vector<Action> actions;
  torch::jit::Stack stack;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_STEPPROGRAM_H
