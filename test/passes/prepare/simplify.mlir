// RUN: dynfault-opt %s --dynfault-simplify --split-input-file | FileCheck %s

// What F.batch_norm looks like when scripted: checks, `is None`, bookkeeping.
// CHECK-NOT: @bn.momentum
// CHECK-NOT: @bn.track_running_stats
// CHECK-LABEL: func.func @forward
// CHECK-SAME: (%[[X:.*]]: !torch.tensor)
// CHECK: %[[MOMENTUM:.*]] = torch.constant.float 1.000000e-01
// CHECK: %[[TRAINING:.*]] = torch.global_slot.get @bn.training
// CHECK-NOT: RaiseException
// CHECK: torch.prim.If %[[TRAINING]] -> () {
// CHECK: torch.global_slot.set @bn.num_batches_tracked
// CHECK-NOT: torch.prim.Loop
// CHECK: torch.aten.batch_norm %[[X]], {{.*}}, %[[TRAINING]], %[[MOMENTUM]],
torch.global_slot @bn.training : !torch.bool
torch.global_slot @bn.momentum : !torch.float
torch.global_slot @bn.track_running_stats : !torch.bool
torch.global_slot @bn.num_batches_tracked {dynfault.buffer} : !torch.tensor
torch.global_slot.module_initializer {
  %true = torch.constant.bool true
  %momentum = torch.constant.float 0.1
  %zero = torch.tensor.literal(dense<0> : tensor<si64>) : !torch.tensor
  torch.initialize.global_slots [
    @bn.training(%true : !torch.bool)
    @bn.momentum(%momentum : !torch.float)
    @bn.track_running_stats(%true : !torch.bool)
    @bn.num_batches_tracked(%zero : !torch.tensor)
  ]
}
func.func @forward(%x: !torch.tensor) -> !torch.tensor {
  %none = torch.constant.none
  %true = torch.constant.bool true
  %false = torch.constant.bool false
  %eps = torch.constant.float 1.0e-05
  %zero = torch.constant.float 0.0
  %int1 = torch.constant.int 1
  %int4 = torch.constant.int 4
  %message = torch.constant.str "expected 4D input"
  %dim = torch.aten.dim %x : !torch.tensor -> !torch.int
  %wrong = torch.aten.ne.int %dim, %int4 : !torch.int, !torch.int -> !torch.bool
  torch.prim.If %wrong -> () {
    torch.prim.RaiseException %message, %none : !torch.str, !torch.none
    torch.prim.If.yield
  } else {
    torch.prim.If.yield
  }
  %m = torch.global_slot.get @bn.momentum : !torch.float
  %t0 = torch.global_slot.get @bn.training : !torch.bool
  %both = torch.prim.If %t0 -> (!torch.bool) {
    %track = torch.global_slot.get @bn.track_running_stats : !torch.bool
    torch.prim.If.yield %track : !torch.bool
  } else {
    torch.prim.If.yield %false : !torch.bool
  }
  %factor = torch.prim.If %both -> (!torch.float) {
    %n = torch.global_slot.get @bn.num_batches_tracked : !torch.tensor
    %n1 = torch.aten.add.Scalar %n, %int1, %int1 : !torch.tensor, !torch.int, !torch.int -> !torch.tensor
    torch.global_slot.set @bn.num_batches_tracked = %n1 : !torch.tensor
    torch.prim.If.yield %m : !torch.float
  } else {
    torch.prim.If.yield %m : !torch.float
  }
  %t1 = torch.global_slot.get @bn.training : !torch.bool
  %batch = torch.prim.If %t1 -> (!torch.bool) {
    torch.prim.If.yield %true : !torch.bool
  } else {
    torch.prim.If.yield %false : !torch.bool
  }
  torch.prim.If %batch -> () {
    %size = torch.aten.size %x : !torch.tensor -> !torch.list<int>
    %product = torch.prim.Loop %int4, %true, init(%int1) {
    ^bb0(%i: !torch.int, %p: !torch.int):
      %s = torch.aten.__getitem__.t %size, %i : !torch.list<int>, !torch.int -> !torch.int
      %q = torch.aten.mul.int %p, %s : !torch.int, !torch.int -> !torch.int
      torch.prim.Loop.condition %true, iter(%q : !torch.int)
    } : (!torch.int, !torch.bool, !torch.int) -> !torch.int
    %one = torch.aten.eq.int %product, %int1 : !torch.int, !torch.int -> !torch.bool
    torch.prim.If %one -> () {
      torch.prim.RaiseException %message, %none : !torch.str, !torch.none
      torch.prim.If.yield
    } else {
      torch.prim.If.yield
    }
    torch.prim.If.yield
  } else {
    torch.prim.If.yield
  }
  %r = torch.aten.batch_norm %x, %none, %none, %none, %none, %batch, %factor, %eps, %true : !torch.tensor, !torch.none, !torch.none, !torch.none, !torch.none, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.tensor
  return %r : !torch.tensor
}

// -----

// F.relu(x, inplace): the flag decides at compile time.
// CHECK-LABEL: func.func @relu
// CHECK-NEXT: %[[R:.*]] = torch.aten.relu_
// CHECK-NEXT: return %[[R]]
func.func @relu(%x: !torch.tensor) -> !torch.tensor {
  %true = torch.constant.bool true
  %r = torch.prim.If %true -> (!torch.tensor) {
    %0 = torch.aten.relu_ %x : !torch.tensor -> !torch.tensor
    torch.prim.If.yield %0 : !torch.tensor
  } else {
    %1 = torch.aten.relu %x : !torch.tensor -> !torch.tensor
    torch.prim.If.yield %1 : !torch.tensor
  }
  return %r : !torch.tensor
}

