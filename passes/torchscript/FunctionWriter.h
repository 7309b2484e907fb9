//===- FunctionWriter.h - A function becomes a method -----------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_FUNCTIONWRITER_H
#define DYNFAULT_PASSES_TORCHSCRIPT_FUNCTIONWRITER_H

#include "passes/torchscript/GraphWriter.h"
#include "passes/torchscript/ModuleWriter.h"

#include "llvm/ADT/StringSet.h"

namespace dynfault::torchscript {

/// Names of attributes of the root module that are not slots.
inline constexpr llvm::StringLiteral kTraining = "training";
inline constexpr llvm::StringLiteral kRecorder = "recorder";
inline constexpr llvm::StringLiteral kStepsDone = "steps_done";
inline constexpr llvm::StringLiteral kOptimizerSteps = "optimizer_steps";
inline constexpr llvm::StringLiteral kOptimizer = "optimizer";
inline constexpr llvm::StringLiteral kLearningRate = "learning_rate";
inline constexpr llvm::StringLiteral kStepsPerEpoch = "steps_per_epoch";

/// Writes one graph, a method of the root module of a globalised program:
/// global slots are attributes, and functions are methods of the one object.
class FunctionWriter : public GraphWriter {
public:
  FunctionWriter(ModuleWriter &module, const program::Program &program);

  using GraphWriter::addInput;
  /// Adds an input of type Tensor and maps `value` to it.
  void addInput(mlir::Value value, llvm::StringRef name) {
    addInput(value, name, c10::TensorType::get());
  }

  mlir::LogicalResult writeBlock(mlir::Block &block) override;

  /// Appends `begin_forward` to the model of a probed program
  /// (docs/existing-scripts.md).
  mlir::LogicalResult writeForwardBegin(mlir::func::FuncOp forward);

  /// Defines the method with the graph written so far.
  void finish(llvm::StringRef methodName, jit::Value *result);
  /// The same with names and default values of the arguments; without results
  /// it returns None.
  void finish(const c10::FunctionSchema &schema, mlir::ValueRange results);

protected:
  mlir::LogicalResult write(mlir::Operation *op) override;

  /// Reads a dotted attribute, submodules included, once per block. For what
  /// changes within a graph use insertGetAttr.
  jit::Value *readAttribute(llvm::StringRef name);
  void writeAttribute(llvm::StringRef name, jit::Value *value);

  ModuleWriter &module;
  const program::Program &program;
  jit::Value *self;

private:
  mlir::LogicalResult writeCall(mlir::func::CallOp op);
  mlir::LogicalResult writeSlotGet(torch::GlobalSlotGetOp op);

  llvm::StringMap<jit::Value *> attributes;
  /// Slots that some function writes, so that each read is a read.
  llvm::StringSet<> writtenSlots;
};

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_FUNCTIONWRITER_H
