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

class EveryOption<int steps>
    : Option<"every", "every", "int64_t", !cast<string>(steps),
             "Training steps between samples, default " # steps #
             "; the first and last step are sampled too">;

def InsertActivationProbes : ProbePass<"dynfault-insert-activation-probes"> {
  let summary = "Record statistics of pre-activations, per activation function";
  let description = [{
    Puts a `dynfault.probe_activation` before every element-wise activation
    function of the model: mean, standard deviation, dead and saturated share.
  }];
  let options = [
    EveryOption<10>,
    ListOption<"sites", "sites", "std::string",
               "Only these sites, default all; `*` and `?` are wildcards">
  ];
}

def InsertGradientProbes : ProbePass<"dynfault-insert-gradient-probes"> {
  let summary = "Record gradient and weight norms, per parameter";
  let description = [{
    Puts a `dynfault.probe_gradients` after the step's last backward, before
    clipping.
  }];
  let options = [EveryOption<10>];
}

def InsertOptimizerProbes : ProbePass<"dynfault-insert-optimizer-probes"> {
  let summary = "Record the optimizer's moments and updates, per parameter";
  let description = [{
    Puts `dynfault.snapshot_parameters` and `dynfault.probe_optimizer` around
    the optimizer update.
  }];
  let options = [EveryOption<10>];
}

def InsertCurvatureProbes : ProbePass<"dynfault-insert-curvature-probes"> {
  let summary = "Record the Hessian's largest eigenvalue and trace";
  let description = [{
    Puts a `dynfault.probe_curvature` at the start of the training step. One
    sample costs up to `lanczos-steps` + `trace-samples` Hessian-vector products,
    each one to two gradients.
  }];
  let options = [
    EveryOption<50>,
    Option<"lanczosSteps", "lanczos-steps", "int64_t", "10",
           "Most Lanczos steps per sample, default 10">,
    Option<"traceSamples", "trace-samples", "int64_t", "5",
           "Random vectors for the trace, default 5, at least 2">,
    Option<"seed", "seed", "int64_t", "0", "Seed of the random vectors, default 0">,
    Option<"batch", "batch", "std::string", "\"fixed\"",
           "`fixed` (default): the first batch, in all samples; `current`: the step's own">,
    Option<"mode", "mode", "std::string", "\"train\"",
           "Mode of the probe's forward: `train` (default) or `eval`">
  ];
}

#endif // DYNFAULT_INSTRUMENT_PASSES
