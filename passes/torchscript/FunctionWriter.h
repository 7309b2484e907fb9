//===- FunctionWriter.h - MLIR operations become graph nodes ----*- C++ -*-===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_FUNCTIONWRITER_H
#define DYNFAULT_PASSES_TORCHSCRIPT_FUNCTIONWRITER_H

#include "passes/torchscript/ModuleWriter.h"
#include "passes/torchscript/TypeConversion.h"

#include "llvm/ADT/DenseMap.h"

namespace dynfault::torchscript {

/// Names of attributes of the root module that are not slots.
inline constexpr llvm::StringLiteral kTraining = "training";
inline constexpr llvm::StringLiteral kRecorder = "recorder";
inline constexpr llvm::StringLiteral kStepsDone = "steps_done";
inline constexpr llvm::StringLiteral kOptimizerSteps = "optimizer_steps";
inline constexpr llvm::StringLiteral kOptimizer = "optimizer";

/// Writes one graph, a method of the root module. Errors are reported at the
/// operation that has no counterpart.
class FunctionWriter {
public:
  FunctionWriter(ModuleWriter &module, const program::Program &program);
  virtual ~FunctionWriter() = default;

  /// Adds an input of type Tensor and maps `value` to it.
  void addInput(mlir::Value value, llvm::StringRef name);

  /// Appends all operations of the block but its terminator.
  mlir::LogicalResult writeBlock(mlir::Block &block);

  /// Defines the method with the graph written so far.
  void finish(llvm::StringRef methodName, jit::Value *result);

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
  /// Reads a dotted attribute, submodules included, once per graph. For what
  /// changes within a graph use insertGetAttr.
  jit::Value *readAttribute(llvm::StringRef name);
  void writeAttribute(llvm::StringRef name, jit::Value *value);
  jit::Value *tensorList(llvm::ArrayRef<jit::Value *> tensors);

  ModuleWriter &module;
  const program::Program &program;
  std::shared_ptr<jit::Graph> graph;
  jit::Value *self;

private:
  mlir::LogicalResult writeTorchOp(mlir::Operation *op);
  mlir::LogicalResult writeCall(mlir::func::CallOp op);
  mlir::LogicalResult writeList(torch::PrimListConstructOp op);
  mlir::LogicalResult writeSlotGet(torch::GlobalSlotGetOp op);
  mlir::LogicalResult writeLiteral(mlir::Operation *op,
                                   mlir::ElementsAttr elements);

  llvm::DenseMap<mlir::Value, jit::Value *> values;
  llvm::StringMap<jit::Value *> attributes;
  llvm::SmallVector<jit::Value *> outputs;
};

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_FUNCTIONWRITER_H
