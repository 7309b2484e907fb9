//===- TorchDialect.h - The torch dialect -----------------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_TORCH_TORCHDIALECT_H
#define DYNFAULT_PASSES_TORCH_TORCHDIALECT_H

#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"

#include "passes/torch/TorchDialect.h.inc"

namespace dynfault::torch {

/// The PyTorch name of a torch operation, `aten.relu` for `torch.aten.relu`
/// and for `torch.operator "aten.relu"` (or `"torch.aten.relu"`, as the FX
/// importer writes it) alike. Empty for an operation of another dialect.
llvm::StringRef getTorchName(mlir::Operation *op);

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_TORCHDIALECT_H
