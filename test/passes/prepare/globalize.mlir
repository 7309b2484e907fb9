// RUN: dynfault-opt %s --dynfault-globalize --split-input-file --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// Two objects of one class share its code; after the pass each has its own.
// CHECK-LABEL: module attributes
// CHECK-DAG: torch.global_slot @first.weight : !torch.tensor<[2],f32>
// CHECK-DAG: torch.global_slot @second.weight : !torch.tensor<[2],f32>
// CHECK: torch.global_slot.module_initializer
// CHECK: torch.initialize.global_slots [
// CHECK-NEXT: @first.weight(
// CHECK-NEXT: @second.weight(
// CHECK-LABEL: func.func @forward(%{{.*}}: !torch.tensor {torch.type_bound = !torch.vtensor<[2],f32>}
// CHECK: %[[A:.*]] = torch.global_slot.get @first.weight : !torch.tensor<[2],f32>
// CHECK: %[[X:.*]] = torch.aten.mul.Tensor %{{.*}}, %[[A]]
// CHECK-SAME: loc("first/mul"
// CHECK: %[[Y:.*]] = torch.aten.relu %[[X]]
// CHECK-SAME: loc("first/relu"
// CHECK: %[[B:.*]] = torch.global_slot.get @second.weight : !torch.tensor<[2],f32>
// CHECK: %[[Z:.*]] = torch.aten.mul.Tensor %[[Y]], %[[B]]
// CHECK-SAME: loc("second/mul"
// CHECK: torch.aten.relu %[[Z]]
// CHECK-SAME: loc("second/relu"
// CHECK: torch.aten.tanh
// CHECK-SAME: loc("tanh"
// CHECK-NOT: torch.nn_module
// CHECK-NOT: @__torch__
module attributes {torch.debug_module_name = "Net"} {
  func.func private @__torch__.relu(%x: !torch.tensor) -> !torch.tensor {
    %0 = torch.aten.relu %x : !torch.tensor -> !torch.tensor
    return %0 : !torch.tensor
  }
  func.func private @__torch__.Scale.forward(%self: !torch.nn.Module<"__torch__.Scale">, %x: !torch.tensor) -> !torch.tensor {
    %w = torch.prim.GetAttr %self["weight"] : !torch.nn.Module<"__torch__.Scale"> -> !torch.tensor
    %0 = torch.aten.mul.Tensor %x, %w : !torch.tensor, !torch.tensor -> !torch.tensor
    %1 = call @__torch__.relu(%0) : (!torch.tensor) -> !torch.tensor
    return %1 : !torch.tensor
  }
  func.func private @__torch__.Net.forward(%self: !torch.nn.Module<"__torch__.Net">, %x: !torch.tensor {torch.type_bound = !torch.vtensor<[2],f32>}) -> !torch.tensor {
    %first = torch.prim.GetAttr %self["first"] : !torch.nn.Module<"__torch__.Net"> -> !torch.nn.Module<"__torch__.Scale">
    %0 = torch.prim.CallMethod %first["forward"] (%x) : !torch.nn.Module<"__torch__.Scale">, (!torch.tensor) -> !torch.tensor
    %second = torch.prim.GetAttr %self["second"] : !torch.nn.Module<"__torch__.Net"> -> !torch.nn.Module<"__torch__.Scale">
    %1 = torch.prim.CallMethod %second["forward"] (%0) : !torch.nn.Module<"__torch__.Scale">, (!torch.tensor) -> !torch.tensor
    %2 = torch.aten.tanh %1 : !torch.tensor -> !torch.tensor
    return %2 : !torch.tensor
  }
  torch.class_type @__torch__.Scale {
    torch.attr "weight" : !torch.tensor {dynfault.parameter}
    torch.method "forward", @__torch__.Scale.forward
  }
  torch.class_type @__torch__.Net {
    torch.attr "first" : !torch.nn.Module<"__torch__.Scale">
    torch.attr "second" : !torch.nn.Module<"__torch__.Scale">
    torch.method "forward", @__torch__.Net.forward
  }
  %w1 = torch.tensor.literal(dense<1.0> : tensor<2xf32>) : !torch.tensor
  %w2 = torch.tensor.literal(dense<2.0> : tensor<2xf32>) : !torch.tensor
  %first = torch.nn_module {
    torch.slot "weight", %w1 : !torch.tensor
  } : !torch.nn.Module<"__torch__.Scale">
  %second = torch.nn_module {
    torch.slot "weight", %w2 : !torch.tensor
  } : !torch.nn.Module<"__torch__.Scale">
  %net = torch.nn_module {
    torch.slot "first", %first : !torch.nn.Module<"__torch__.Scale">
    torch.slot "second", %second : !torch.nn.Module<"__torch__.Scale">
  } : !torch.nn.Module<"__torch__.Net">
}

