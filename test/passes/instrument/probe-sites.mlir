// Where probes go and when they record, as names, patterns and the attribute
// `dynfault.probe` say.

// RUN: dynfault-opt %s --split-input-file --dynfault-insert-activation-probes --dynfault-insert-gradient-probes | FileCheck %s

// Where some places are marked, only those are probed; a mark can be a schedule.
// CHECK-LABEL: module @marked
// CHECK: torch.aten.relu %{{.*}} {dynfault.site = "a"}
// CHECK: dynfault.probe_activation %{{.*}} {every = 10 : i64, kind = "relu", site = "b"}
// CHECK: dynfault.probe_activation %{{.*}} {epochs = 2 : i64, every = 0 : i64, kind = "relu", site = "c", warm_up = 5 : i64}
// CHECK: torch.aten.relu %{{.*}} {dynfault.probe = false, dynfault.site = "d"}
// CHECK-NOT: dynfault.probe_activation

// A name or a pattern counts for more than a mark, but never probes what is marked
// `false`.
// RUN: dynfault-opt %s --split-input-file --dynfault-insert-activation-probes="sites=a,[cd] every=3 warm-up=1" | FileCheck %s --check-prefix=NAMES
// NAMES-LABEL: module @marked
// NAMES: dynfault.probe_activation %{{.*}} {every = 3 : i64, kind = "relu", site = "a", warm_up = 1 : i64}
// NAMES: dynfault.probe_activation %{{.*}} {epochs = 2 : i64, every = 0 : i64, kind = "relu", site = "c", warm_up = 5 : i64}
// NAMES-NOT: dynfault.probe_activation
// NAMES: module @excluded
module @marked {
  func.func @forward(%x: !torch.tensor) -> !torch.tensor {
    %0 = torch.aten.relu %x {dynfault.site = "a"} : !torch.tensor -> !torch.tensor
    %1 = torch.aten.relu %0 {dynfault.site = "b", dynfault.probe} : !torch.tensor -> !torch.tensor
    %2 = torch.aten.relu %1 {dynfault.site = "c", dynfault.probe = {every = 0, warm_up = 5, epochs = 2}} : !torch.tensor -> !torch.tensor
    %3 = torch.aten.relu %2 {dynfault.site = "d", dynfault.probe = false} : !torch.tensor -> !torch.tensor
    return %3 : !torch.tensor
  }
  dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
    dynfault.backward %x : !torch.tensor
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
    dynfault.yield %x : !torch.tensor
  }
}

// -----

// One that is marked `false` is left out; all others are probed.
// CHECK-LABEL: module @excluded
// CHECK: dynfault.probe_activation {{.*}} site = "a"
// CHECK-NOT: dynfault.probe_activation
// CHECK: dynfault.probe_gradients {every = 10 : i64, parameters = ["v"]}
module @excluded {
  torch.global_slot @w {dynfault.init = #dynfault.init<zeros>, dynfault.probe = false} : !torch.vtensor<[3],f32>
  torch.global_slot @v {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[3],f32>
  func.func @forward(%x: !torch.tensor) -> !torch.tensor {
    %0 = torch.aten.relu %x {dynfault.site = "a"} : !torch.tensor -> !torch.tensor
    %1 = torch.aten.relu %0 {dynfault.site = "d", dynfault.probe = false} : !torch.tensor -> !torch.tensor
    return %1 : !torch.tensor
  }
  dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
    dynfault.backward %x : !torch.tensor
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
    dynfault.yield %x : !torch.tensor
  }
}

// -----

// Units are channels behind an operation with channels, and the last dimension
// behind others.
// CHECK-LABEL: module @units
// CHECK: site = "a", unit_dim = 1 : i64}
// CHECK: site = "b"}
module @units {
  func.func @forward(%x: !torch.vtensor<[?,3,8],f32>, %w: !torch.vtensor<[3,3,1],f32>, %v: !torch.vtensor<[8,8],f32>) -> !torch.vtensor<[?,3,8],f32> {
    %none = torch.constant.none
    %int0 = torch.constant.int 0
    %int1 = torch.constant.int 1
    %one = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %zero = torch.prim.ListConstruct %int0 : (!torch.int) -> !torch.list<int>
    %0 = torch.aten.conv1d %x, %w, %none, %one, %zero, %one, %int1 : !torch.vtensor<[?,3,8],f32>, !torch.vtensor<[3,3,1],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.vtensor<[?,3,8],f32>
    %1 = torch.aten.add.Tensor %0, %x, %int1 : !torch.vtensor<[?,3,8],f32>, !torch.vtensor<[?,3,8],f32>, !torch.int -> !torch.vtensor<[?,3,8],f32>
    %2 = torch.aten.relu %1 {dynfault.site = "a"} : !torch.vtensor<[?,3,8],f32> -> !torch.vtensor<[?,3,8],f32>
    %3 = torch.aten.matmul %v, %v : !torch.vtensor<[8,8],f32>, !torch.vtensor<[8,8],f32> -> !torch.vtensor<[8,8],f32>
    %4 = torch.aten.relu %3 {dynfault.site = "b"} : !torch.vtensor<[8,8],f32> -> !torch.vtensor<[8,8],f32>
    return %2 : !torch.vtensor<[?,3,8],f32>
  }
  dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
    dynfault.backward %x : !torch.tensor
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
    dynfault.yield %x : !torch.tensor
  }
}