// -----

// Random numbers, in-place writes and list changes stay although nobody reads
// their results; what only computes goes.
// CHECK-LABEL: func.func @effects
// CHECK-NOT: torch.aten.relu %
// CHECK: torch.aten.dropout
// CHECK: torch.aten.add_.Tensor
// CHECK: torch.aten.append.t
func.func @effects(%x: !torch.tensor, %l: !torch.list<tensor>) -> !torch.tensor {
  %half = torch.constant.float 0.5
  %true = torch.constant.bool true
  %int1 = torch.constant.int 1
  %0 = torch.aten.relu %x : !torch.tensor -> !torch.tensor
  %1 = torch.aten.dropout %x, %half, %true : !torch.tensor, !torch.float, !torch.bool -> !torch.tensor
  %2 = torch.aten.add_.Tensor %x, %x, %int1 : !torch.tensor, !torch.tensor, !torch.int -> !torch.tensor
  %3 = torch.aten.append.t %l, %x : !torch.list<tensor>, !torch.tensor -> !torch.list<tensor>
  return %x : !torch.tensor
}

// -----

// Python's rounding, and what would overflow or raise is left alone.
// CHECK-LABEL: func.func @arithmetic
// CHECK-DAG: %[[A:.*]] = torch.constant.int -4
// CHECK-DAG: %[[B:.*]] = torch.constant.int 1
// CHECK: %[[C:.*]] = torch.aten.floordiv.int
// CHECK: %[[D:.*]] = torch.aten.add.int
// CHECK: return %[[A]], %[[B]], %[[C]], %[[D]]
func.func @arithmetic() -> (!torch.int, !torch.int, !torch.int, !torch.int) {
  %n = torch.constant.int -7
  %two = torch.constant.int 2
  %zero = torch.constant.int 0
  %max = torch.constant.int 9223372036854775807
  %a = torch.aten.floordiv.int %n, %two : !torch.int, !torch.int -> !torch.int
  %b = torch.aten.remainder.int %n, %two : !torch.int, !torch.int -> !torch.int
  %c = torch.aten.floordiv.int %n, %zero : !torch.int, !torch.int -> !torch.int
  %d = torch.aten.add.int %max, %two : !torch.int, !torch.int -> !torch.int
  return %a, %b, %c, %d : !torch.int, !torch.int, !torch.int, !torch.int
}

// -----

// A list that grows is not a constant.
// CHECK-LABEL: func.func @lists
// CHECK: %[[TWO:.*]] = torch.constant.int 2
// CHECK: %[[LENGTH:.*]] = torch.aten.len.t
// CHECK: return %[[TWO]], %[[LENGTH]]
func.func @lists() -> (!torch.int, !torch.int) {
  %one = torch.constant.int 1
  %fixed = torch.prim.ListConstruct %one, %one : (!torch.int, !torch.int) -> !torch.list<int>
  %grown = torch.prim.ListConstruct %one, %one : (!torch.int, !torch.int) -> !torch.list<int>
  %0 = torch.aten.append.t %grown, %one : !torch.list<int>, !torch.int -> !torch.list<int>
  %1 = torch.aten.len.t %fixed : !torch.list<int> -> !torch.int
  %2 = torch.aten.len.t %grown : !torch.list<int> -> !torch.int
  return %1, %2 : !torch.int, !torch.int
}

// -----

// One value is itself; an operation that takes any value sees what is known.
// CHECK-LABEL: func.func @identity
// CHECK: %[[TRUE:.*]] = torch.constant.bool true
// CHECK: torch.aten.linear {{.*}} : !torch.tensor<[2],f32>, !torch.tensor<[2],f32>, !torch.tensor<[2],f32> -> !torch.tensor
// CHECK: return {{.*}}%[[TRUE]]
func.func @identity(%x: !torch.tensor<[2],f32>) -> (!torch.tensor, !torch.bool) {
  %0 = torch.derefine %x : !torch.tensor<[2],f32> to !torch.optional<tensor>
  %1 = torch.aten.linear %x, %x, %0 : !torch.tensor<[2],f32>, !torch.tensor<[2],f32>, !torch.optional<tensor> -> !torch.tensor
  %2 = torch.aten.__is__ %0, %x : !torch.optional<tensor>, !torch.tensor<[2],f32> -> !torch.bool
  return %1, %2 : !torch.tensor, !torch.bool
}

// -----

// Equal lists become one, unless something changes one of them.
// CHECK-LABEL: func.func @equal_lists
// CHECK: %[[L:.*]] = torch.prim.ListConstruct
// CHECK: %[[G:.*]] = torch.prim.ListConstruct
// CHECK: torch.aten.append.t %[[G]]
// CHECK: torch.aten.reshape %{{.*}}, %[[L]]
// CHECK: torch.aten.reshape %{{.*}}, %[[L]]
func.func @equal_lists(%x: !torch.tensor) -> (!torch.tensor, !torch.list<int>) {
  %one = torch.constant.int 1
  %a = torch.prim.ListConstruct %one, %one : (!torch.int, !torch.int) -> !torch.list<int>
  %b = torch.prim.ListConstruct %one, %one : (!torch.int, !torch.int) -> !torch.list<int>
  %c = torch.prim.ListConstruct %one, %one : (!torch.int, !torch.int) -> !torch.list<int>
  %0 = torch.aten.append.t %c, %one : !torch.list<int>, !torch.int -> !torch.list<int>
  %1 = torch.aten.reshape %x, %a : !torch.tensor, !torch.list<int> -> !torch.tensor
  %2 = torch.aten.reshape %1, %b : !torch.tensor, !torch.list<int> -> !torch.tensor
  return %2, %c : !torch.tensor, !torch.list<int>
}
