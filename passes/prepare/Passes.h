//===- Passes.h - From an imported module to a program ----------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_PREPARE_PASSES_H
#define DYNFAULT_PASSES_PREPARE_PASSES_H

#include "passes/prepare/Prepare.h"
#include "passes/program/ProgramDialect.h"
#include "passes/torch/TorchDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace dynfault::prepare {

#define GEN_PASS_DECL
#include "passes/prepare/Passes.h.inc"

} // namespace dynfault::prepare

#endif // DYNFAULT_PASSES_PREPARE_PASSES_H
