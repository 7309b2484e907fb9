//===- Refit.h - Fits a program to a layer that changed its size *- C++ -*-===//
//
// A layer with another width, kernel or stride gives tensors of other sizes,
// and what follows must take them: the next layer's weight, a normalisation's
// parameters, the other branch of a residual addition, the constants of a view.
// Structural faults ask for their own change, and this plans all that follows
// from it without touching the program, so that the same plan answers whether
// the fault is possible, and why not.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_INJECT_REFIT_H
#define DYNFAULT_PASSES_INJECT_REFIT_H

#include "passes/program/Layers.h"
#include "passes/torch/ShapeInference.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"

namespace dynfault::inject {

class Refit : private torch::ShapeAnalysis {
public:
  /// Follows the program's sizes as they are.
  explicit Refit(const program::Program &program);

  /// The sizes of `value` before the change.
  torch::Fact getOld(mlir::Value value) const { return before.get(value); }

  /// Asks for a parameter of other sizes. Returns a reason where that is
  /// impossible.
  std::string resize(torch::GlobalSlotOp slot, llvm::ArrayRef<int64_t> sizes);
  /// Asks for another size in one dimension.
  std::string resize(torch::GlobalSlotOp slot, unsigned dim, int64_t size);
  /// The sizes that a parameter will have.
  torch::Sizes getSizes(torch::GlobalSlotOp slot) const;

  /// Asks for other constants in an operand: a list of integers, or an integer.
  void setIntegers(mlir::Operation *op, unsigned index,
                   llvm::ArrayRef<int64_t> values);

  /// Asks that users of the operation's result read its first operand instead.
  void bypass(mlir::Operation *op, unsigned operand = 0);

  /// Gives a weighted layer `count` outputs, bias included.
  std::string resizeOutputs(const program::WeightedLayer &layer, int64_t count);
  /// Gives a recurrent layer `units` units, its states included.
  std::string resizeUnits(const program::RecurrentLayer &layer, int64_t units);

  /// Finds all that follows. Returns why the change is impossible, or an empty
  /// string.
  std::string plan();

  /// Rewrites the program as planned: parameters with their initialisers'
  /// bounds, constants, and all types that changed.
  void commit();

private:
  std::string prepare(mlir::Operation *op) override;
  torch::Inference infer(mlir::Operation *op) override;
  torch::Fact getOperand(mlir::OpOperand &operand) const override;
  torch::Fact getSlotSizes(torch::GlobalSlotOp slot) const override;
  torch::Fact getDeclared(mlir::Value) const override { return std::nullopt; }

  torch::Fact oldOperand(mlir::OpOperand &operand) const {
    return before.getOperand(operand);
  }
  bool hasChanged(mlir::Operation *op) const;

  /// Follows a read parameter's sizes again.
  void refresh(mlir::Value value);

  // What each kind of operation needs when its input has changed.
  std::string fit(mlir::Operation *op);
  std::string fitWeighted(const program::WeightedLayer &layer);
  std::string fitNorm(const program::NormLayer &norm);
  std::string fitView(mlir::Operation *op);
  std::string fitBroadcast(mlir::Operation *op);
  std::string fitRecurrent(const program::RecurrentLayer &layer);

  /// Changes what computes `value` so that dimension `dim`, counted from the
  /// back, has `size`.
  std::string resizeValue(mlir::Value value, int64_t dim, int64_t size);
  std::string resizeSourceOf(mlir::Operation *op, int64_t dim, int64_t size);
  /// A convolution whose groups are its channels keeps that.
  std::string resizeDepthwise(const program::WeightedLayer &layer,
                              int64_t channels);
  std::string cannot(mlir::Operation *op, const llvm::Twine &reason) const;

  void commitParameter(torch::GlobalSlotOp slot, const torch::Sizes &sizes);
  void commitBounds();

  const program::Program &program;
  torch::ShapeAnalysis before;
  std::string beforeReason;
  llvm::MapVector<mlir::Operation *, torch::Sizes> slots;
  llvm::MapVector<std::pair<mlir::Operation *, unsigned>, torch::Sizes>
      constants;
  llvm::MapVector<mlir::Operation *, unsigned> bypassed;
  /// Values that were resized from behind, so that a cycle ends.
  llvm::DenseSet<mlir::Value> resized;
  bool mustRestart = false;
};

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_REFIT_H
