//===- Rules.h - How operators are planned ----------------------*- C++ -*-===//
//
// A rule calls the kernels that LibTorch's dispatcher would reach for its
// operator on the CPU, and for the derivative those of the formula in LibTorch
// (derivatives.yaml), in the same order and on tensors with the same strides:
// then all bits are the same. Whether they are is tested on each plan
// (CompiledStep.cpp), so that a rule that does not fit an installed LibTorch
// costs time and nothing else.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_RULES_H
#define DYNFAULT_RUNTIME_STEP_RULES_H

#include "runtime/step/StepPlan.h"

#include <ATen/core/ivalue.h>

namespace dynfault {

/// An argument of an operator: a tensor of the step, or a constant of the plan.
struct PlanArgument {
  PlanValue *tensor = nullptr;
  c10::IValue constant;
};

/// The arguments of one operator, in its schema's order.
class PlanArguments {
public:
  explicit PlanArguments(std::vector<PlanArgument> arguments)
      : arguments(std::move(arguments)) {}

  /// Throws Unsupported for anything but a tensor.
  PlanValue *tensor(size_t index) const;
  bool isNone(size_t index) const;
  const c10::IValue &constant(size_t index) const;
  int64_t integer(size_t index) const { return constant(index).toInt(); }
  double number(size_t index) const {
    return constant(index).toScalar().toDouble();
  }
  bool flag(size_t index) const { return constant(index).toBool(); }

private:
  std::vector<PlanArgument> arguments;
};

/// Plans one operator. \returns its result. Throws Unsupported.
using Rule = PlanValue *(*)(PlanBuilder &, const PlanArguments &);

/// The rule for an operator by its name and overload, e.g. `aten::add.Tensor`;
/// null if there is none.
Rule findRule(const std::string &name);

// One function per file of rules: adds them by calling `add(name, rule)`.
using AddRule = std::function<void(const char *, Rule)>;
void addActivationRules(const AddRule &add);
void addConvolutionRules(const AddRule &add);
void addDropoutRules(const AddRule &add);
void addLinearRules(const AddRule &add);
void addLossRules(const AddRule &add);
void addNormalizationRules(const AddRule &add);
void addShapeRules(const AddRule &add);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_RULES_H
