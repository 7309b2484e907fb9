// A probe of curvature at the start of the step: it runs a forward of its own.

// RUN: dynfault-opt %s --dynfault-insert-curvature-probes | FileCheck %s
// CHECK: dynfault.training_step(%[[X:.*]]: !torch.vtensor<[?,4],f32>, %[[T:.*]]: !torch.vtensor<[?],si64>) {
// CHECK-NEXT: dynfault.probe_curvature %[[X]], %[[T]] {every = 50 : i64, fixed_batch = true, lanczos_steps = 10 : i64, seed = 0 : i64, trace_samples = 5 : i64, training = true} : !torch.vtensor<[?,4],f32>, !torch.vtensor<[?],si64>
// CHECK-NEXT: func.call @forward
// CHECK-NOT: dynfault.probe_curvature

// RUN: dynfault-opt %s --dynfault-insert-curvature-probes="every=7 lanczos-steps=20 trace-samples=2 seed=3 batch=current mode=eval" | FileCheck %s --check-prefix=OPTIONS
// OPTIONS: dynfault.probe_curvature {{.*}} {every = 7 : i64, fixed_batch = false, lanczos_steps = 20 : i64, seed = 3 : i64, trace_samples = 2 : i64, training = false}

// RUN: dynfault-opt %s --dynfault-insert-curvature-probes="quantities=groups,preconditioned trace-estimator=xtrace trace-samples=8 tolerance=1e-2" | FileCheck %s --check-prefix=QUANTITIES
// QUANTITIES: dynfault.probe_curvature {{.*}} quantities = ["groups", "preconditioned"], seed = 0 : i64, tolerance = 1.000000e-02 : f64, trace_estimator = "xtrace", trace_samples = 8 : i64

// RUN: dynfault-opt %s --dynfault-insert-curvature-probes="rows=8 lanczos-stop=error" | FileCheck %s --check-prefix=ROWS
// ROWS: dynfault.probe_curvature {{.*}} {every = 50 : i64, fixed_batch = true, lanczos_steps = 10 : i64, lanczos_stop = "error", rows = 8 : i64, seed = 0 : i64, trace_samples = 5 : i64, training = true}

// Twice is once; the second run's options hold.
// RUN: dynfault-opt %s --dynfault-insert-curvature-probes --dynfault-insert-curvature-probes="every=7" -o %t.twice
// RUN: dynfault-opt %s --dynfault-insert-curvature-probes="every=7" | diff - %t.twice

func.func private @forward(!torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,3],f32>
func.func private @loss(!torch.vtensor<[?,3],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) {
  %output = func.call @forward(%x) : (!torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,3],f32>
  %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,3],f32>, !torch.vtensor<[?],si64>) -> !torch.vtensor<[],f32>
  dynfault.zero_grad
  dynfault.backward %loss : !torch.vtensor<[],f32>
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}
