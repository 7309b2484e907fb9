//===- Inventory.h - What a module holds ------------------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INJECT_INVENTORY_H
#define DYNFAULT_PASSES_INJECT_INVENTORY_H

#include "passes/inject/Report.h"

namespace dynfault::inject {

/// Writes what stands in the module, as text or JSON: its operations by name
/// with counts, those unknown to the dialects and to PyTorch's releases
/// (passes/torch/Schemas.h) marked; trainable parameters and buffers with their
/// numbers of elements; and the number of sites of each fault operator.
/// Operations are counted as they came, the rest after preparation
/// (passes/prepare/Prepare.h), which changes `module`. Fails where that does.
mlir::LogicalResult writeInventory(mlir::ModuleOp module, llvm::raw_ostream &os,
                                   ReportFormat format);

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_INVENTORY_H
