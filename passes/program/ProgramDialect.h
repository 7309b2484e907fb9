//===- ProgramDialect.h - The dynfault dialect ------------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_PROGRAM_PROGRAMDIALECT_H
#define DYNFAULT_PASSES_PROGRAM_PROGRAMDIALECT_H

#include "passes/torch/TorchTypes.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/StringMap.h"

namespace dynfault::program {
class SafetensorsFile;
} // namespace dynfault::program

#include "passes/program/ProgramDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "passes/program/ProgramAttrs.h.inc"

#include "passes/program/ProgramInterfaces.h.inc"

#define GET_OP_CLASSES
#include "passes/program/ProgramOps.h.inc"

#endif // DYNFAULT_PASSES_PROGRAM_PROGRAMDIALECT_H
