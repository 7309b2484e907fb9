// RUN: dynfault-opt %s --dynfault-add-initialisers | FileCheck %s
// The same, as a place for weights: after the passes of the command line.
// RUN: dynfault-opt %s --weights=initialiser | FileCheck %s
// RUN: dynfault-opt %s --weights=initialiser -o %t.mlir && FileCheck %s < %t.mlir

// An object graph is made flat first.
// CHECK-NOT: torch.nn_module
// CHECK: torch.global_slot @fc.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.236067977499{{[0-9]*}}>
// CHECK: torch.global_slot @fc.bias {dynfault.init = #dynfault.init<uniform, low = -5.000000e-01, high = 5.000000e-01>
// CHECK-NOT: module_initializer
torch.class_type @Linear {
  torch.attr "weight" : !torch.tensor {dynfault.parameter}
  torch.attr "bias" : !torch.tensor {dynfault.parameter}
}
torch.class_type @Net {
  torch.attr private "fc" : !torch.nn.Module<"Linear">
  torch.method "forward", @forward
}
%weight = torch.tensor.literal(dense<3.0> : tensor<2x4xf32>) {dynfault.requires_grad = true} : !torch.tensor<[2,4],f32>
%bias = torch.tensor.literal(dense<3.0> : tensor<2xf32>) {dynfault.requires_grad = true} : !torch.tensor<[2],f32>
%linear = torch.nn_module {
  torch.slot "weight", %weight : !torch.tensor<[2,4],f32>
  torch.slot "bias", %bias : !torch.tensor<[2],f32>
} : !torch.nn.Module<"Linear">
%net = torch.nn_module {
  torch.slot "fc", %linear : !torch.nn.Module<"Linear">
} : !torch.nn.Module<"Net">
func.func private @forward(%self: !torch.nn.Module<"Net">, %x: !torch.tensor) -> !torch.tensor {
  %fc = torch.prim.GetAttr %self["fc"] : !torch.nn.Module<"Net"> -> !torch.nn.Module<"Linear">
  %w = torch.prim.GetAttr %fc["weight"] : !torch.nn.Module<"Linear"> -> !torch.tensor
  %b = torch.prim.GetAttr %fc["bias"] : !torch.nn.Module<"Linear"> -> !torch.tensor
  %0 = torch.aten.linear %x, %w, %b : !torch.tensor, !torch.tensor, !torch.tensor -> !torch.tensor
  return %0 : !torch.tensor
}
