//===- StepWriter.h - The training step as a method -------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_STEPWRITER_H
#define DYNFAULT_PASSES_TORCHSCRIPT_STEPWRITER_H

#include "passes/torchscript/FunctionWriter.h"

namespace dynfault::torchscript {

/// Writes `training_step`: gradients, clipping and optimizer update become
/// operators of the runtime's library (docs/archive.md).
class StepWriter : public FunctionWriter {
public:
  using FunctionWriter::FunctionWriter;

  mlir::LogicalResult writeStep(program::TrainingStepOp step, bool hasProbes);

protected:
  mlir::LogicalResult write(mlir::Operation *op) override;

  /// The learning rate of this step, after its schedule.
  mlir::FailureOr<jit::Value *> learningRate(mlir::Operation *op);

private:
  // No operator of the library changes a list, so each is built once.
  jit::Value *parameters();
  /// The parameters that the optimizer has.
  jit::Value *trainedParameters();
  /// The buffers of one state of the optimizer, in the parameters' order; of
  /// trained parameters only, or of all. No name: an empty list.
  jit::Value *state(llvm::StringRef name, bool trainedOnly);
  /// The same for some parameters, trained or not; built anew.
  jit::Value *stateOf(llvm::StringRef name,
                      llvm::ArrayRef<dynfault::torch::GlobalSlotOp> slots);
  /// A list of the slots' tensors, each name with the prefix.
  jit::Value *slotValues(llvm::ArrayRef<dynfault::torch::GlobalSlotOp> slots,
                         llvm::StringRef prefix);
  /// A probe of some parameters, with its schedule as last operands.
  template <typename ProbeT>
  mlir::LogicalResult writeParameterProbe(ProbeT op, llvm::StringRef name,
                                          bool takesNames, bool takesState);
  /// The optimizer's updates so far of each parameter; 0 of a frozen one.
  mlir::FailureOr<jit::Value *> updateCounts(mlir::Operation *op);
  mlir::LogicalResult writeUpdate(program::OptimizerStepOp op);
  mlir::LogicalResult writeCurvature(program::ProbeCurvatureOp op);

  jit::Value *parameterList = nullptr;
  jit::Value *trainedList = nullptr;
  jit::Value *rate = nullptr;
  llvm::StringMap<jit::Value *> stateLists;
};

/// Names of the optimizer's states in the order of its operator's arguments,
/// e.g. `exp_avg` and `exp_avg_sq`; empty for an argument that is not used. And
/// which of them are the first and the second moment, if any.
struct OptimizerState {
  llvm::SmallVector<llvm::StringRef, 3> names;
  llvm::StringRef firstMoment, secondMoment;
};
OptimizerState getOptimizerState(program::OptimizerAttr optimizer);

/// The states that have a buffer for each parameter, one more for gradients of
/// the step before included where the step delays them.
llvm::SmallVector<llvm::StringRef>
getStateBuffers(const program::Program &program);

/// Writes `learning_rate_now` (docs/archive.md).
mlir::LogicalResult writeLearningRate(ModuleWriter &module,
                                      const program::Program &program);

/// Writes `reset_parameters` (docs/archive.md).
mlir::LogicalResult writeResetParameters(ModuleWriter &module,
                                         const program::Program &program);

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_STEPWRITER_H
