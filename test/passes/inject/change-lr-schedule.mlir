// OSC breaks the learning-rate schedule, OWU removes its warm-up.

// RUN: split-file %s %t

// RUN: dynfault-opt %t/step.mlir --dynfault-inject="operator=OSC which=missing" | FileCheck %s --check-prefix=MISSING
// MISSING: dynfault.faults = [{after = "no schedule", before = "#dynfault.lr_schedule<step, step_size = 5, gamma = 5.000000e-01>", class = "optimization", operator = "OSC", parameters = {which = "missing"}, site = "optimizer"}]
// MISSING: dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 1.000000e-01>{{$}}
// RUN: dynfault-opt %t/step.mlir --dynfault-inject="operator=OSC which=per_batch" | FileCheck %s --check-prefix=BATCH
// BATCH: {lr_schedule = #dynfault.lr_schedule<step, step_size = 5, gamma = 5.000000e-01, per_batch = true>}
// RUN: dynfault-opt %t/step.mlir --dynfault-inject="operator=OSC which=wrong_decay" | FileCheck %s --check-prefix=DECAY
// DECAY: {lr_schedule = #dynfault.lr_schedule<step, step_size = 5, gamma = 5.000000e-02>}
// RUN: dynfault-opt %t/cosine.mlir --dynfault-inject="operator=OSC which=wrong_decay" | FileCheck %s --check-prefix=COSINE
// COSINE: {lr_schedule = #dynfault.lr_schedule<cosine, t_max = 5, warmup = 4>}

// A warm-up outlives the schedule, and the schedule the warm-up.
// RUN: dynfault-opt %t/cosine.mlir --dynfault-inject="operator=OSC which=missing" | FileCheck %s --check-prefix=WARMUP
// WARMUP: {lr_schedule = #dynfault.lr_schedule<constant, warmup = 4>}
// RUN: dynfault-opt %t/cosine.mlir --dynfault-inject="operator=OWU" | FileCheck %s --check-prefix=NOWARMUP
// NOWARMUP: {lr_schedule = #dynfault.lr_schedule<cosine, t_max = 20>}
// RUN: dynfault-opt %t/cosine.mlir --dynfault-inject="operator=OSC which=missing" --dynfault-inject="operator=OWU" | FileCheck %s --check-prefix=NEITHER
// NEITHER: dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 1.000000e-01>{{$}}

// Refusals.
// RUN: not dynfault-opt %t/batch.mlir --dynfault-inject="operator=OSC which=per_batch" 2>&1 | FileCheck %s --check-prefix=SAME
// SAME: error: operator OSC at 'optimizer' with which=per_batch: the schedule is counted in batches already, so the mutant would be equivalent
// RUN: not dynfault-opt %t/step.mlir --dynfault-inject="operator=OWU" 2>&1 | FileCheck %s --check-prefix=OWU
// OWU: error: operator OWU (missing warm-up) has no site here; it needs an optimizer update whose learning-rate schedule has a warm-up
// RUN: not dynfault-opt %t/constant.mlir --dynfault-inject="operator=OSC" 2>&1 | FileCheck %s --check-prefix=OSC
// OSC: error: operator OSC (change learning-rate schedule) has no site here; it needs an optimizer update with a learning-rate schedule
// RUN: not dynfault-opt %t/shortest.mlir --dynfault-inject="operator=OSC which=wrong_decay" 2>&1 | FileCheck %s --check-prefix=SHORTEST
// SHORTEST: with which=wrong_decay: 'total_iters' cannot decay any faster, so the mutant would be equivalent

//--- step.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1> {lr_schedule = #dynfault.lr_schedule<step, step_size = 5, gamma = 0.5>}
  dynfault.yield %x : !torch.tensor
}
//--- cosine.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1> {lr_schedule = #dynfault.lr_schedule<cosine, t_max = 20, warmup = 4>}
  dynfault.yield %x : !torch.tensor
}
//--- batch.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1> {lr_schedule = #dynfault.lr_schedule<exponential, gamma = 0.9, per_batch = true>}
  dynfault.yield %x : !torch.tensor
}
//--- constant.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1> {lr_schedule = #dynfault.lr_schedule<constant, warmup = 3>}
  dynfault.yield %x : !torch.tensor
}
//--- shortest.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1> {lr_schedule = #dynfault.lr_schedule<polynomial, total_iters = 1>}
  dynfault.yield %x : !torch.tensor
}
