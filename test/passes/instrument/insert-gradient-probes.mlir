// A probe of gradients after the last backward, before clipping.

// RUN: dynfault-opt %s --dynfault-insert-gradient-probes --split-input-file | FileCheck %s
// RUN: dynfault-opt %s --dynfault-insert-gradient-probes="every=7" --split-input-file | FileCheck %s --check-prefix=EVERY
// EVERY-COUNT-2: dynfault.probe_gradients {every = 7 : i64}

// Twice is once; the second run's schedule holds.
// RUN: dynfault-opt %s --split-input-file --dynfault-insert-gradient-probes="every=3" --dynfault-insert-gradient-probes="every=7" -o %t.twice
// RUN: dynfault-opt %s --split-input-file --dynfault-insert-gradient-probes="every=7" | diff - %t.twice

// CHECK: dynfault.backward
// CHECK-NEXT: dynfault.probe_gradients {every = 10 : i64}
// CHECK-NEXT: dynfault.clip_grad_norm
// CHECK-NOT: dynfault.probe_gradients
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.clip_grad_norm {max_norm = 1.0}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  dynfault.yield %x : !torch.tensor
}

// -----

// Gradients of several backwards add up: the probe sees the sum. An update before
// them (stale gradients) does not matter.
// CHECK: dynfault.training_step
// CHECK-NEXT: dynfault.optimizer_step
// CHECK-NEXT: dynfault.backward %[[X:.*]] :
// CHECK-NEXT: dynfault.backward %[[T:.*]] :
// CHECK-NEXT: dynfault.probe_gradients {every = 10 : i64}
// CHECK-NEXT: dynfault.yield
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  dynfault.backward %x : !torch.tensor
  dynfault.backward %target : !torch.tensor
  dynfault.yield %x : !torch.tensor
}
