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
/// How often a family is sampled: about so many times in the whole training,
/// but at least so many steps apart.
struct Density {
  int64_t samples, minEvery;
};

/// What the pipeline inserts.
struct Preset {
  StringLiteral name;
  Density others; ///< Of activations, gradients and optimizer state.
  int64_t warmUp;
  Density curvature; ///< 0 samples: none.
  int64_t lanczosSteps, traceSamples;
  StringLiteral lanczosStop;
  int64_t rows;
};

struct InstrumentOptions : PassPipelineOptions<InstrumentOptions> {
  Option<std::string> preset{
      *this, "preset", llvm::cl::init("standard"),
      llvm::cl::desc("How densely to sample: `economy` (no curvature), "
                     "`standard` (default), `full`, `study` (as the corpus of "
                     "docs/results)")};
  Option<int64_t> every{
      *this, "every", llvm::cl::init(-1),
      llvm::cl::desc("Training steps between samples of activations, gradients "
                     "and optimizer state, instead of the preset's number of "
                     "samples")};
  Option<int64_t> curvatureEvery{
      *this, "curvature-every", llvm::cl::init(-1),
      llvm::cl::desc("The same for samples of curvature; works with `economy`, "
                     "too")};
  Option<int64_t> warmUp{
      *this, "warm-up", llvm::cl::init(-1),
      llvm::cl::desc("Steps at the start at which activations, gradients and "
                     "optimizer state are all sampled, default the preset's")};
  Option<int64_t> epochs{
      *this, "epochs", llvm::cl::init(0),
      llvm::cl::desc(
          "Also sample activations, gradients and optimizer state at "
          "the last step of every so many epochs, default 0: none")};
  ListOption<std::string> sites{
      *this, "sites",
      llvm::cl::desc("Only these activations; `*` and `?` are wildcards")};
  ListOption<std::string> parameters{
      *this, "parameters",
      llvm::cl::desc("Only these parameters' gradients and optimizer state")};
};
} // namespace

// What each costs stands in docs/probes.md, "Presets". `study` stays as it is
// for as long as the published corpus does.
static constexpr Preset kPresets[] = {
    {"economy", {16, 25}, 0, {0, 0}, 0, 0, "residual", 0},
    {"standard", {48, 20}, 0, {12, 200}, 4, 2, "error", 16},
    {"full", {256, 1}, 16, {48, 1}, 20, 10, "residual", 0},
    {"study", {48, 1}, 0, {4, 1}, 4, 2, "residual", 0}};

template <typename OptionsT>
static OptionsT makeOptions(int64_t every, const Density &density) {
  OptionsT options;
  // A program that does not say how long it trains gets the pass's default.
  if (every != -1) {
    options.every = every;
  } else {
    options.samples = density.samples;
    options.minEvery = density.minEvery;
  }
  return options;
}

static LogicalResult
addPasses(OpPassManager &manager, const InstrumentOptions &options,
          function_ref<LogicalResult(const Twine &)> emitError) {
  const auto *preset = llvm::find_if(kPresets, [&](const Preset &candidate) {
    return candidate.name == options.preset;
  });
  if (preset == std::end(kPresets))
    return emitError("dynfault-instrument: unknown preset '" + options.preset +
                     "'; known are economy, standard, full, study");
  auto fill = [&](auto passOptions) {
    passOptions.warmUp = options.warmUp == -1 ? preset->warmUp : options.warmUp;
    passOptions.epochs = options.epochs;
    return passOptions;
  };
  auto activation = fill(makeOptions<InsertActivationProbesOptions>(
      options.every, preset->others));
  // The passes copy what the options only point to.
  SmallVector<std::string> sites(options.sites.begin(), options.sites.end());
  SmallVector<std::string> parameters(options.parameters.begin(),
                                      options.parameters.end());
  activation.sites = sites;
  manager.addPass(createInsertActivationProbes(activation));
  auto gradient = fill(
      makeOptions<InsertGradientProbesOptions>(options.every, preset->others));
  gradient.parameters = parameters;
  manager.addPass(createInsertGradientProbes(gradient));
  auto optimizer = fill(
      makeOptions<InsertOptimizerProbesOptions>(options.every, preset->others));
  optimizer.parameters = parameters;
  manager.addPass(createInsertOptimizerProbes(optimizer));
  if (preset->curvature.samples == 0 && options.curvatureEvery == -1)
    return success();
  auto curvature = makeOptions<InsertCurvatureProbesOptions>(
      options.curvatureEvery, preset->curvature);
  if (preset->curvature.samples != 0) {
    curvature.lanczosSteps = preset->lanczosSteps;
    curvature.traceSamples = preset->traceSamples;
    curvature.lanczosStop = preset->lanczosStop.str();
    curvature.rows = preset->rows;
  }
  manager.addPass(createInsertCurvatureProbes(curvature));
  return success();
}

void dynfault::instrument::registerPasses() {
  registerInstrumentPasses();
  // PassPipelineRegistration's builder could not report an unknown preset.
  registerPassPipeline(
      "dynfault-instrument", "Insert the probe families that a preset has",
      [](OpPassManager &manager, StringRef text,
         function_ref<LogicalResult(const Twine &)> emitError) {
        InstrumentOptions options;
        if (failed(options.parseFromString(text)))
          return failure();
        return addPasses(manager, options, emitError);
      },
      [](function_ref<void(const detail::PassOptions &)> handle) {
        handle(InstrumentOptions());
      });
}
