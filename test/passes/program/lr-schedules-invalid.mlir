// RUN: dynfault-opt %s --split-input-file --verify-diagnostics

dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  // expected-error @+1 {{unknown learning-rate schedule 'plateau'; known are constant, step, multistep, exponential, cosine, polynomial}}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1> {lr_schedule = #dynfault.lr_schedule<plateau>}
  dynfault.yield %x : !torch.tensor
}

// -----
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  // expected-error @+1 {{parameter 'milestones' of learning-rate schedule 'multistep' must be a list of integers in ascending order, e.g. [5, 8]}}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1> {lr_schedule = #dynfault.lr_schedule<multistep, milestones = [5, 2]>}
  dynfault.yield %x : !torch.tensor
}

// -----
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  // expected-error @+1 {{parameter 'milestones' of learning-rate schedule 'multistep' must be finite and at least 1, got 0}}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1> {lr_schedule = #dynfault.lr_schedule<multistep, milestones = [0, 2]>}
  dynfault.yield %x : !torch.tensor
}

// -----
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  // expected-error @+1 {{learning-rate schedule 'cosine' needs 't_max = ...'}}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1> {lr_schedule = #dynfault.lr_schedule<cosine>}
  dynfault.yield %x : !torch.tensor
}

// -----
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  // expected-error @+1 {{has an unknown attribute 'lr_shedule'; its attributes are}}
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1> {lr_shedule = #dynfault.lr_schedule<constant>}
  dynfault.yield %x : !torch.tensor
}
