// Every operation and attribute of the dialect is read and printed.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --canonicalize --cse | FileCheck %s

// CHECK: module @program attributes {dynfault.family = "mlp", dynfault.faults = [{class = "model", operator = "ACH"}], dynfault.origin = "made up", dynfault.task = "regression"}
module @program attributes {
    dynfault.task = "regression", dynfault.family = "mlp", dynfault.origin = "made up",
    dynfault.faults = [{operator = "ACH", class = "model"}]} {
  // Defaults are not printed where they are not written.
  // CHECK-NEXT: dynfault.dataset @data {source = "iris", train = 10 : i64, validation = 5 : i64}
  dynfault.dataset @data {source = "iris", train = 10, validation = 5}
  // Transforms keep their order, their parameters take that of the table.
  // CHECK-NEXT: dynfault.dataset @more {seed = 3 : i64, source = "iris", train = 10 : i64, transforms = [#dynfault.transform<standardize>, #dynfault.transform<unit>, #dynfault.transform<standardize_target>, #dynfault.transform<change_labels, share = 5.000000e-01, seed = 4>], validation = 5 : i64}
  dynfault.dataset @more {source = "iris", train = 10, validation = 5, seed = 3, transforms = [
      #dynfault.transform<standardize>, #dynfault.transform<unit>,
      #dynfault.transform<standardize_target>,
      #dynfault.transform<change_labels, seed = 4, share = 0.5>]}

  // CHECK-NEXT: dynfault.schedule {batch_size = 64 : i64, epochs = 3 : i64}
  dynfault.schedule {epochs = 3, batch_size = 64}
  // CHECK-NEXT: dynfault.schedule {batch_size = 64 : i64, epochs = 3 : i64, shuffle = false}
  dynfault.schedule {epochs = 3, batch_size = 64, shuffle = false}

  // All initialisers.
  // CHECK-NEXT: @a0 {dynfault.init = #dynfault.init<zeros>}
  torch.global_slot @a0 {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a1 {dynfault.init = #dynfault.init<ones>}
  torch.global_slot @a1 {dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a2 {dynfault.init = #dynfault.init<constant, value = 2.000000e+00>}
  torch.global_slot @a2 {dynfault.init = #dynfault.init<constant, value = 2.0>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a3 {dynfault.init = #dynfault.init<uniform, low = -1.000000e+00, high = 1.000000e+00>}
  torch.global_slot @a3 {dynfault.init = #dynfault.init<uniform, high = 1.0, low = -1.0>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a4 {dynfault.init = #dynfault.init<normal, std = 1.000000e-01>}
  torch.global_slot @a4 {dynfault.init = #dynfault.init<"normal", std = 0.1>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a5 {dynfault.init = #dynfault.init<truncated_normal, mean = 1.000000e+00, std = 1.000000e-01>}
  torch.global_slot @a5 {dynfault.init = #dynfault.init<truncated_normal, mean = 1.0, std = 0.1>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a6 {dynfault.init = #dynfault.init<xavier_uniform>}
  torch.global_slot @a6 {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a7 {dynfault.init = #dynfault.init<xavier_normal, gain = 2.000000e+00>}
  torch.global_slot @a7 {dynfault.init = #dynfault.init<xavier_normal, gain = 2.0>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a8 {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.2360679774997898>}
  torch.global_slot @a8 {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.23606797749979>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a9 {dynfault.init = #dynfault.init<kaiming_normal>}
  torch.global_slot @a9 {dynfault.init = #dynfault.init<kaiming_normal>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a10 {dynfault.init = #dynfault.init<lecun_uniform>}
  torch.global_slot @a10 {dynfault.init = #dynfault.init<lecun_uniform>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @a11 {dynfault.init = #dynfault.init<lecun_normal>}
  torch.global_slot @a11 {dynfault.init = #dynfault.init<lecun_normal>} : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: @buffer {dynfault.buffer, dynfault.init = #dynfault.init<zeros>}
  torch.global_slot @buffer {dynfault.init = #dynfault.init<zeros>, dynfault.buffer} : !torch.vtensor<[2],f32>

  // A step with everything that may stand in it. Nothing of it is dead code, and
  // probes that look alike are not merged.
  // CHECK-NEXT: dynfault.training_step(%[[X:.*]]: !torch.vtensor<[?,4],f32>, %[[T:.*]]: !torch.vtensor<[?],si64>) attributes {note = 1 : i64} {
  dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?],si64>) attributes {note = 1} {
    // CHECK-NEXT: dynfault.probe_curvature %[[X]], %[[T]] {every = 1 : i64, fixed_batch = true, lanczos_steps = 3 : i64, seed = 0 : i64, trace_samples = 2 : i64, training = false} : !torch.vtensor<[?,4],f32>, !torch.vtensor<[?],si64>
    dynfault.probe_curvature %x, %target {every = 1, lanczos_steps = 3, trace_samples = 2, seed = 0, fixed_batch = true, training = false} : !torch.vtensor<[?,4],f32>, !torch.vtensor<[?],si64>
    // CHECK-NEXT: %[[P:.*]] = dynfault.probe_activation %[[X]] {every = 10 : i64, kind = "relu", site = "a"} : !torch.vtensor<[?,4],f32>
    %probed = dynfault.probe_activation %x {site = "a", kind = "relu", every = 10} : !torch.vtensor<[?,4],f32>
    // CHECK-NEXT: %[[L:.*]] = torch.aten.squeeze %[[P]]
    %loss = torch.aten.squeeze %probed : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[],f32>
    // CHECK-NEXT: dynfault.zero_grad
    dynfault.zero_grad
    // CHECK-NEXT: dynfault.backward %[[L]] : !torch.vtensor<[],f32>
    dynfault.backward %loss : !torch.vtensor<[],f32>
    // CHECK-NEXT: dynfault.probe_gradients {every = 3 : i64}
    dynfault.probe_gradients {every = 3}
    // CHECK-NEXT: dynfault.clip_grad_norm {max_norm = 1.000000e+00 : f64}
    dynfault.clip_grad_norm {max_norm = 1.0}
    // CHECK-NEXT: dynfault.clip_grad_value {clip_value = 5.000000e-01 : f64}
    dynfault.clip_grad_value {clip_value = 0.5}
    // CHECK-NEXT: dynfault.snapshot_parameters {every = 4 : i64}
    dynfault.snapshot_parameters {every = 4}
    // CHECK-NEXT: dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 1.000000e-01, momentum = 9.000000e-01, dampening = 0.000000e+00, weight_decay = 1.000000e-04, nesterov = true>
    dynfault.optimizer_step #dynfault.optimizer<sgd, nesterov = true, lr = 0.1, momentum = 0.9, dampening = 0.0, weight_decay = 1.0e-4>
    // CHECK-NEXT: dynfault.probe_optimizer {every = 4 : i64}
    dynfault.probe_optimizer {every = 4}
    // CHECK-NEXT: dynfault.optimizer_step #dynfault.optimizer<adam, lr = 1.000000e-03, beta1 = 5.000000e-01, beta2 = 7.500000e-01, eps = 1.000000e-10, weight_decay = 1.000000e+00>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001, beta1 = 0.5, beta2 = 0.75, eps = 1.0e-10, weight_decay = 1.0>
    // CHECK-NEXT: dynfault.optimizer_step #dynfault.optimizer<adamw, lr = 1.000000e-03>
    dynfault.optimizer_step #dynfault.optimizer<adamw, lr = 0.001>
    // CHECK-NEXT: dynfault.optimizer_step #dynfault.optimizer<rmsprop, lr = 1.000000e-03, alpha = 9.000000e-01>
    dynfault.optimizer_step #dynfault.optimizer<rmsprop, lr = 0.001, alpha = 0.9>
    // CHECK-NEXT: dynfault.yield %[[L]] : !torch.vtensor<[],f32>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
