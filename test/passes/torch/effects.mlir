// What MLIR's own clean-up passes may do: merge and drop what only computes, and keep
// whatever changes something, raises, prints, or makes an object of its own.

// RUN: dynfault-opt %s --cse --canonicalize --symbol-dce | FileCheck %s

// CHECK: torch.global_slot "private" @flag
torch.global_slot "private" @flag : !torch.bool
// An unused private slot goes.
// CHECK-NOT: @unused
torch.global_slot "private" @unused : !torch.bool

// CHECK-LABEL: func.func @kept
func.func @kept(%t: !torch.tensor, %v: !torch.vtensor<*,f32>, %m: !torch.nn.Module<"c">, %b: !torch.bool, %s: !torch.str) {
  // CHECK-NEXT: torch.global_slot.set @flag
  torch.global_slot.set @flag = %b : !torch.bool
  // CHECK-NEXT: torch.prim.SetAttr
  torch.prim.SetAttr %m["a"] = %b : !torch.nn.Module<"c">, !torch.bool
  // CHECK-NEXT: torch.prim.CallMethod
  %0 = torch.prim.CallMethod %m["f"] () : !torch.nn.Module<"c">, () -> !torch.none
  // CHECK-NEXT: torch.prim.Print
  torch.prim.Print(%s) : !torch.str
  // CHECK-NEXT: torch.prim.Enter
  %enter = torch.prim.Enter %m : !torch.nn.Module<"c">
  // CHECK-NEXT: torch.operator "prim.Enter"
  %as = torch.operator "prim.Enter"(%m) : (!torch.nn.Module<"c">) -> !torch.float
  // CHECK-NEXT: torch.prim.Exit
  %exit = torch.prim.Exit %m : !torch.nn.Module<"c"> -> !torch.tensor
  // CHECK-NEXT: torch.aten.relu_
  %1 = torch.aten.relu_ %t : !torch.tensor -> !torch.tensor
  // CHECK-NEXT: torch.runtime.assert
  torch.runtime.assert %b, "must hold"
  // CHECK-NEXT: torch.prim.If
  torch.prim.If %b -> () {
    // CHECK-NEXT: torch.prim.RaiseException
    torch.prim.RaiseException %s : !torch.str
    torch.prim.If.yield
  } else {
    torch.prim.If.yield
  }
  // CHECK: torch.overwrite.tensor.contents
  %2 = torch.tensor_static_info_cast %t : !torch.tensor to !torch.tensor<*,f32>
  torch.overwrite.tensor.contents %v overwrites %2 : !torch.vtensor<*,f32>, !torch.tensor<*,f32>
  return
}

// CHECK-LABEL: func.func @dropped
// CHECK-NEXT: return
func.func @dropped(%i: !torch.int, %m: !torch.nn.Module<"c">, %b: !torch.bool, %t: !torch.tensor) {
  %0 = torch.prim.ListConstruct %i : (!torch.int) -> !torch.list<int>
  %1 = torch.prim.TupleConstruct %i : !torch.int -> !torch.tuple<int>
  %2 = torch.prim.GetAttr %m["a"] : !torch.nn.Module<"c"> -> !torch.bool
  %3 = torch.global_slot.get @flag : !torch.bool
  %4 = torch.tensor.literal(dense<1.0> : tensor<1xf32>) : !torch.tensor
  %5 = torch.copy.to_vtensor %t : !torch.vtensor
  %6 = torch.prim.If %b -> (!torch.int) {
    torch.prim.If.yield %i : !torch.int
  } else {
    torch.prim.If.yield %i : !torch.int
  }
  return
}

// Equal lists, mutable tensors and copies are two; equal tuples and casts are one.
// CHECK-LABEL: func.func @identity
func.func @identity(%i: !torch.int, %v: !torch.vtensor) -> (!torch.list<int>, !torch.list<int>, !torch.tensor, !torch.tensor, !torch.tensor, !torch.tensor, !torch.tuple<int>, !torch.tuple<int>) {
  // CHECK-NEXT: %[[L:.*]] = torch.prim.ListConstruct
  %0 = torch.prim.ListConstruct %i : (!torch.int) -> !torch.list<int>
  // CHECK-NEXT: %[[M:.*]] = torch.prim.ListConstruct
  %1 = torch.prim.ListConstruct %i : (!torch.int) -> !torch.list<int>
  %2 = torch.tensor.literal(dense<1.0> : tensor<1xf32>) : !torch.tensor
  %3 = torch.tensor.literal(dense<1.0> : tensor<1xf32>) : !torch.tensor
  // CHECK: %[[C:.*]] = torch.copy.to_tensor
  %4 = torch.copy.to_tensor %v : !torch.tensor
  // CHECK-NEXT: %[[D:.*]] = torch.copy.to_tensor
  %5 = torch.copy.to_tensor %v : !torch.tensor
  %6 = torch.prim.TupleConstruct %i : !torch.int -> !torch.tuple<int>
  %7 = torch.prim.TupleConstruct %i : !torch.int -> !torch.tuple<int>
  // CHECK-NEXT: %[[T:.*]] = torch.prim.TupleConstruct
  // CHECK-NEXT: return %[[L]], %[[M]], %literal, %literal_0, %[[C]], %[[D]], %[[T]], %[[T]] :
  return %0, %1, %2, %3, %4, %5, %6, %7 : !torch.list<int>, !torch.list<int>, !torch.tensor, !torch.tensor, !torch.tensor, !torch.tensor, !torch.tuple<int>, !torch.tuple<int>
}

// What a write stands between is read twice, what nothing stands between once.
// CHECK-LABEL: func.func @reads
func.func @reads(%b: !torch.bool) -> (!torch.bool, !torch.bool, !torch.bool) {
  // CHECK-NEXT: %[[A:.*]] = torch.global_slot.get @flag
  %0 = torch.global_slot.get @flag : !torch.bool
  %1 = torch.global_slot.get @flag : !torch.bool
  // CHECK-NEXT: torch.global_slot.set
  torch.global_slot.set @flag = %b : !torch.bool
  // CHECK-NEXT: %[[B:.*]] = torch.global_slot.get @flag
  %2 = torch.global_slot.get @flag : !torch.bool
  // CHECK-NEXT: return %[[A]], %[[A]], %[[B]]
  return %0, %1, %2 : !torch.bool, !torch.bool, !torch.bool
}

// A class keeps its private methods, and the object its place.
// CHECK: func.func private @c.f
func.func private @c.f(!torch.nn.Module<"c">) -> !torch.none
// CHECK: torch.class_type @c
torch.class_type @c {
  torch.attr "a" : !torch.bool
  torch.method "f", @c.f
}
// CHECK: torch.nn_module
%true = torch.constant.bool true
%c = torch.nn_module {
  torch.slot "a", %true : !torch.bool
} : !torch.nn.Module<"c">
