//===- StepRewrites.h - What faults of the optimization share ---*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INJECT_STEPREWRITES_H
#define DYNFAULT_PASSES_INJECT_STEPREWRITES_H

#include "passes/inject/FaultOperator.h"

namespace dynfault::inject {

/// The optimizer update of the training step, under the name `optimizer`.
llvm::SmallVector<FaultSite> findOptimizer(const program::Program &program);

/// The schedule, under the name `schedule`.
llvm::SmallVector<FaultSite> findSchedule(const program::Program &program);

/// The training step, under the name `step`.
llvm::SmallVector<FaultSite> findStep(const program::Program &program);

/// The only operation of a kind in the training step, or null.
template <typename OpT>
OpT getSingle(program::TrainingStepOp step) {
  auto ops = step.getBody().front().template getOps<OpT>();
  if (ops.empty() || std::next(ops.begin()) != ops.end())
    return {};
  return *ops.begin();
}

/// Rounded to 12 digits, so that 0.01 * 0.1 reads 0.001.
mlir::FloatAttr getRoundedAttr(mlir::MLIRContext *context, double value);

/// Puts `optimizer` in and records both.
void setOptimizer(program::OptimizerStepOp step,
                  program::OptimizerAttr optimizer, FaultRecord &record);

/// Whether the optimizer has that parameter.
bool hasParameter(program::OptimizerAttr optimizer, llvm::StringRef name);

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_STEPREWRITES_H
