//===- TorchOps.h - Structural operations of the torch dialect --*- C++ -*-===//

#ifndef DYNFAULT_PASSES_TORCH_TORCHOPS_H
#define DYNFAULT_PASSES_TORCH_TORCHOPS_H

#include "passes/torch/TorchDialect.h"
#include "passes/torch/TorchTypes.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#define GET_OP_CLASSES
#include "passes/torch/TorchOps.h.inc"

namespace dynfault::torch {

/// Creates `torch.<name> operands : types -> results`, an operation of the
/// generic syntax. `name` is without the `torch.` prefix, e.g. `aten.relu`.
mlir::Operation *createTorchOp(mlir::OpBuilder &builder, mlir::Location loc,
                               llvm::StringRef name, mlir::ValueRange operands,
                               mlir::TypeRange results);

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_TORCHOPS_H
