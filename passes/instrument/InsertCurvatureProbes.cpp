//===- InsertCurvatureProbes.cpp - Probes of the loss's curvature ---------===//
//
// The probe runs a forward of its own and puts back the random state and the
// running statistics that it touched. That must happen before the step's own
// forward: autograd refuses to go back through tensors that changed since.
//
//===----------------------------------------------------------------------===//

#include "passes/instrument/Passes.h"
#include "passes/instrument/ProbeSites.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::instrument;

namespace dynfault::instrument {
#define GEN_PASS_DEF_INSERTCURVATUREPROBES
#include "passes/instrument/Passes.h.inc"
} // namespace dynfault::instrument

namespace {
class InsertCurvatureProbes
    : public dynfault::instrument::impl::InsertCurvatureProbesBase<
          InsertCurvatureProbes> {
  using InsertCurvatureProbesBase::InsertCurvatureProbesBase;

  void runOnOperation() override {
    if (failed(insert()))
      signalPassFailure();
  }

  LogicalResult insert();
};
} // namespace

LogicalResult InsertCurvatureProbes::insert() {
  ModuleOp module = getOperation();
  auto refuse = [&](StringRef what) {
    return module.emitError() << "dynfault-insert-curvature-probes: " << what;
  };
  if (lanczosSteps < 1)
    return refuse("lanczos-steps must be at least 1");
  if (traceSamples < 2)
    return refuse("trace-samples must be at least 2, for a standard error");
  if (rows < 0)
    return refuse("rows must not be negative");
  if (lanczosStop != "residual" && lanczosStop != "error")
    return refuse("lanczos-stop must be 'residual' or 'error'");
  if (batch != "fixed" && batch != "current")
    return refuse("batch must be 'fixed' or 'current'");
  if (mode != "train" && mode != "eval")
    return refuse("mode must be 'train' or 'eval'");
  program::Program program(module);
  auto schedule = ProbeSchedule::create(
      program, getArgument(), {every, warmUp, epochs}, samples, minEvery);
  if (failed(schedule))
    return failure();
  auto step = getInstrumentableStep(program, getArgument());
  if (failed(step))
    return failure();
  if (!program.getForward() || !program.getLoss())
    return refuse("needs the functions @forward and @loss");
  eraseAll<program::ProbeCurvatureOp>(*step);

  auto builder = OpBuilder::atBlockBegin(&step->getBody().front());
  SmallVector<StringRef> names(quantities.begin(), quantities.end());
  builder.create<program::ProbeCurvatureOp>(
      step->getLoc(), step->getInput(), step->getTarget(), lanczosSteps,
      traceSamples, seed, batch == "fixed", mode == "train",
      builder.getStrArrayAttr(names), traceEstimator,
      llvm::APFloat(static_cast<double>(tolerance)), lanczosStop, rows,
      schedule->every, schedule->warmUp, schedule->epochs);
  return success();
}
