//===- Losses.h - What a program minimises ----------------------*- C++ -*-===//
//
// Loss operations and weight penalties in @loss: the one place that recognises
// them.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_PROGRAM_LOSSES_H
#define DYNFAULT_PASSES_PROGRAM_LOSSES_H

#include "passes/program/Layers.h"

namespace dynfault::program {

/// An operation that compares a prediction (operand 0) with a target (operand
/// 1) and reduces.
struct LossOp {
  /// What the prediction is: scores per class, their logarithms after a
  /// softmax, one score, a probability, or a value.
  enum class Prediction { Logits, LogProbabilities, Logit, Probability, Value };
  mlir::Operation *op;
  Prediction prediction;
  /// PyTorch's code: 0 none, 1 mean, 2 sum.
  unsigned reductionIndex;
};
std::optional<LossOp> getLossOp(mlir::Operation *op);

/// The operation that turns scores into `loss`'s prediction (a softmax,
/// log-softmax or sigmoid): in @loss, or the last of @forward. Null where there
/// is none.
mlir::Operation *getOutputActivation(const Program &program,
                                     const LossOp &loss);

/// Whether a loss takes what `activation` returns for a probability: PyTorch's
/// binary_cross_entropy ends a run at the first number outside 0 to 1.
bool returnsProbability(mlir::Operation *activation);

/// A weight penalty: `sum` over `|w|`, `w * w` or `w ** 2` of a parameter,
/// times a number, added to the loss.
struct Penalty {
  /// The sum over the parameter; its site is the penalty's.
  mlir::Operation *sum;
  /// The multiplication by a number; null where there is none.
  mlir::Operation *scale;
  /// The addition to the loss, and the penalty's operand in it.
  mlir::Operation *add;
  unsigned index;
  bool isL1;
  torch::GlobalSlotOp parameter;
};
std::optional<Penalty> getPenalty(mlir::Operation *sum);

/// All penalties in @loss, in order.
llvm::SmallVector<Penalty> getPenalties(const Program &program);

} // namespace dynfault::program

#endif // DYNFAULT_PASSES_PROGRAM_LOSSES_H
