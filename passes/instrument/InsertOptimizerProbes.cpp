//===- InsertOptimizerProbes.cpp - Probes of the optimizer ----------------===//
//
// The update is the difference of the parameters after and before the
// optimizer's step, so it is right for every optimizer, weight decay included.
// What clipping did is measured likewise, where there is clipping.
//
//===----------------------------------------------------------------------===//

#include "passes/instrument/Passes.h"
#include "passes/instrument/ProbeSites.h"

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
  program::Program program(module);
  auto step = getInstrumentableStep(program, getArgument());
  if (failed(step))
    return failure();
  auto schedule = ProbeSchedule::create(
      program, getArgument(), {every, warmUp, epochs}, samples, minEvery);
  auto chosen =
      ProbeSites::chooseParameters(program, getArgument(), parameters);
  if (failed(schedule) || failed(chosen))
    return failure();
  eraseAll<program::SnapshotGradientsOp>(*step);
  eraseAll<program::SnapshotParametersOp>(*step);
  eraseAll<program::ProbeOptimizerOp>(*step);

  program::OptimizerStepOp update = program.getOptimizerStep();
  OpBuilder builder(update);
  auto insert = [&](auto tag) {
    builder.create<decltype(tag)>(update.getLoc(), *chosen, schedule->every,
                                  schedule->warmUp, schedule->epochs);
  };
  insert(program::SnapshotParametersOp());
  builder.setInsertionPointAfter(update);
  insert(program::ProbeOptimizerOp());
  for (Operation &op : *update->getBlock()) {
    if (&op == update)
      break;
    if (!isa<program::ClipGradNormOp, program::ClipGradValueOp>(op))
      continue;
    builder.setInsertionPoint(&op);
    insert(program::SnapshotGradientsOp());
    break;
  }
  return success();
}
