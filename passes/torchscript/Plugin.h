//===- Plugin.h - Loads the TorchScript plug-in -----------------*- C++ -*-===//
//
// Reading and writing archives needs LibTorch, which takes half a second to
// load. So it lives in a library of its own that is loaded on the first use.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_PLUGIN_H
#define DYNFAULT_PASSES_TORCHSCRIPT_PLUGIN_H

#include "mlir/IR/BuiltinOps.h"

namespace dynfault::torchscript {

/// Writes the program as an instrumented archive (docs/archive.md) to `path`,
/// which is replaced only when the whole archive is written. Errors are
/// reported at the operation that causes them.
mlir::LogicalResult writeArchive(mlir::ModuleOp module, llvm::StringRef path);

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_PLUGIN_H
