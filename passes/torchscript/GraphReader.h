//===- GraphReader.h - A TorchScript graph becomes a function ---*- C++ -*-===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_GRAPHREADER_H
#define DYNFAULT_PASSES_TORCHSCRIPT_GRAPHREADER_H

#include "passes/torchscript/ModuleReader.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dynfault::torchscript {

class GraphReader {
public:
  GraphReader(ModuleReader &module, mlir::Location fileLoc)
      : module(module), builder(fileLoc.getContext()), fileLoc(fileLoc) {}

  /// Fills the body of `target`, whose type is the schema's.
  mlir::LogicalResult read(jit::Graph &graph, mlir::func::FuncOp target);

private:
  /// Appends the nodes of `block` and returns its results.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> readNodes(jit::Block &block);
  mlir::LogicalResult readNode(jit::Node *node);
  mlir::LogicalResult readConstant(jit::Node *node);
  mlir::LogicalResult readIf(jit::Node *node);
  mlir::LogicalResult readLoop(jit::Node *node);
  mlir::LogicalResult readCallFunction(jit::Node *node);
  mlir::LogicalResult readCallMethod(jit::Node *node);
  mlir::LogicalResult readContainer(jit::Node *node);
  mlir::LogicalResult readOperator(jit::Node *node);

  /// Maps the node's outputs to the results of `op`.
  void define(jit::Node *node, mlir::Operation *op);
  mlir::Operation *create(jit::Node *node, llvm::StringRef name,
                          llvm::ArrayRef<mlir::NamedAttribute> attributes = {});
  llvm::SmallVector<mlir::Value> getInputs(jit::Node *node);
  llvm::SmallVector<mlir::Type> getTypes(at::ArrayRef<jit::Value *> values);
  /// The Python line, from the archive's debug information.
  mlir::Location getLocation(jit::Node *node);

  ModuleReader &module;
  mlir::OpBuilder builder;
  mlir::Location fileLoc;
  llvm::DenseMap<jit::Value *, mlir::Value> values;
};

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_GRAPHREADER_H
