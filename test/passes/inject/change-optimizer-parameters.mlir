// OMO changes the momentum or beta1, OEP the epsilon.

// RUN: split-file %s %t

// RUN: dynfault-opt %t/sgd.mlir --dynfault-inject="operator=OMO momentum=0.99" | FileCheck %s --check-prefix=SGD
// SGD: operator = "OMO", parameters = {momentum = {{0.98999999999999999|9.900000e-01}} : f64}, site = "optimizer"
// SGD: dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 1.000000e-01, momentum = {{0.98999999999999999|9.900000e-01}}>
// RUN: dynfault-opt %t/adam.mlir --dynfault-inject="operator=OMO momentum=0" | FileCheck %s --check-prefix=ADAM
// ADAM: dynfault.optimizer_step #dynfault.optimizer<adam, lr = 1.000000e-01, beta1 = 0.000000e+00>
// RUN: dynfault-opt %t/adam.mlir --dynfault-inject="operator=OEP eps=0.1" | FileCheck %s --check-prefix=EPS
// EPS: dynfault.optimizer_step #dynfault.optimizer<adam, lr = 1.000000e-01, eps = 1.000000e-01>
// RUN: dynfault-opt %t/adam.mlir --dynfault-inject="operator=OEP eps=1e-16" | FileCheck %s --check-prefix=SMALL
// SMALL: eps = {{1.000000e-16|9.999999[0-9]*[Ee]-17}}>

// Refusals.
// RUN: not dynfault-opt %t/sgd.mlir --dynfault-inject="operator=OMO momentum=0" 2>&1 | FileCheck %s --check-prefix=SAME
// SAME: error: operator OMO at 'optimizer' with momentum=0: 'momentum' is that already, so the mutant would be equivalent
// RUN: not dynfault-opt %t/nesterov.mlir --dynfault-inject="operator=OMO momentum=0" 2>&1 | FileCheck %s --check-prefix=NESTEROV
// NESTEROV: with momentum=0: nesterov needs a momentum above 0
// RUN: not dynfault-opt %t/sgd.mlir --dynfault-inject="operator=OEP" 2>&1 | FileCheck %s --check-prefix=NOEPS
// NOEPS: error: operator OEP (change epsilon) has no site here; it needs an optimizer update with an epsilon (all but sgd)
// RUN: not dynfault-opt %t/adadelta.mlir --dynfault-inject="operator=OMO" 2>&1 | FileCheck %s --check-prefix=NOMOMENTUM
// NOMOMENTUM: error: operator OMO (change momentum) has no site here; it needs an optimizer update with momentum or betas
// RUN: not dynfault-opt %t/adam.mlir --dynfault-inject="operator=OEP severity=medium" 2>&1 | FileCheck %s --check-prefix=MEDIUM
// MEDIUM: error: operator OEP at 'optimizer': no choice for 'eps' of severity medium is possible here; possible are: 1e-16, 0.1

//--- sgd.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  dynfault.yield %x : !torch.tensor
}
//--- nesterov.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1, momentum = 0.9, nesterov = true>
  dynfault.yield %x : !torch.tensor
}
//--- adam.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.1>
  dynfault.yield %x : !torch.tensor
}
//--- adadelta.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.zero_grad
  dynfault.backward %x : !torch.tensor
  dynfault.optimizer_step #dynfault.optimizer<adadelta, lr = 1.0>
  dynfault.yield %x : !torch.tensor
}
