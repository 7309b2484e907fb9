//===- ObjectWriter.h - An object graph becomes a module --------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_OBJECTWRITER_H
#define DYNFAULT_PASSES_TORCHSCRIPT_OBJECTWRITER_H

#include "passes/torchscript/TypeConversion.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace dynfault::torchscript {

/// Whether the module is in torch-mlir's object-graph form.
bool isObjectGraph(mlir::ModuleOp module);

/// Writes a module in that form: classes with their names, attributes,
/// constants, methods and hooks, and the objects with what they share.
class ObjectWriter {
public:
  explicit ObjectWriter(mlir::ModuleOp module);

  /// The root object. Errors are reported at the operation that causes them.
  mlir::FailureOr<jit::Module> write();

  /// The function of that symbol, written on its first use. `op` uses it.
  mlir::FailureOr<jit::Function *> getFunction(mlir::Operation *op,
                                               llvm::StringRef symbol);

private:
  mlir::LogicalResult declareClasses();
  mlir::LogicalResult declareNamedTuple(torch::ClassTypeOp op);
  mlir::LogicalResult declareEnum(torch::ClassTypeOp op);
  mlir::LogicalResult addMembers(torch::ClassTypeOp op);
  mlir::LogicalResult addInterfaceMethods(torch::ClassTypeOp op);
  mlir::LogicalResult addMethods(torch::ClassTypeOp op);
  mlir::FailureOr<torch::NnModuleOp> findRoot();
  jit::TypePtr readType(torch::AttrOp op);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  std::shared_ptr<jit::CompilationUnit> unit;
  TypeReader types;
  /// Functions that are done; null for those that are being written.
  llvm::StringMap<jit::Function *> functions;
  /// Qualified names of methods, by the symbols of their functions.
  llvm::StringMap<std::string> methodNames;
};

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_OBJECTWRITER_H
