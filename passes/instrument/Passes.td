//===- Passes.td - Probe insertion --------------------------*- tablegen -*-===//
//
// One pass per probe family; they may run in any order and each replaces what
// it inserted before. `--dynfault-instrument` runs all four.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_INSTRUMENT_PASSES
#define DYNFAULT_INSTRUMENT_PASSES

include "mlir/Pass/PassBase.td"

class ProbePass<string argument> : Pass<argument, "::mlir::ModuleOp"> {
  let dependentDialects = ["::dynfault::program::DynfaultDialect",
                           "::dynfault::torch::TorchDialect"];
}

// The first and the last step are sampled whatever the schedule is.
class ScheduleOptions<int steps> {
  list<Option> options = [
    Option<"every", "every", "int64_t", !cast<string>(steps),
           "Training steps between samples, default " # steps #
           "; 0: only the first and the last step, which are sampled always">,
    Option<"samples", "samples", "int64_t", "0",
           "Spread about so many samples over the program's training, instead of `every`; "
           "default 0: off">,
    Option<"minEvery", "min-every", "int64_t", "0",
           "With `samples`: at least so many steps between them, however short the training, "
           "default 0: no bound">,
    Option<"warmUp", "warm-up", "int64_t", "0",
           "Steps at the start that are all sampled, default 0">,
    Option<"epochs", "epochs", "int64_t", "0",
           "Also sample the last step of every so many epochs, default 0: none">
  ];
}

class SiteOptions<string what, string variable = what> {
  list<Option> options = [
    ListOption<variable, variable, "std::string",
               "Only these " # what # ", default those marked `dynfault.probe`, or "
               "all if none is; `*` and `?` are wildcards">
  ];
}

def InsertActivationProbes : ProbePass<"dynfault-insert-activation-probes"> {
  let summary = "Record statistics of pre-activations, per activation function";
  let description = [{
    Puts a `dynfault.probe_activation` before every element-wise activation
    function of the model, and behind every recurrent layer: mean, standard
    deviation, quantiles, dead and saturated shares, effective rank. A model that
    has neither is probed behind its layers. An activation with the attribute
    `dynfault.probe = false` has none; one with `dynfault.probe = {every = 5}` (or
    `warm_up`, `epochs`) has a schedule of its own.
  }];
  let options = ScheduleOptions<10>.options # SiteOptions<"activations", "sites">.options;
}

def InsertGradientProbes : ProbePass<"dynfault-insert-gradient-probes"> {
  let summary = "Record statistics of gradients and weights, per parameter";
  let description = [{
    Puts a `dynfault.probe_gradients` after the step's last backward, before
    clipping. A slot with the attribute `dynfault.probe = false` is left out.
  }];
  let options = ScheduleOptions<10>.options # SiteOptions<"parameters">.options;
}

def InsertOptimizerProbes : ProbePass<"dynfault-insert-optimizer-probes"> {
  let summary = "Record the optimizer's moments, clipping and updates, per parameter";
  let description = [{
    Puts `dynfault.snapshot_parameters` and `dynfault.probe_optimizer` around
    the optimizer update, and `dynfault.snapshot_gradients` before clipping. A
    slot with the attribute `dynfault.probe = false` is left out.
  }];
  let options = ScheduleOptions<10>.options # SiteOptions<"parameters">.options;
}

def InsertCurvatureProbes : ProbePass<"dynfault-insert-curvature-probes"> {
  let summary = "Record the Hessian's largest eigenvalue and trace";
  let description = [{
    Puts a `dynfault.probe_curvature` at the start of the training step. One
    sample costs up to `lanczos-steps` + `trace-samples` + 2 Hessian-vector
    products, and with `quantities` more (docs/curvature.md).
  }];
  let options = ScheduleOptions<50>.options # [
    Option<"lanczosSteps", "lanczos-steps", "int64_t", "10",
           "Most Lanczos steps per sample, default 10">,
    Option<"traceSamples", "trace-samples", "int64_t", "5",
           "Random vectors for the trace, default 5, at least 2">,
    Option<"seed", "seed", "int64_t", "0", "Seed of the random vectors, default 0">,
    Option<"batch", "batch", "std::string", "\"fixed\"",
           "`fixed` (default): the first batch, in all samples; `current`: the step's own">,
    Option<"rows", "rows", "int64_t", "0",
           "Only the first so many rows of that batch, default 0: all">,
    Option<"mode", "mode", "std::string", "\"train\"",
           "Mode of the probe's forward: `train` (default) or `eval`">,
    Option<"tolerance", "tolerance", "double", "1e-3",
           "Relative residual or error at which Lanczos stops, default 1e-3">,
    Option<"lanczosStop", "lanczos-stop", "std::string", "\"residual\"",
           "What `tolerance` is for: `residual` (default) of the eigenvectors, or estimated `error` "
           "of the eigenvalues, which takes fewer products">,
    Option<"traceEstimator", "trace-estimator", "std::string", "\"hutchinson\"",
           "`hutchinson` (default) or `xtrace`, which needs an even number of samples, at least 4">,
    ListOption<"quantities", "quantities", "std::string",
               "More to record: `gauss_newton`, `groups`, `preconditioned`, `spectral_density`; default none">
  ];
}

#endif // DYNFAULT_INSTRUMENT_PASSES
