//===- StepRewrites.cpp - What faults of the optimization share -----------===//

#include "passes/inject/StepRewrites.h"
#include "passes/program/Configuration.h"

#include "mlir/IR/Builders.h"
#include <cstdio>
#include <cstdlib>

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::OptimizerAttr;
using dynfault::program::OptimizerStepOp;
using dynfault::program::Program;

SmallVector<FaultSite> dynfault::inject::findOptimizer(const Program &program) {
  OptimizerStepOp step = program.getOptimizerStep();
  if (!step)
    return {};
  return {{"optimizer", step}};
}

SmallVector<FaultSite> dynfault::inject::findSchedule(const Program &program) {
  auto schedule = program.getSchedule();
  if (!schedule)
    return {};
  return {{"schedule", schedule}};
}

SmallVector<FaultSite> dynfault::inject::findStep(const Program &program) {
  auto step = program.getTrainingStep();
  if (!step)
    return {};
  return {{"step", step}};
}

FloatAttr dynfault::inject::getRoundedAttr(MLIRContext *context, double value) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.12g", value);
  return Builder(context).getF64FloatAttr(std::strtod(digits, nullptr));
}

void dynfault::inject::setOptimizer(OptimizerStepOp step,
                                    OptimizerAttr optimizer,
                                    FaultRecord &record) {
  llvm::raw_string_ostream(record.before) << step.getOptimizer();
  llvm::raw_string_ostream(record.after) << optimizer;
  step.setOptimizerAttr(optimizer);
}

bool dynfault::inject::hasParameter(OptimizerAttr optimizer, StringRef name) {
  return program::findKind(program::getOptimizerKinds(), optimizer.getKind())
      ->find(name);
}
