//===- Prepare.h - From an imported module to a program ---------*- C++ -*-===//
//
// Operators, probes and reports work on global slots and flat functions. What
// a TorchScript reader brings in is an object graph; this is the way over.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_PREPARE_PREPARE_H
#define DYNFAULT_PASSES_PREPARE_PREPARE_H

#include "mlir/IR/BuiltinOps.h"

namespace dynfault::prepare {

/// Registers `--dynfault-globalize` and `--dynfault-simplify`.
void registerPasses();

/// Whether the module holds `torch.nn_module` objects.
bool isObjectGraph(mlir::ModuleOp module);

/// Replaces the object graph by global slots and functions without calls.
/// Reports at the operation that cannot be expressed; the module is then
/// unchanged. A module without objects is left as it is.
mlir::LogicalResult globalize(mlir::ModuleOp module);

/// Removes scripting's additions from all functions. Never fails, and changes
/// no result of a call that raises no exception.
void simplify(mlir::ModuleOp module);

/// What passes and reports call first: globalizes and simplifies an object
/// graph (a module in any other form is left as it is), and gives every
/// operation its site (passes/program/Sites.h).
mlir::LogicalResult prepareProgram(mlir::ModuleOp module);

} // namespace dynfault::prepare

#endif // DYNFAULT_PASSES_PREPARE_PREPARE_H
