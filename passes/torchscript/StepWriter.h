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

private:
  // No operator of the library changes a list, so each is built once.
  jit::Value *parameters();
  jit::Value *parameterNames();
  /// The buffers of one state of the optimizer, in the parameters' order.
  jit::Value *state(llvm::StringRef name);
  mlir::LogicalResult writeUpdate(program::OptimizerStepOp op);
  mlir::LogicalResult writeCurvature(program::ProbeCurvatureOp op);

  jit::Value *parameterList = nullptr;
  llvm::StringMap<jit::Value *> stateLists;
};

/// Names of the optimizer's states, e.g. `exp_avg` and `exp_avg_sq`; the first
/// and second moment, either empty where the optimizer has none.
struct OptimizerState {
  llvm::StringRef firstMoment, secondMoment;
};
OptimizerState getOptimizerState(program::OptimizerAttr optimizer);

/// Writes `reset_parameters` (docs/archive.md).
mlir::LogicalResult writeResetParameters(ModuleWriter &module,
                                         const program::Program &program);

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_STEPWRITER_H
