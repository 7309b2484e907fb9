//===- DtypeInference.h - Element types of results --------------*- C++ -*-===//
//
// PyTorch derives a result's dtype from its operands; a graph does not state
// it. Rules exist for what programs use; others say nothing.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCH_DTYPEINFERENCE_H
#define DYNFAULT_PASSES_TORCH_DTYPEINFERENCE_H

#include "mlir/IR/Operation.h"

namespace dynfault::torch {

/// The dtypes of the operation's results (a null type: unknown, or no tensor),
/// after PyTorch's type promotion
/// (https://pytorch.org/docs/stable/tensor_attributes.html). `get` says what is
/// known of an operand's dtype; of a list of tensors it is that of its
/// elements.
llvm::SmallVector<mlir::Type>
inferDtypes(mlir::Operation *op,
            llvm::function_ref<mlir::Type(mlir::Value)> get);

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_DTYPEINFERENCE_H
