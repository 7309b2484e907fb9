// OCH puts in another optimizer with its default parameters.

// RUN: dynfault-opt %s --dynfault-inject="operator=OCH to=nadam" | FileCheck %s
// CHECK: dynfault.faults = [{after = "#dynfault.optimizer<nadam, lr = 2.000000e-03>", before = "#dynfault.optimizer<sgd, lr = 1.000000e-01, momentum = 9.000000e-01>", class = "optimization", operator = "OCH", parameters = {to = "nadam"}, site = "optimizer"}]
// The schedule stays.
// CHECK: dynfault.optimizer_step #dynfault.optimizer<nadam, lr = 2.000000e-03> {lr_schedule = #dynfault.lr_schedule<step, step_size = 3>}

// Each at its own rate.
// RUN: for to in adam rmsprop adamax adagrad; do dynfault-opt %s --dynfault-inject="operator=OCH to=$to" | grep -o "optimizer_step #dynfault.optimizer<.*> {"; done | FileCheck %s --check-prefix=RATES
// RATES: <adam, lr = 1.000000e-03>
// RATES: <rmsprop, lr = 1.000000e-03>
// RATES: <adamax, lr = 2.000000e-03>
// RATES: <adagrad, lr = 1.000000e-02>

// The optimizer that is there is refused.
// RUN: not dynfault-opt %s --dynfault-inject="operator=OCH to=sgd" 2>&1 | FileCheck %s --check-prefix=SAME
// SAME: error: operator OCH at 'optimizer' with to=sgd: the optimizer is 'sgd' already; HLR, OMO and OEP change its parameters

dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1, momentum = 0.9> {lr_schedule = #dynfault.lr_schedule<step, step_size = 3>}
  dynfault.yield %x : !torch.tensor
}
