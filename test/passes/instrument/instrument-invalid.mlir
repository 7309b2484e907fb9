// Probes that cannot be inserted, and what is said.

// RUN: split-file %s %t
// DEFINE: %{passes} =
// DEFINE: %{input} = %t/program.mlir
// DEFINE: %{check} = not dynfault-opt %{input} %{passes} -o %t/out.mlir 2>%t/error && FileCheck %s --input-file=%t/error --check-prefix

// A schedule has no negative numbers.
// REDEFINE: %{passes} = --dynfault-insert-activation-probes=every=-1
// RUN: %{check}=ACTIVATIONEVERY
// ACTIVATIONEVERY: program.mlir:1:1: error: dynfault-insert-activation-probes: every must not be negative, got -1
// REDEFINE: %{passes} = --dynfault-insert-gradient-probes=warm-up=-1
// RUN: %{check}=GRADIENTWARMUP
// GRADIENTWARMUP: error: dynfault-insert-gradient-probes: warm-up must not be negative, got -1
// REDEFINE: %{passes} = --dynfault-insert-optimizer-probes=epochs=-2
// RUN: %{check}=OPTIMIZEREPOCHS
// OPTIMIZEREPOCHS: error: dynfault-insert-optimizer-probes: epochs must not be negative, got -2
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=samples=-1
// RUN: %{check}=CURVATURESAMPLES
// CURVATURESAMPLES: error: dynfault-insert-curvature-probes: samples must not be negative, got -1
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=min-every=-1
// RUN: %{check}=CURVATUREMINEVERY
// CURVATUREMINEVERY: error: dynfault-insert-curvature-probes: min-every must not be negative, got -1
// REDEFINE: %{passes} = --dynfault-instrument=curvature-every=-2
// RUN: %{check}=CURVATUREEVERY
// CURVATUREEVERY: error: dynfault-insert-curvature-probes: every must not be negative, got -2

// A preset that there is not.
// REDEFINE: %{passes} = --dynfault-instrument=preset=cheap
// RUN: %{check}=PRESET
// PRESET: error: dynfault-instrument: unknown preset 'cheap'; known are economy, standard, full, study

// The curvature probe's other options.
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=lanczos-steps=0
// RUN: %{check}=LANCZOS
// LANCZOS: error: dynfault-insert-curvature-probes: lanczos-steps must be at least 1
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=trace-samples=1
// RUN: %{check}=TRACE
// TRACE: error: dynfault-insert-curvature-probes: trace-samples must be at least 2, for a standard error
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=rows=-1
// RUN: %{check}=ROWS
// ROWS: error: dynfault-insert-curvature-probes: rows must not be negative
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=lanczos-stop=never
// RUN: %{check}=STOP
// STOP: error: dynfault-insert-curvature-probes: lanczos-stop must be 'residual' or 'error'
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=batch=first
// RUN: %{check}=BATCH
// BATCH: error: dynfault-insert-curvature-probes: batch must be 'fixed' or 'current'
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=mode=test
// RUN: %{check}=MODE
// MODE: error: dynfault-insert-curvature-probes: mode must be 'train' or 'eval'

// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=quantities=group
// RUN: %{check}=QUANTITY
// QUANTITY: error: 'dynfault.probe_curvature' op has no quantity 'group'; there are gauss_newton, groups, preconditioned, spectral_density
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=tolerance=0
// RUN: %{check}=TOLERANCE
// TOLERANCE: error: 'dynfault.probe_curvature' op needs a finite, positive tolerance
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=trace-estimator=hutch
// RUN: %{check}=ESTIMATOR
// ESTIMATOR: error: 'dynfault.probe_curvature' op has no trace estimator 'hutch'; there are hutchinson, xtrace
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes=trace-estimator=xtrace
// RUN: %{check}=XTRACE
// XTRACE: error: 'dynfault.probe_curvature' op needs an even number of at least 4 trace_samples for the trace estimator xtrace

