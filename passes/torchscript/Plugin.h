//===- Plugin.h - Loads the TorchScript plug-in -----------------*- C++ -*-===//
//
// Reading and writing archives needs LibTorch, which takes half a second to
// load. So it lives in a library of its own that is loaded on the first use.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_PLUGIN_H
#define DYNFAULT_PASSES_TORCHSCRIPT_PLUGIN_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MemoryBuffer.h"

namespace dynfault::torchscript {

/// Reads the archive `contents` into the empty `module`, in torch-mlir's
/// object-graph form (docs/archive.md). `fileName` stands in locations and
/// errors; errors name the record inside the archive, or the attribute, that
/// cannot be read. Large tensors become views (`dense_resource`).
mlir::LogicalResult readArchive(llvm::MemoryBuffer &contents,
                                llvm::StringRef fileName,
                                mlir::ModuleOp module);

/// Writes the module as an archive (docs/archive.md) to `path`, which is
/// replaced only when the whole archive is written. Errors are reported at the
/// operation that causes them.
mlir::LogicalResult writeArchive(mlir::ModuleOp module, llvm::StringRef path);

/// Loads a library that registers further PyTorch operators, as
/// `torch.ops.load_library` does. Errors are reported at `loc`.
mlir::LogicalResult loadOperatorLibrary(mlir::Location loc,
                                        llvm::StringRef path);

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_PLUGIN_H