// -----

// Tied weights are one slot; a state that is written keeps its declared type;
// a branch of control flow is expanded where it stands.
// CHECK: torch.global_slot @count {dynfault.buffer} : !torch.tensor
// CHECK: torch.global_slot @encoder {dynfault.aliases = ["decoder"], dynfault.requires_grad = false} : !torch.tensor<[2],f32>
// CHECK-LABEL: func.func @forward
// CHECK: %[[T:.*]] = torch.global_slot.get @training : !torch.bool
// CHECK: torch.prim.If %[[T]] -> (!torch.tensor)
// CHECK: torch.global_slot.set @count = %{{.*}} : !torch.tensor
// CHECK: %[[W:.*]] = torch.global_slot.get @encoder : !torch.tensor<[2],f32>
// CHECK: %[[CAST:.*]] = torch.tensor_static_info_cast %[[W]] : !torch.tensor<[2],f32> to !torch.tensor
// CHECK: torch.prim.If.yield %[[CAST]] : !torch.tensor
module {
  func.func private @__torch__.Tied.forward(%self: !torch.nn.Module<"__torch__.Tied">) -> !torch.tensor {
    %training = torch.prim.GetAttr %self["training"] : !torch.nn.Module<"__torch__.Tied"> -> !torch.bool
    %r = torch.prim.If %training -> (!torch.tensor) {
      %e = torch.prim.GetAttr %self["encoder"] : !torch.nn.Module<"__torch__.Tied"> -> !torch.tensor
      torch.prim.SetAttr %self["count"] = %e : !torch.nn.Module<"__torch__.Tied">, !torch.tensor
      torch.prim.If.yield %e : !torch.tensor
    } else {
      %d = torch.prim.GetAttr %self["decoder"] : !torch.nn.Module<"__torch__.Tied"> -> !torch.tensor
      torch.prim.If.yield %d : !torch.tensor
    }
    return %r : !torch.tensor
  }
  torch.class_type @__torch__.Tied {
    torch.attr "training" : !torch.bool
    torch.attr "count" : !torch.tensor {dynfault.buffer}
    torch.attr "encoder" : !torch.tensor {dynfault.parameter}
    torch.attr "decoder" : !torch.tensor {dynfault.parameter}
    torch.method "forward", @__torch__.Tied.forward
  }
  %true = torch.constant.bool true
  %c = torch.tensor.literal(dense<0.0> : tensor<2xf32>) : !torch.tensor
  %w = torch.tensor.literal(dense<1.0> : tensor<2xf32>) {dynfault.requires_grad = false} : !torch.tensor
  %m = torch.nn_module {
    torch.slot "training", %true : !torch.bool
    torch.slot "count", %c : !torch.tensor
    torch.slot "encoder", %w : !torch.tensor
    torch.slot "decoder", %w : !torch.tensor
  } : !torch.nn.Module<"__torch__.Tied">
}

// -----

// Nothing to do.
// CHECK: func.func @plain
func.func @plain(%x: !torch.tensor) -> !torch.tensor {
  return %x : !torch.tensor
}
