//===- ConversionDialect.h - The torch_c dialect ----------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_TORCH_CONVERSIONDIALECT_H
#define DYNFAULT_PASSES_TORCH_CONVERSIONDIALECT_H

#include "passes/torch/TorchTypes.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "passes/torch/ConversionDialect.h.inc"

#define GET_OP_CLASSES
#include "passes/torch/ConversionOps.h.inc"

#endif // DYNFAULT_PASSES_TORCH_CONVERSIONDIALECT_H
