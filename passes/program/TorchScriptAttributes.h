//===- TorchScriptAttributes.h - What archives say beside -------*- C++ -*-===//
//
// The torch dialect has no place for some of what a TorchScript archive says.
// It stands in these attributes (docs/archive.md), which only the reader and
// the writer of archives use.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_PROGRAM_TORCHSCRIPTATTRIBUTES_H
#define DYNFAULT_PASSES_PROGRAM_TORCHSCRIPTATTRIBUTES_H

#include "mlir/IR/Operation.h"

namespace dynfault::program {

/// Verifies an attribute of that group; nothing for one of another.
std::optional<mlir::LogicalResult>
verifyTorchScriptAttribute(mlir::Operation *op, mlir::NamedAttribute attribute);

} // namespace dynfault::program

#endif // DYNFAULT_PASSES_PROGRAM_TORCHSCRIPTATTRIBUTES_H