// Sites that match nothing: the sites there are.
// REDEFINE: %{passes} = --dynfault-insert-activation-probes="sites=conv*/relu,fc2/relu"
// RUN: %{check}=SITES
// SITES: error: dynfault-insert-activation-probes: no activation matches conv*/relu, fc2/relu; the sites are: forward/relu, forward/tanh
// REDEFINE: %{passes} = --dynfault-insert-activation-probes="sites=[z-a]"
// RUN: %{check}=PATTERN
// PATTERN: error: dynfault-insert-activation-probes: '[z-a]' is no pattern:

// REDEFINE: %{passes} = --dynfault-insert-gradient-probes=parameters=conv*
// RUN: %{check}=PARAMETERS
// PARAMETERS: error: dynfault-insert-gradient-probes: no parameter matches conv*; the sites are: fc.weight

// A mark that says nothing.
// REDEFINE: %{input} = %t/mark.mlir
// REDEFINE: %{passes} = --dynfault-insert-activation-probes
// RUN: %{check}=MARK
// MARK: mark.mlir:2:8: error: 'torch.aten.relu' op 'dynfault.probe' must be a unit attribute, true, false, or {every = ..., warm_up = ..., epochs = ...} with integers of at least 0

// A module without a training step, and a step without an update.
// REDEFINE: %{input} = %t/empty.mlir
// REDEFINE: %{passes} = --dynfault-insert-gradient-probes
// RUN: %{check}=NOSTEP
// NOSTEP: empty.mlir:1:1: error: dynfault-insert-gradient-probes needs a 'dynfault.training_step' with a 'dynfault.optimizer_step'; the module has none
// REDEFINE: %{passes} = --dynfault-insert-optimizer-probes
// RUN: %{check}=NOOPTIMIZER
// NOOPTIMIZER: error: dynfault-insert-optimizer-probes needs a 'dynfault.training_step'
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes
// RUN: %{check}=NOCURVATURE
// NOCURVATURE: error: dynfault-insert-curvature-probes needs a 'dynfault.training_step'
// REDEFINE: %{input} = %t/no-update.mlir
// REDEFINE: %{passes} = --dynfault-insert-gradient-probes
// RUN: %{check}=NOUPDATE
// NOUPDATE: error: dynfault-insert-gradient-probes needs a 'dynfault.training_step' with a 'dynfault.optimizer_step'

// No backward, no gradients; no model, no curvature.
// REDEFINE: %{input} = %t/no-backward.mlir
// RUN: %{check}=NOBACKWARD
// NOBACKWARD: error: 'dynfault.training_step' op has no 'dynfault.backward', so there are no gradients to probe
// REDEFINE: %{passes} = --dynfault-insert-curvature-probes
// RUN: %{check}=NOMODEL
// NOMODEL: error: dynfault-insert-curvature-probes: needs the functions @forward and @loss

// RUN: not ls %t/out.mlir

// A model without a training step can have activation probes, one without an
// activation has none.
// RUN: dynfault-opt %t/empty.mlir --dynfault-insert-activation-probes

//--- empty.mlir
module {
}
//--- mark.mlir
func.func @forward(%x: !torch.tensor) -> !torch.tensor {
  %0 = torch.aten.relu %x {dynfault.probe = {often = 3}} : !torch.tensor -> !torch.tensor
  return %0 : !torch.tensor
}
//--- no-update.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.backward %x : !torch.tensor
  dynfault.yield %x : !torch.tensor
}
//--- no-backward.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  dynfault.yield %x : !torch.tensor
}
//--- program.mlir
module {
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[3],f32>
  func.func @forward(%x: !torch.tensor) -> !torch.tensor {
    %0 = torch.aten.relu %x : !torch.tensor -> !torch.tensor
    %1 = torch.aten.tanh %0 : !torch.tensor -> !torch.tensor
    return %1 : !torch.tensor
  }
  func.func private @loss(!torch.tensor, !torch.tensor) -> !torch.tensor
  dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
    dynfault.backward %x : !torch.tensor
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
    dynfault.yield %x : !torch.tensor
  }
}
