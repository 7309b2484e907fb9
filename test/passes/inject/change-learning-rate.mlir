// HLR multiplies the learning rate of the training step's optimizer.

// RUN: dynfault-opt %s --dynfault-inject="operator=HLR factor=100" | FileCheck %s
// CHECK: dynfault.faults = [{after = "#dynfault.optimizer<adam, lr = 1.000000e+00, weight_decay = 5.000000e-01>", before = "#dynfault.optimizer<adam, lr = 1.000000e-02, weight_decay = 5.000000e-01>", class = "optimization", operator = "HLR", parameters = {factor = 1.000000e+02 : f64}, site = "optimizer"}]
// CHECK: dynfault.optimizer_step #dynfault.optimizer<adam, lr = 1.000000e+00, weight_decay = 5.000000e-01>

// The bounds are allowed.
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR factor=1e-4" | FileCheck %s --check-prefix=LOWEST
// LOWEST: dynfault.optimizer_step #dynfault.optimizer<adam, lr = 9.9999999999999995E-7,
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR factor=1000" | FileCheck %s --check-prefix=HIGHEST
// HIGHEST: dynfault.optimizer_step #dynfault.optimizer<adam, lr = 1.000000e+01,

// The product reads as people write it: 0.01 * 0.7 is 0.007, not 0.0069999...96.
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR factor=0.7" | FileCheck %s --check-prefix=ROUND
// ROUND: dynfault.optimizer_step #dynfault.optimizer<adam, lr = 7.000000e-03,

// The site may be named.
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR factor=100 site=optimizer" | FileCheck %s

dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.01, weight_decay = 0.5>
  dynfault.yield %x : !torch.tensor
}
