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

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_TORCHTYPES_H
