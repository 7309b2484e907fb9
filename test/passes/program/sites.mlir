// Site ids: where they come from. Any pass that needs them writes them down.

// RUN: dynfault-opt %s --dynfault-insert-activation-probes | FileCheck %s
// A second run finds what the first wrote.
// RUN: dynfault-opt %s --dynfault-insert-activation-probes --dynfault-insert-activation-probes | FileCheck %s
// RUN: dynfault-opt %s --dynfault-insert-activation-probes | dynfault-opt --dynfault-insert-activation-probes | FileCheck %s

torch.global_slot @conv1.weight : !torch.vtensor<[2,2],f32>
torch.global_slot @layer1.0.fc.weight : !torch.vtensor<[2,2],f32>
torch.global_slot @scale : !torch.vtensor<[],f32>

// CHECK-LABEL: func.func @forward
func.func @forward(%x: !torch.vtensor<[?,2],f32>) -> !torch.vtensor<[?,2],f32> {
  %none = torch.constant.none
  // An operation without parameters and without a named neighbour stands in its
  // function's scope.
  // CHECK: torch.aten.neg %{{.*}} {dynfault.site = "forward/neg"}
  %0 = torch.aten.neg %x : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>

  // One that reads a parameter stands in that parameter's scope; the overload and
  // a trailing underscore are no part of the name.
  // CHECK: torch.aten.linear {{.*}} {dynfault.site = "conv1/linear"}
  %w = torch.global_slot.get @conv1.weight : !torch.vtensor<[2,2],f32>
  %1 = torch.aten.linear %0, %w, %none : !torch.vtensor<[?,2],f32>, !torch.vtensor<[2,2],f32>, !torch.none -> !torch.vtensor<[?,2],f32>
  // CHECK: torch.aten.mul_.Tensor {{.*}} {dynfault.site = "layer1.0.fc/mul"}
  %v = torch.global_slot.get @layer1.0.fc.weight : !torch.vtensor<[2,2],f32>
  %2 = torch.aten.mul_.Tensor %v, %v : !torch.vtensor<[2,2],f32>, !torch.vtensor<[2,2],f32> -> !torch.vtensor<[2,2],f32>

  // Otherwise the scope of what it works on carries over.
  // CHECK: dynfault.probe_activation {{.*}}site = "conv1/relu"
  // CHECK-NEXT: torch.aten.relu {{.*}} {dynfault.site = "conv1/relu"}
  %3 = torch.aten.relu %1 : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>

  // A parameter without a scope gives none.
  // CHECK: torch.aten.mul.Tensor {{.*}} {dynfault.site = "conv1/mul"}
  %s = torch.global_slot.get @scale : !torch.vtensor<[],f32>
  %4 = torch.aten.mul.Tensor %3, %s : !torch.vtensor<[?,2],f32>, !torch.vtensor<[],f32> -> !torch.vtensor<[?,2],f32>

  // Equal names are counted within the name, not over the module.
  // CHECK: torch.aten.relu {{.*}} {dynfault.site = "conv1/relu.1"}
  %5 = torch.aten.relu %4 : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>

  // An importer's location is the name: with a call stack, the innermost one.
  // CHECK: torch.aten.tanh {{.*}} {dynfault.site = "block/act"}
  %6 = torch.aten.tanh %5 : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32> loc("block/act"("net.py":3:7))
  // CHECK: torch.aten.tanh {{.*}} {dynfault.site = "inner/act"}
  %7 = torch.aten.tanh %6 : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32> loc(callsite("inner/act"("net.py":4:7) at "outer/act"("net.py":9:1)))

  // What is written down is kept, and a derived name does not take it although
  // it stands further below.
  // CHECK: torch.aten.sigmoid {{.*}} {dynfault.site = "inner/sigmoid.1"}
  %8 = torch.aten.sigmoid %7 : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>
  // CHECK: torch.aten.sigmoid {{.*}} {dynfault.site = "inner/sigmoid"}
  %9 = torch.aten.sigmoid %8 {dynfault.site = "inner/sigmoid"} : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>

  // torch.operator is what it names.
  // CHECK: torch.operator "aten.selu"{{.*}} {dynfault.site = "inner/selu"}
  %10 = torch.operator "aten.selu"(%9) : (!torch.vtensor<[?,2],f32>) -> !torch.vtensor<[?,2],f32>

  // Constants, lists, slots and casts are no sites.
  // CHECK-NOT: dynfault.site
  %11 = torch.vtensor.literal(dense<0.0> : tensor<f32>) : !torch.vtensor<[],f32>
  %12 = torch.prim.ListConstruct %10 : (!torch.vtensor<[?,2],f32>) -> !torch.list<vtensor>
  %13 = torch.derefine %10 : !torch.vtensor<[?,2],f32> to !torch.optional<vtensor>
  // CHECK: return
  return %10 : !torch.vtensor<[?,2],f32>
}

// Another function is another scope.
// CHECK-LABEL: func.func @encode
func.func @encode(%x: !torch.vtensor<[?,2],f32>) -> !torch.vtensor<[?,2],f32> {
  // CHECK: torch.aten.relu {{.*}} {dynfault.site = "encode/relu"}
  %0 = torch.aten.relu %x : !torch.vtensor<[?,2],f32> -> !torch.vtensor<[?,2],f32>
  return %0 : !torch.vtensor<[?,2],f32>
}
