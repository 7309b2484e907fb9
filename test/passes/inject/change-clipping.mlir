// OCG adds, changes or removes gradient clipping.

// RUN: split-file %s %t

// RUN: dynfault-opt %t/clipped.mlir --dynfault-inject="operator=OCG to=none" | FileCheck %s --check-prefix=NONE
// NONE: dynfault.faults = [{after = "no clipping", before = "clip_grad_norm 1.000000e+00", class = "optimization", operator = "OCG", parameters = {to = "none"}, site = "step"}]
// NONE: dynfault.backward
// NONE-NEXT: dynfault.optimizer_step
// RUN: dynfault-opt %t/clipped.mlir --dynfault-inject="operator=OCG to=norm" | FileCheck %s --check-prefix=NORM
// NORM: dynfault.backward
// NORM-NEXT: dynfault.clip_grad_norm {max_norm = 1.000000e-02 : f64}
// NORM-NEXT: dynfault.optimizer_step
// RUN: dynfault-opt %t/clipped.mlir --dynfault-inject="operator=OCG to=value" | FileCheck %s --check-prefix=VALUE
// RUN: dynfault-opt %t/plain.mlir --dynfault-inject="operator=OCG to=value" | FileCheck %s --check-prefix=VALUE
// VALUE: dynfault.backward
// VALUE-NEXT: dynfault.clip_grad_value {clip_value = 5.000000e-01 : f64}
// VALUE-NEXT: dynfault.optimizer_step

// What is not there cannot be removed, and what is there not be put in.
// RUN: not dynfault-opt %t/plain.mlir --dynfault-inject="operator=OCG to=none" 2>&1 | FileCheck %s --check-prefix=PLAIN
// PLAIN: error: operator OCG at 'step' with to=none: gradients are not clipped, so the mutant would be equivalent
// RUN: dynfault-opt %t/plain.mlir --dynfault-inject="operator=OCG to=norm" -o %t/norm.mlir
// RUN: not dynfault-opt %t/norm.mlir --dynfault-inject="operator=OCG to=norm" 2>&1 | FileCheck %s --check-prefix=SAME
// SAME: with to=norm: gradients are clipped like that already, so the mutant would be equivalent

//--- clipped.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.clip_grad_norm {max_norm = 1.0}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  dynfault.yield %x : !torch.tensor
}
//--- plain.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  dynfault.yield %x : !torch.tensor
}
