//===- ValueWriter.h - Operations become TorchScript values -----*- C++ -*-===//
//
// What stands at module level (an object graph) or in the module initialiser of
// a globalised module runs once, here: it makes the values that an archive
// stores.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_VALUEWRITER_H
#define DYNFAULT_PASSES_TORCHSCRIPT_VALUEWRITER_H

#include "passes/torchscript/TypeConversion.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"

namespace dynfault::torchscript {

/// The literal's values as a tensor. It refers to the module's or to a mapped
/// file's memory where it can, so it must not be written to and not outlive
/// them. `requires_grad` is set as the literal says.
mlir::FailureOr<at::Tensor> readLiteral(mlir::Operation *op,
                                        mlir::ElementsAttr elements);

/// A Python constant of type `type`; nothing where the attribute is none.
std::optional<jit::IValue> toIValue(mlir::Attribute value,
                                    const jit::TypePtr &type);

class ValueWriter {
public:
  explicit ValueWriter(TypeReader &types) : types(types) {}

  /// Runs one operation. Errors are reported at it.
  mlir::LogicalResult write(mlir::Operation *op);

  const jit::IValue &lookup(mlir::Value value) const {
    return values.find(value)->second;
  }

private:
  mlir::FailureOr<jit::IValue> evaluate(mlir::Operation *op);
  mlir::FailureOr<jit::IValue> makeTensor(mlir::Operation *op,
                                          mlir::ElementsAttr elements);
  mlir::FailureOr<jit::IValue> makeObject(torch::NnModuleOp op);
  mlir::FailureOr<jit::IValue> makeContainer(mlir::Operation *op);

  TypeReader &types;
  llvm::DenseMap<mlir::Value, jit::IValue> values;
  /// Storages that several literals show, by name.
  llvm::StringMap<at::Tensor> storages;
};

/// The type of an operation's only result.
jit::TypePtr readResultType(TypeReader &types, mlir::Operation *op);

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_VALUEWRITER_H
