//===- StepPlan.h - Kernels of one training step, in order ------*- C++ -*-===//
//
// A plan holds, for one shape of batch, the kernels of forward and backward in
// the order in which LibTorch would run them, on tensors that are made once.
// The rules (Rules.h) write it: each knows one operator, its kernel and the
// kernels of its derivative.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_STEPPLAN_H
#define DYNFAULT_RUNTIME_STEP_STEPPLAN_H

#include <ATen/core/Tensor.h>

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dynfault {

/// Thrown while planning for what no rule covers; the step then runs as
/// TorchScript.
struct Unsupported {
  std::string reason;
};

/// Throws Unsupported unless `condition` holds.
inline void require(bool condition, const char *reason) {
  if (!condition)
    throw Unsupported{reason};
}

using Instruction = std::function<void()>;

/// A place for a tensor.
struct PlanCell {
  at::Tensor tensor;
  /// The tensor is the same one in every step; only its contents change.
  bool fixed = false;
};

/// A tensor of the forward pass.
struct PlanValue {
  PlanCell *data = nullptr;
  bool differentiable = false;
  /// While the backward pass is planned: the sum of what its readers have
  /// contributed so far.
  PlanCell *gradient = nullptr;
};

/// Instructions and the cells that they work on.
class StepPlan {
public:
  StepPlan() = default;
  StepPlan(const StepPlan &) = delete;
  StepPlan &operator=(const StepPlan &) = delete;

  /// The instructions of the forward pass from `first` to before `end`.
  void runForward(size_t first, size_t end) const;
  size_t forwardSize() const { return forward.size(); }
  /// Leaves `.grad` of the parameters as `loss.backward()` does: adds to what
  /// is there, and takes the gradient over where nothing is. Such a `.grad`
  /// belongs to the plan: the next run overwrites it, unless it is still some
  /// parameter's then.
  void runBackward() const;

  /// Fills all tensors that instructions write with NaN, so that a test of the
  /// plan cannot pass by what was left from before.
  void poison() const;

private:
  friend class PlanBuilder;

  struct Leaf {
    at::Tensor parameter;
    PlanCell *gradient;
  };

  std::deque<PlanCell> cells;
  std::deque<PlanValue> values;
  std::vector<Instruction> forward, backward;
  std::vector<const PlanCell *> written;
  std::vector<Leaf> leaves;
};

/// Writes a plan. All tensors have their values of the batch that the plan is
/// made from, so that rules can ask for shapes and strides. Works below
/// autograd: a guard (at::AutoDispatchBelowADInplaceOrView) must be active.
class PlanBuilder {
public:
  enum Gradients { WithGradients, WithoutGradients };

  explicit PlanBuilder(StepPlan &plan, Gradients gradients = WithGradients)
      : plan(plan), gradients(gradients) {}

  /// A cell whose tensor stays.
  PlanCell *fixed(const at::Tensor &tensor);
  /// A cell whose tensor stays, and that instructions write in each step.
  PlanCell *written(const at::Tensor &tensor);
  /// A cell whose tensor an instruction replaces in each step.
  PlanCell *varying(const at::Tensor &tensor);

  PlanValue *value(PlanCell *data, bool differentiable);
  /// The value of a parameter or buffer; the same one for the same tensor.
  PlanValue *leaf(const at::Tensor &tensor);

  /// Appends an instruction to the pass that is being planned.
  void append(Instruction instruction);

  /// The result of an operator with a variant that writes to a given tensor:
  /// `first()` computes it now, and so decides on its strides;
  /// `again(at::Tensor &)` writes it in each step.
  template <typename First, typename Again>
  PlanCell *compute(First first, Again again) {
    PlanCell *cell = written(first());
    append([cell, again] { again(cell->tensor); });
    return cell;
  }

  /// The result of an operator that has only a variant that allocates.
  template <typename Function>
  PlanCell *allocate(Function function) {
    PlanCell *cell = varying(function());
    append([cell, function] { cell->tensor = function(); });
    return cell;
  }

  /// A view of `source`: made once where the source stays.
  template <typename Function>
  PlanCell *view(PlanCell *source, Function function) {
    if (source->fixed)
      return fixed(function(source->tensor));
    PlanCell *cell = varying(function(source->tensor));
    append(
        [cell, source, function] { cell->tensor = function(source->tensor); });
    return cell;
  }

  /// `rule(gradient)` is called when the backward pass is planned, after all
  /// readers of `result` have contributed to its gradient; not at all if none
  /// has, or the result is not differentiable.
  void onBackward(PlanValue *result, std::function<void(PlanCell *)> rule);

  /// What one reader of `value` contributes to its gradient.
  void addGradient(PlanValue *value, PlanCell *contribution);

  /// Plans the backward pass from the scalar `loss`.
  void planBackward(PlanValue *loss);

private:
  PlanCell *gradientToKeep(const at::Tensor &parameter, PlanCell *gradient);
  PlanCell *newCell(const at::Tensor &tensor, bool fixed);

  StepPlan &plan;
  Gradients gradients;
  size_t bytes = 0; ///< Of the tensors in cells.
  std::vector<std::pair<PlanValue *, std::function<void(PlanCell *)>>> pending;
  std::vector<std::pair<at::Tensor, PlanValue *>> leafValues;
  bool inBackward = false;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_STEPPLAN_H
