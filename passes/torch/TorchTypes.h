//===- TorchTypes.h - Types of the torch dialect ----------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_TORCH_TORCHTYPES_H
#define DYNFAULT_PASSES_TORCH_TORCHTYPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Types.h"

#define GET_TYPEDEF_CLASSES
#include "passes/torch/TorchTypes.h.inc"

namespace dynfault::torch {

/// Sizes and dtype of a `!torch.tensor` or `!torch.vtensor`. `sizes` is empty
/// optional where the rank is unknown, `dtype` null where it is unknown.
struct TensorInfo {
  std::optional<llvm::ArrayRef<int64_t>> sizes;
  mlir::Type dtype;
  bool valueSemantics;

  /// All sizes are known.
  bool isStatic() const;
};

/// The sizes and dtype of `type`, or nothing where it is no torch tensor.
std::optional<TensorInfo> getTensorInfo(mlir::Type type);

/// The `!torch.vtensor` of a `!torch.tensor`'s sizes and dtype, and back. Any
/// other type is returned as it is.
mlir::Type withValueSemantics(mlir::Type type);
mlir::Type withoutValueSemantics(mlir::Type type);

/// Whether every value of `subtype` is one of `type`, by torch-mlir's rule:
/// `int` and `float` are numbers, an optional holds what it contains and None,
/// tensors of one kind may forget sizes and dtype, tuples go element by
/// element; lists and dictionaries are mutable, so theirs must be equal.
bool isValidSubtype(mlir::Type subtype, mlir::Type type);

/// Whether a value of type `type` may stand where `expected` is declared.
/// Looser than `isValidSubtype`: what is known about a tensor may differ,
/// because a pass that refines tensors changes one place after the other.
bool isAssignable(mlir::Type type, mlir::Type expected);

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_TORCHTYPES_H
