//===- GraphWriter.h - MLIR operations become graph nodes -------*- C++ -*-===//
//
// What every function has, whatever form its module is in: constants,
// containers, branches, loops and operators. Calls and state differ, so
// subclasses write those.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_GRAPHWRITER_H
#define DYNFAULT_PASSES_TORCHSCRIPT_GRAPHWRITER_H

#include "passes/torchscript/TypeConversion.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace dynfault::torchscript {

/// Writes one graph. Errors are reported at the operation that has no
/// counterpart.
class GraphWriter {
public:
  explicit GraphWriter(std::shared_ptr<jit::CompilationUnit> unit);
  virtual ~GraphWriter() = default;

  /// Adds an input and maps `value` to it.
  void addInput(mlir::Value value, llvm::StringRef name,
                const jit::TypePtr &type);

  /// Appends all operations of the block but its terminator.
  virtual mlir::LogicalResult writeBlock(mlir::Block &block);

  jit::Value *lookup(mlir::Value value) const { return values.lookup(value); }

protected:
  /// Appends one operation.
  virtual mlir::LogicalResult write(mlir::Operation *op);

  /// Appends `name operands` with the schema of that name and overload and
  /// returns its outputs. Reports at `op` where LibTorch knows no such schema
  /// or the operands do not match it.
  mlir::FailureOr<llvm::ArrayRef<jit::Value *>>
  append(mlir::Operation *op, llvm::StringRef name, llvm::StringRef overload,
         llvm::ArrayRef<jit::Value *> operands);

  /// The same for an operation without outputs or where they do not matter.
  mlir::LogicalResult appendVoid(mlir::Operation *op, llvm::StringRef name,
                                 llvm::ArrayRef<jit::Value *> operands);

  jit::Value *constant(const jit::IValue &value) {
    return graph->insertConstant(value);
  }
  jit::Value *tensorList(llvm::ArrayRef<jit::Value *> tensors);

  /// The values of the operands.
  llvm::SmallVector<jit::Value *> lookup(mlir::ValueRange range) const;
  void define(mlir::Value value, jit::Value *written) {
    values[value] = written;
  }
  /// Appends a node without schema whose outputs have the types of the results
  /// of `op`, and defines them.
  mlir::FailureOr<jit::Node *> appendNode(mlir::Operation *op, c10::Symbol kind,
                                          llvm::ArrayRef<jit::Value *> inputs);
  /// The type of the result, or null after an error at `op`.
  jit::TypePtr readType(mlir::Operation *op, unsigned result);

  std::shared_ptr<jit::Graph> graph;
  TypeReader types;

private:
  mlir::LogicalResult writeTorchOp(mlir::Operation *op);
  mlir::LogicalResult writeNamedNode(mlir::Operation *op);
  mlir::LogicalResult writeLiteral(mlir::Operation *op,
                                   mlir::ElementsAttr elements);
  mlir::LogicalResult writeIf(torch::PrimIfOp op);
  mlir::LogicalResult writeLoop(torch::PrimLoopOp op);
  /// Fills `to`, and registers the terminator's operands as its results.
  mlir::LogicalResult writeNested(mlir::Block &from, jit::Block *to);

  llvm::DenseMap<mlir::Value, jit::Value *> values;
  llvm::SmallVector<jit::Value *> outputs;
};

/// The schema of a function: names, types and default values of its arguments
/// (`dynfault.name`, `dynfault.type`, `dynfault.default`). With `self`, a first
/// argument of that type is added. Arguments without a name get those of
/// `names`. Fails with an error at `function`.
mlir::FailureOr<c10::FunctionSchema>
readSchema(mlir::func::FuncOp function, llvm::StringRef name, TypeReader &types,
           const jit::TypePtr &self, llvm::ArrayRef<std::string> names = {});

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_GRAPHWRITER_H
