//===- InsertOptimizerProbes.cpp - Probes of the optimizer ----------------===//
//
// The update is the difference of the parameters after and before the
// optimizer's step, so it is right for every optimizer, weight decay included.
//
//===----------------------------------------------------------------------===//

#include "passes/instrument/Passes.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::instrument;

namespace dynfault::instrument {
#define GEN_PASS_DEF_INSERTOPTIMIZERPROBES
#include "passes/instrument/Passes.h.inc"
} // namespace dynfault::instrument

namespace {
class InsertOptimizerProbes
    : public dynfault::instrument::impl::InsertOptimizerProbesBase<
          InsertOptimizerProbes> {
  using InsertOptimizerProbesBase::InsertOptimizerProbesBase;

  void runOnOperation() override {
    if (failed(insert()))
      signalPassFailure();
  }

  LogicalResult insert();
};
} // namespace

LogicalResult InsertOptimizerProbes::insert() {
  ModuleOp module = getOperation();
  if (every < 1)
    return module.emitError(
        "dynfault-insert-optimizer-probes: every must be at least 1");
  program::Program program(module);
  auto step = getInstrumentableStep(program, getArgument());
  if (failed(step))
    return failure();
  eraseAll<program::SnapshotParametersOp>(*step);
  eraseAll<program::ProbeOptimizerOp>(*step);

  program::OptimizerStepOp update = program.getOptimizerStep();
  OpBuilder builder(update);
  builder.create<program::SnapshotParametersOp>(update.getLoc(), every);
  builder.setInsertionPointAfter(update);
  builder.create<program::ProbeOptimizerOp>(update.getLoc(), every);
  return success();
}
