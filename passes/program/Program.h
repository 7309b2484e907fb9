//===- Program.h - A module seen as a DL program ----------------*- C++ -*-===//
//
// A program is a module with a `@forward`, a `@loss`, one training step, one
// data set and one schedule. Passes ask this view for the parts and get an
// error that says what is missing and how to add it.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_PROGRAM_PROGRAM_H
#define DYNFAULT_PASSES_PROGRAM_PROGRAM_H

#include "passes/program/ProgramDialect.h"
#include "passes/torch/TorchOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dynfault::program {

class Program {
public:
  explicit Program(mlir::ModuleOp module);

  mlir::ModuleOp getModule() const { return module; }

  // The parts; null where the module has none.
  mlir::func::FuncOp getForward() const { return forward; }
  mlir::func::FuncOp getLoss() const { return loss; }
  DatasetOp getDataset() const { return dataset; }
  TrainingStepOp getTrainingStep() const { return trainingStep; }
  ScheduleOp getSchedule() const { return schedule; }

  /// The tensor slots that the optimizer trains, in the module's order.
  llvm::ArrayRef<torch::GlobalSlotOp> getParameters() const {
    return parameters;
  }

  /// The step's optimizer update; null where there is no step or no update.
  OptimizerStepOp getOptimizerStep() const;

  /// `classification`, `regression`, or empty.
  llvm::StringRef getTask() const;

  /// Reports, at the module, the first part that a trainable program needs and
  /// this one has not, or that it has twice.
  mlir::LogicalResult verifyTrainable() const;

private:
  mlir::ModuleOp module;
  mlir::func::FuncOp forward, loss;
  DatasetOp dataset;
  TrainingStepOp trainingStep;
  ScheduleOp schedule;
  llvm::SmallVector<torch::GlobalSlotOp> parameters;
};

/// A floating-point tensor slot that the optimizer trains: not marked as a
/// buffer (`dynfault.buffer`), as a plain tensor attribute
/// (`dynfault.attribute`), or as frozen (`dynfault.requires_grad = false`).
bool isParameter(torch::GlobalSlotOp slot);

} // namespace dynfault::program

#endif // DYNFAULT_PASSES_PROGRAM_PROGRAM_H
