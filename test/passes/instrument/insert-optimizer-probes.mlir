// A snapshot right before the update, a probe right after it.

// RUN: dynfault-opt %s --dynfault-insert-optimizer-probes --split-input-file | FileCheck %s
// RUN: dynfault-opt %s --dynfault-insert-optimizer-probes="every=7" --split-input-file | FileCheck %s --check-prefix=EVERY
// EVERY: dynfault.snapshot_parameters {every = 7 : i64}
// EVERY: dynfault.probe_optimizer {every = 7 : i64}

// Twice is once; the second run's schedule holds.
// RUN: dynfault-opt %s --split-input-file --dynfault-insert-optimizer-probes="every=3" --dynfault-insert-optimizer-probes="every=7" -o %t.twice
// RUN: dynfault-opt %s --split-input-file --dynfault-insert-optimizer-probes="every=7" | diff - %t.twice

// CHECK: dynfault.clip_grad_norm
// CHECK-NEXT: dynfault.snapshot_parameters {every = 10 : i64}
// CHECK-NEXT: dynfault.optimizer_step
// CHECK-NEXT: dynfault.probe_optimizer {every = 10 : i64}
// CHECK-NEXT: dynfault.yield
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.clip_grad_norm {max_norm = 1.0}
  dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.1>
  dynfault.yield %x : !torch.tensor
}

// -----

// It stays around the update where that comes first.
// CHECK: dynfault.snapshot_parameters
// CHECK-NEXT: dynfault.optimizer_step
// CHECK-NEXT: dynfault.probe_optimizer
// CHECK-NEXT: dynfault.backward
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.1>
  dynfault.backward %x : !torch.tensor
  dynfault.yield %x : !torch.tensor
}
