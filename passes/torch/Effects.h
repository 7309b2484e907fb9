//===- Effects.h - What an operation does besides its result ----*- C++ -*-===//
//
// MLIR treats an operation without a declaration as one that may do anything.
// PyTorch's schemas say more.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCH_EFFECTS_H
#define DYNFAULT_PASSES_TORCH_EFFECTS_H

#include "mlir/IR/Operation.h"

namespace dynfault::torch {

/// Whether the operation, its regions included, does more than compute its
/// results: writes a tensor, list or slot, draws random numbers, updates
/// running statistics, or raises an exception. Operators outside of `aten` and
/// `prim`, and those that no known PyTorch release declares, are taken to do
/// so.
bool hasSideEffects(mlir::Operation *op);

/// Whether a result may share memory with an operand: views, in-place
/// operations, and operators that no known PyTorch release declares.
bool mayAliasOperands(mlir::Operation *op);

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_EFFECTS_H
