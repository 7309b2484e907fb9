// OZG never zeroes the gradients, OSO updates before they are there.

// RUN: split-file %s %t

// RUN: dynfault-opt %t/usual.mlir --dynfault-inject="operator=OZG" | FileCheck %s --check-prefix=OZG
// OZG: dynfault.faults = [{after = "gradients never zeroed", before = "gradients zeroed in each step", class = "optimization", operator = "OZG", parameters = {}, site = "step"}]
// OZG-NOT: dynfault.zero_grad
// OZG: dynfault.backward

// RUN: dynfault-opt %t/usual.mlir --dynfault-inject="operator=OSO which=no_gradients" | FileCheck %s --check-prefix=NONE
// NONE: dynfault.zero_grad
// NONE-NEXT: dynfault.optimizer_step
// NONE-NEXT: dynfault.backward
// NONE-NEXT: dynfault.yield
// RUN: dynfault-opt %t/usual.mlir --dynfault-inject="operator=OSO which=stale_gradients" | FileCheck %s --check-prefix=STALE
// STALE: dynfault.zero_grad
// STALE-NEXT: dynfault.backward
// STALE-NEXT: dynfault.delay_gradients
// STALE-NEXT: dynfault.optimizer_step

// Probes of the gradients stay behind the backward.
// RUN: dynfault-opt %t/usual.mlir --dynfault-insert-gradient-probes --dynfault-inject="operator=OSO which=no_gradients" | FileCheck %s --check-prefix=PROBES
// PROBES: dynfault.optimizer_step
// PROBES-NEXT: dynfault.backward
// PROBES-NEXT: dynfault.probe_gradients

// Once is enough.
// RUN: not dynfault-opt %t/usual.mlir --dynfault-inject="operator=OZG" --dynfault-inject="operator=OZG" 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: error: operator OZG (gradients never zeroed) has no site here; it needs a training step that zeroes its gradients
// RUN: not dynfault-opt %t/usual.mlir --dynfault-inject="operator=OSO which=no_gradients" --dynfault-inject="operator=OSO which=stale_gradients" 2>&1 | FileCheck %s --check-prefix=REORDERED
// REORDERED: error: operator OSO (optimizer step before backward) has no site here; it needs a training step with one zero_grad, backward and optimizer update in this order

//--- usual.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  dynfault.yield %x : !torch.tensor
}
