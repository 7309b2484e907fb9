//===- InsertGradientProbes.cpp - Probes of gradients and weights ---------===//
//
// After the last backward and before clipping: what the loss asked for, not
// what clipping left of it.
//
//===----------------------------------------------------------------------===//

#include "passes/instrument/Passes.h"
#include "passes/instrument/ProbeSites.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::instrument;

namespace dynfault::instrument {
#define GEN_PASS_DEF_INSERTGRADIENTPROBES
#include "passes/instrument/Passes.h.inc"
} // namespace dynfault::instrument

namespace {
class InsertGradientProbes
    : public dynfault::instrument::impl::InsertGradientProbesBase<
          InsertGradientProbes> {
  using InsertGradientProbesBase::InsertGradientProbesBase;

  void runOnOperation() override {
    if (failed(insert()))
      signalPassFailure();
  }

  LogicalResult insert();
};
} // namespace

LogicalResult InsertGradientProbes::insert() {
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
  eraseAll<program::ProbeGradientsOp>(*step);

  program::BackwardOp last;
  for (auto backward : step->getBody().getOps<program::BackwardOp>())
    last = backward;
  if (!last)
    return step->emitOpError("has no 'dynfault.backward', so there are no "
                             "gradients to probe");
  OpBuilder builder(last);
  builder.setInsertionPointAfter(last);
  builder.create<program::ProbeGradientsOp>(last.getLoc(), *chosen,
                                            schedule->every, schedule->warmUp,
                                            schedule->epochs);
  return success();
}
