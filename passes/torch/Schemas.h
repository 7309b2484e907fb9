//===- Schemas.h - Operator schemas of PyTorch ------------------*- C++ -*-===//
//
// What PyTorch declares about its operators: names, arguments, results. The
// table is generated (tools/update-schemas) and holds several releases, because
// files of any of them are read.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCH_SCHEMAS_H
#define DYNFAULT_PASSES_TORCH_SCHEMAS_H

#include "mlir/IR/Types.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace dynfault::torch {

/// The PyTorch releases of the table, e.g. `1.13.1`; at most 8.
llvm::ArrayRef<llvm::StringLiteral> getSchemaVersions();

/// One overload as some of the releases declare it.
struct Schema {
  /// Bit i: `getSchemaVersions()[i]` has it.
  unsigned versions;
  /// As PyTorch prints it: `aten::relu(Tensor self) -> Tensor`.
  llvm::StringRef text;

  /// `PyTorch 1.13.1 and 2.6.0`.
  std::string getVersionNames() const;
};

/// All schemas of the operator that torch-mlir calls `name`, `aten.add.Tensor`;
/// none where no release of the table has it. Releases that declare it
/// differently give several. O(log n).
llvm::SmallVector<Schema, 2> findSchemas(llvm::StringRef name);

/// An argument or a result.
struct SchemaArgument {
  /// `Tensor?`, `int[2]`, `Tensor(a!)`.
  llvm::StringRef type;
  /// Empty for most results.
  llvm::StringRef name;
  bool hasDefault = false;
};

/// A schema's text taken apart.
struct Signature {
  llvm::SmallVector<SchemaArgument, 8> arguments, results;
  /// Ends in `...`: any further arguments or results.
  bool isVariadic = false, returnsAnything = false;
};

/// Takes a schema of the table apart.
Signature parseSignature(llvm::StringRef schema);

/// Whether a value of type `type` can be given for an argument that PyTorch
/// declares as `schemaType`, or be the result of one. As torch-mlir has it:
/// enumerations (ScalarType, Layout, MemoryFormat) are integers, symbolic
/// integers are plain ones, a value may stand for an optional of its type.
/// Types that only PyTorch's runtime knows, and type variables, take any value.
bool isOfSchemaType(mlir::Type type, llvm::StringRef schemaType);

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_SCHEMAS_H
