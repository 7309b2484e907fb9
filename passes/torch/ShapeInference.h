//===- ShapeInference.h - Exact output shapes of operations -----*- C++ -*-===//
//
// What sizes a program's tensors have, from the types of its inputs and
// parameters, after the rules that PyTorch documents for each operation. Graphs
// of importers carry few types, and a rewrite that changes a size must know
// every size that follows from it. Integers are followed too, because programs
// compute sizes with them (`x.view(x.size(0), -1)`).
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCH_SHAPEINFERENCE_H
#define DYNFAULT_PASSES_TORCH_SHAPEINFERENCE_H

#include "passes/torch/TorchOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace dynfault::torch {

/// Sizes of a tensor, elements of a list of integers, or one integer or
/// Boolean; ShapedType::kDynamic where one is unknown.
using Sizes = llvm::SmallVector<int64_t, 6>;
/// Nothing: not even the rank is known.
using Fact = std::optional<Sizes>;

/// The name of a torch operation without overload and without the underscore of
/// an in-place form: `aten.add` of `aten.add_.Tensor`; empty for others.
llvm::StringRef getBaseName(mlir::Operation *op);

/// Whether the operation changes its first operand (`aten.relu_`).
bool isInPlace(mlir::Operation *op);

/// What follows for an operation's results from its operands.
struct Inference {
  llvm::SmallVector<Fact, 2> results;
  /// There is a rule for the operation and its operands were known enough.
  bool isKnown = false;
  /// Why PyTorch would refuse these operands, or an empty string.
  std::string conflict;
};

/// Applies the operation's rule; `get` says what is known of an operand.
Inference inferShapes(mlir::Operation *op,
                      llvm::function_ref<Fact(mlir::OpOperand &)> get);

/// The one size of a broadcast dimension, or nothing where `a` and `b` do not
/// go together.
std::optional<int64_t> broadcastSize(int64_t a, int64_t b);

/// Follows sizes through a function and the functions that it calls.
class ShapeAnalysis {
public:
  explicit ShapeAnalysis(mlir::ModuleOp module) : module(module) {}
  virtual ~ShapeAnalysis() = default;

  /// Visits `function` in order, starting from the types of its arguments (or
  /// from their `torch.type_bound`). Returns why it cannot run, or an empty
  /// string; getConflictOp() then is the operation in the way.
  std::string run(mlir::func::FuncOp function);
  mlir::Operation *getConflictOp() const { return conflictOp; }

  /// What is known of a value after run().
  Fact get(mlir::Value value) const;
  /// The same for an operand, which a subclass may replace.
  virtual Fact getOperand(mlir::OpOperand &operand) const;

protected:
  /// Called before an operation's rule is applied; returns a reason to stop.
  virtual std::string prepare(mlir::Operation *) { return {}; }
  /// Applies the rule; a subclass may replace what it gives.
  virtual Inference infer(mlir::Operation *op);
  virtual Fact getSlotSizes(GlobalSlotOp slot) const;
  /// What the value's type says of it.
  virtual Fact getDeclared(mlir::Value value) const;

  void set(mlir::Value value, Fact fact);

  mlir::ModuleOp module;

private:
  std::string visit(mlir::Block &block);
  std::string visit(mlir::Operation *op);
  std::string visitIf(mlir::Operation *op);
  std::string visitLoop(mlir::Operation *op);
  std::string visitCall(mlir::func::CallOp call);
  void setDeclared(mlir::Value value);

  llvm::DenseMap<mlir::Value, Fact> facts;
  mlir::Operation *conflictOp = nullptr;
  unsigned depth = 0;
};

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_SHAPEINFERENCE_H
