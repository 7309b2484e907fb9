//===- OperatorTape.h - Operators to be run again ---------------*- C++ -*-===//
//
// What a function of tensors does below autograd is a list of operators. Run
// from the list they need no engine, no graph and no bookkeeping for
// derivatives, and those that do not depend on the inputs need not run at all.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_OPERATORTAPE_H
#define DYNFAULT_RUNTIME_CURVATURE_OPERATORTAPE_H

#include "runtime/curvature/ElementwiseLoop.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <cstdint>
#include <vector>

namespace dynfault {

/// Operators in the order in which they run. Tensors that change from run to
/// run are in slots; all others are held as they were.
class OperatorTape {
public:
  static constexpr size_t kNoSlot = static_cast<size_t>(-1);

  /// What stands for an argument: a value, a slot, or a list of tensors of
  /// which some are slots.
  struct Operand {
    c10::IValue constant;
    size_t slot = kNoSlot;
    /// Places in a list, and the slots that belong there.
    std::vector<std::pair<size_t, size_t>> members;
  };

  struct Step {
    c10::OperatorHandle op;
    c10::DispatchKeySet keys;
    std::vector<Operand> operands;
    /// The slots of the results' tensors, those of lists one by one.
    std::vector<size_t> results;
    /// Slots that no later step reads.
    std::vector<size_t> released;
    /// What computes the same; the operator is not called then.
    c10::optional<ElementwiseLoop> loop;
  };

  /// What is returned: a slot, or a constant that may be undefined.
  struct Output {
    size_t slot = kNoSlot;
    at::Tensor constant;
  };

  /// Runs the operators on `inputs`, which must be like those of the recording
  /// in shape, strides, type and device.
  std::vector<at::Tensor> run(const std::vector<at::Tensor> &inputs) const;

  std::vector<size_t> inputs; ///< Their slots; kNoSlot: see inputCopies.
  /// Tensors into which inputs without a slot are copied; others undefined.
  std::vector<at::Tensor> inputCopies;
  std::vector<Step> steps;
  std::vector<Output> outputs;
  size_t slots = 0;
  /// Of operators, shapes and how results go into arguments; not of contents.
  uint64_t signature = 0;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_OPERATORTAPE_H
