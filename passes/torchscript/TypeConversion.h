//===- TypeConversion.h - Types of both worlds ------------------*- C++ -*-===//
//
// The torch dialect has no named tuples, enumerations or complex numbers. Where
// its type says less than TorchScript's, the difference stands beside it as an
// attribute in TorchScript's own spelling, so that nothing is lost on the way
// back.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_TYPECONVERSION_H
#define DYNFAULT_PASSES_TORCHSCRIPT_TYPECONVERSION_H

#include <torch/script.h>

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

#include "passes/torch/TorchOps.h"

namespace dynfault::torchscript {

// `torch` inside dynfault is the dialect, not LibTorch.
namespace jit = ::torch::jit;

/// TorchScript's type where an operation's only result, an argument or an
/// attribute has a less exact one: a string. `kTypes` is an array of them, for
/// several results; an empty string stands for a result that needs none.
inline constexpr llvm::StringLiteral kType = "dynfault.type";
inline constexpr llvm::StringLiteral kTypes = "dynfault.types";

/// PyTorch's element type, or nothing where it has none.
std::optional<at::ScalarType> getScalarType(mlir::Type dtype);

/// The dialect's element type, or null where it has none (quantized types).
mlir::Type getElementType(mlir::MLIRContext *context, at::ScalarType dtype);

/// The torch dialect's type; `!torch.any` where it has none.
mlir::Type convertType(mlir::MLIRContext *context, const jit::TypePtr &type);

/// What `convertType` loses, in TorchScript's spelling; empty where it loses
/// nothing.
std::string getExactType(const jit::TypePtr &type);

/// The way back. Named types are those of one compilation unit.
class TypeReader {
public:
  explicit TypeReader(std::shared_ptr<jit::CompilationUnit> unit);

  /// TorchScript's type, or null where there is none. `exact` is the attribute
  /// that `getExactType` gave, or null.
  jit::TypePtr read(mlir::Type type, mlir::Attribute exact = {});
  /// Parses TorchScript's spelling; null where it is none.
  jit::TypePtr parse(llvm::StringRef text);

private:
  std::shared_ptr<jit::CompilationUnit> unit;
  std::shared_ptr<jit::Resolver> resolver;
};

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_TYPECONVERSION_H
