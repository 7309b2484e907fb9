//===- ModuleReader.h - A TorchScript module becomes IR ---------*- C++ -*-===//
//
// The object-graph form of torch-mlir: a class_type for each class, a private
// function for each method, and at module level an nn_module for each object.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_MODULEREADER_H
#define DYNFAULT_PASSES_TORCHSCRIPT_MODULEREADER_H

#include "passes/torchscript/TypeConversion.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

namespace dynfault::torchscript {

class ModuleReader {
public:
  /// Fills the empty `module`. `fileName` is the archive's, for locations.
  ModuleReader(mlir::ModuleOp module, llvm::StringRef fileName);

  /// Errors name the attribute or function that has no counterpart.
  mlir::LogicalResult read(const jit::Module &root);

  /// The type in the dialect. Classes that it names will be read.
  mlir::Type convert(const jit::TypePtr &type);

  /// The symbol of a function, which will be read.
  std::string getSymbol(jit::Function &function);

  /// The operation that makes `value`, at the builder's place; `name` is the
  /// attribute's path or says where the value stands. Fails with an error at
  /// `loc`.
  mlir::FailureOr<mlir::Value> makeConstant(mlir::OpBuilder &builder,
                                            mlir::Location loc,
                                            const jit::IValue &value,
                                            llvm::StringRef name);

  /// A Python constant (number, string, None, sequence of these) as an
  /// attribute, or null.
  mlir::Attribute toAttribute(const jit::IValue &value);

private:
  void collectTensors(const jit::IValue &value);
  mlir::FailureOr<mlir::Value> readValue(const jit::IValue &value,
                                         const jit::TypePtr &type,
                                         const std::string &path);
  mlir::FailureOr<mlir::Value> readObject(const jit::IValue &value,
                                          const std::string &path);
  mlir::FailureOr<mlir::Value> readTensor(mlir::OpBuilder &builder,
                                          mlir::Location loc,
                                          const at::Tensor &tensor,
                                          llvm::StringRef name);
  mlir::FailureOr<mlir::Value> refuse(mlir::Location loc, llvm::StringRef name,
                                      const llvm::Twine &type);

  mlir::LogicalResult readClass(const c10::NamedTypePtr &type);
  mlir::LogicalResult readClass(c10::ClassType &type);
  mlir::LogicalResult readNamedTuple(c10::TupleType &type);
  mlir::LogicalResult readInterface(c10::InterfaceType &type);
  mlir::LogicalResult readEnum(c10::EnumType &type);
  mlir::Block *addClassType(llvm::StringRef name, llvm::StringRef kind,
                            llvm::ArrayRef<mlir::NamedAttribute> attributes);
  mlir::LogicalResult readFunction(jit::Function &function,
                                   llvm::StringRef symbol);
  mlir::Location at(llvm::StringRef path);

  mlir::ModuleOp module;
  /// For values; functions and classes stand before the first one.
  mlir::OpBuilder builder;
  mlir::Location fileLoc;

  llvm::StringSet<> typeNames;
  std::vector<c10::NamedTypePtr> typeQueue;
  llvm::StringSet<> symbols;
  llvm::MapVector<jit::Function *, std::string> functions;

  /// Objects, containers and tensors by identity; a null value stands for one
  /// that is being read.
  llvm::DenseMap<const void *, mlir::Value> identities;
  llvm::StringMap<mlir::Value> scalars;
  /// How many different tensors show a storage, and the name of the first.
  llvm::DenseMap<const void *, unsigned> storageUses;
  llvm::DenseMap<const void *, std::string> storageNames;
  llvm::DenseSet<const void *> visited;
};

/// Sets the attribute that keeps what `convertType` loses of the results.
void setExactTypes(mlir::Operation *op, llvm::ArrayRef<jit::TypePtr> types);

/// `value` as `type`: itself, or widened by a cast.
mlir::Value castTo(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value value, mlir::Type type);

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_MODULEREADER_H
