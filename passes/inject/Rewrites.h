//===- Rewrites.h - What rewrites of several operators share ----*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INJECT_REWRITES_H
#define DYNFAULT_PASSES_INJECT_REWRITES_H

#include "passes/inject/FaultOperator.h"
#include "passes/program/Layers.h"
#include "passes/torch/TorchBuilder.h"

namespace dynfault::inject {

/// The activation functions of DeepCrime, by how far they are from a rectifier:
/// kin of it, bounded, and those that stop or blow up learning.
inline constexpr llvm::StringRef kMildActivations[] = {"relu", "elu", "selu",
                                                       "softplus"};
inline constexpr llvm::StringRef kBoundedActivations[] = {"tanh", "softsign",
                                                          "linear"};
inline constexpr llvm::StringRef kSevereActivations[] = {
    "sigmoid", "hard_sigmoid", "exponential", "softmax"};

/// The sites of all operations of the model that `isSite` accepts.
llvm::SmallVector<FaultSite>
findModelSites(const program::Program &program,
               llvm::function_ref<bool(mlir::Operation *)> isSite);

/// The program that a site's operation stands in.
program::Program getProgram(mlir::Operation *op);

/// Puts the activation function `to` in the place of the one that `op`
/// computes. The place stays one that is probed, whatever stands there.
void replaceActivation(mlir::Operation *op, llvm::StringRef to);

/// Marks an operation as one that only the fault has: it is no place to probe,
/// because a probe that came with the fault would give it away.
void markInjected(mlir::Operation *op);

/// Users of the operation's result read `value` instead. An in-place
/// operation's operand is read as it was before, also after it. Erases the
/// operation; what no longer has a use is erased with it, slots included.
void replaceOp(mlir::Operation *op, mlir::Value value);

/// Puts `value` at an operand, and erases what no longer has a use.
void replaceOperand(mlir::Operation *op, unsigned index, mlir::Value value);

/// The shape of `slot`'s values, which is known.
llvm::ArrayRef<int64_t> getSlotSizes(torch::GlobalSlotOp slot);

/// A new parameter after `neighbour`, of its dtype and of these sizes; a name
/// that is taken gets `.1`, and so on, at its scope.
torch::GlobalSlotOp addParameter(torch::GlobalSlotOp neighbour,
                                 llvm::StringRef name,
                                 llvm::ArrayRef<int64_t> sizes,
                                 program::InitAttr init);

/// Reads a slot before `user`, typed as the values that `user` works on are.
mlir::Value readSlot(mlir::OpBuilder &builder, torch::GlobalSlotOp slot,
                     mlir::Location loc);

/// `#dynfault.init<uniform>` within 1 / sqrt(fan), PyTorch's default for
/// biases.
program::InitAttr getDefaultBiasInit(mlir::MLIRContext *context, double fanIn);

/// `scope` of a slot named `scope.weight`, or the whole name.
llvm::StringRef getScope(torch::GlobalSlotOp slot);

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_REWRITES_H
