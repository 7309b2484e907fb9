//===- Passes.cpp - Registers the probe passes ----------------------------===//

#include "passes/instrument/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::instrument;

namespace dynfault::instrument {
#define GEN_PASS_REGISTRATION
#include "passes/instrument/Passes.h.inc"
} // namespace dynfault::instrument

FailureOr<program::TrainingStepOp>
dynfault::instrument::getInstrumentableStep(const program::Program &program,
                                            StringRef pass) {
  program::TrainingStepOp step = program.getTrainingStep();
  if (step && program.getOptimizerStep())
    return step;
  ModuleOp module = program.getModule();
  module.emitError() << pass
                     << " needs a 'dynfault.training_step' with a "
                        "'dynfault.optimizer_step'; the module has none";
  return failure();
}

namespace {
struct InstrumentOptions : PassPipelineOptions<InstrumentOptions> {
  Option<int64_t> every{
      *this, "every", llvm::cl::init(10),
      llvm::cl::desc("Training steps between samples of activations, gradients "
                     "and optimizer state, default 10")};
  Option<int64_t> curvatureEvery{
      *this, "curvature-every", llvm::cl::init(50),
      llvm::cl::desc(
          "Training steps between samples of curvature, default 50")};
};
} // namespace

void dynfault::instrument::registerPasses() {
  registerInstrumentPasses();
  PassPipelineRegistration<InstrumentOptions>(
      "dynfault-instrument", "Insert all four probe families",
      [](OpPassManager &manager, const InstrumentOptions &options) {
        InsertActivationProbesOptions activation;
        activation.every = options.every;
        manager.addPass(createInsertActivationProbes(activation));
        InsertGradientProbesOptions gradient;
        gradient.every = options.every;
        manager.addPass(createInsertGradientProbes(gradient));
        InsertOptimizerProbesOptions optimizer;
        optimizer.every = options.every;
        manager.addPass(createInsertOptimizerProbes(optimizer));
        InsertCurvatureProbesOptions curvature;
        curvature.every = options.curvatureEvery;
        manager.addPass(createInsertCurvatureProbes(curvature));
      });
}
