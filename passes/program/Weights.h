//===- Weights.h - Where the values of literals are -------------*- C++ -*-===//
//
// The weights of a real model are far too large for text. They stand in a file
// next to the module (`#dynfault.external`), or in the module as resources, and
// are copied from one place to the other only when asked to.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_PROGRAM_WEIGHTS_H
#define DYNFAULT_PASSES_PROGRAM_WEIGHTS_H

#include "mlir/IR/BuiltinOps.h"

namespace dynfault::program {

/// The values as PyTorch lays them out: contiguous, little-endian, a byte per
/// Boolean. They lie in the module, in a mapped weights file, or else in
/// `storage`. An error at `op` says why there are none.
mlir::FailureOr<llvm::ArrayRef<char>>
getRawElements(mlir::Operation *op, mlir::ElementsAttr elements,
               llvm::SmallVectorImpl<char> &storage);

/// Writes the values of all resources to `path`, a safetensors file, and lets
/// the literals refer to it. Without resources there is no file.
mlir::LogicalResult externalizeWeights(mlir::ModuleOp module,
                                       llvm::StringRef path);

/// Brings the values of external literals into the module, as views.
mlir::LogicalResult inlineWeights(mlir::ModuleOp module);

/// Lets external literals refer to their files from another folder.
void moveReferences(mlir::ModuleOp module, llvm::StringRef folder);

} // namespace dynfault::program

#endif // DYNFAULT_PASSES_PROGRAM_WEIGHTS_H
