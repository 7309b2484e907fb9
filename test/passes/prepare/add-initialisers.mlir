// RUN: dynfault-opt %s --dynfault-add-initialisers 2>%t | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t

// fan_in of the convolution is 3 * 5 * 5 = 75: 1 / sqrt(75) = 0.1154...
// CHECK: torch.global_slot @conv.weight {dynfault.init = #dynfault.init<kaiming_uniform, a = 2.236067977499{{[0-9]*}}>} : !torch.tensor<[4,3,5,5],f32>
// CHECK: torch.global_slot @conv.bias {dynfault.init = #dynfault.init<uniform, low = -0.1154700538379{{[0-9]*}}, high = 0.1154700538379{{[0-9]*}}>}
// CHECK: torch.global_slot @bn.weight {dynfault.init = #dynfault.init<ones>}
// CHECK: torch.global_slot @bn.bias {dynfault.init = #dynfault.init<zeros>}
// CHECK: torch.global_slot @bn.running_mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>}
// CHECK: torch.global_slot @bn.running_var {dynfault.buffer, dynfault.init = #dynfault.init<ones>}
// CHECK: torch.global_slot @words.weight {dynfault.init = #dynfault.init<normal, mean = 0.000000e+00, std = 1.000000e+00>}
// CHECK: torch.global_slot @kept {dynfault.init = #dynfault.init<zeros>}
// CHECK: torch.global_slot @scale : !torch.tensor<[1],f32>
// The imported values of what is drawn now are gone; others stay.
// CHECK: torch.global_slot.module_initializer
// CHECK-NEXT: %[[S:.*]] = torch.tensor.literal(dense<2.000000e+00>
// CHECK-NEXT: torch.initialize.global_slots [
// CHECK-NEXT: @scale(%[[S]] : !torch.tensor<[1],f32>)
// CHECK-NEXT: ]
// REMARK: remark: parameter 'scale' is read by no layer with a known initialiser and keeps its values; give it {dynfault.init = #dynfault.init<...>}
torch.global_slot @conv.weight : !torch.tensor<[4,3,5,5],f32>
torch.global_slot @conv.bias : !torch.tensor<[4],f32>
torch.global_slot @bn.weight : !torch.tensor<[4],f32>
torch.global_slot @bn.bias : !torch.tensor<[4],f32>
torch.global_slot @bn.running_mean {dynfault.buffer} : !torch.tensor<[4],f32>
torch.global_slot @bn.running_var {dynfault.buffer} : !torch.tensor<[4],f32>
torch.global_slot @words.weight : !torch.tensor<[100,4],f32>
torch.global_slot @kept {dynfault.init = #dynfault.init<zeros>} : !torch.tensor<[4,4],f32>
torch.global_slot @scale : !torch.tensor<[1],f32>
torch.global_slot.module_initializer {
  %0 = torch.tensor.literal(dense<1.0> : tensor<4x3x5x5xf32>) : !torch.tensor<[4,3,5,5],f32>
  %1 = torch.tensor.literal(dense<2.0> : tensor<1xf32>) : !torch.tensor<[1],f32>
  torch.initialize.global_slots [
    @conv.weight(%0 : !torch.tensor<[4,3,5,5],f32>)
    @scale(%1 : !torch.tensor<[1],f32>)
  ]
}
func.func @forward(%x: !torch.tensor, %tokens: !torch.tensor) -> (!torch.tensor, !torch.tensor, !torch.tensor) {
  %none = torch.constant.none
  %true = torch.constant.bool true
  %false = torch.constant.bool false
  %int-1 = torch.constant.int -1
  %int0 = torch.constant.int 0
  %int1 = torch.constant.int 1
  %momentum = torch.constant.float 0.1
  %eps = torch.constant.float 1.0e-05
  %zeros = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
  %ones = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
  %w = torch.global_slot.get @conv.weight : !torch.tensor<[4,3,5,5],f32>
  %b = torch.global_slot.get @conv.bias : !torch.tensor<[4],f32>
  %0 = torch.aten.conv2d %x, %w, %b, %ones, %zeros, %ones, %int1 : !torch.tensor, !torch.tensor<[4,3,5,5],f32>, !torch.tensor<[4],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.tensor
  %g = torch.global_slot.get @bn.weight : !torch.tensor<[4],f32>
  %h = torch.global_slot.get @bn.bias : !torch.tensor<[4],f32>
  %m = torch.global_slot.get @bn.running_mean : !torch.tensor<[4],f32>
  %v = torch.global_slot.get @bn.running_var : !torch.tensor<[4],f32>
  %1 = torch.aten.batch_norm %0, %g, %h, %m, %v, %true, %momentum, %eps, %true : !torch.tensor, !torch.tensor<[4],f32>, !torch.tensor<[4],f32>, !torch.tensor<[4],f32>, !torch.tensor<[4],f32>, !torch.bool, !torch.float, !torch.float, !torch.bool -> !torch.tensor
  %e = torch.global_slot.get @words.weight : !torch.tensor<[100,4],f32>
  %2 = torch.aten.embedding %e, %tokens, %int-1, %false, %false : !torch.tensor<[100,4],f32>, !torch.tensor, !torch.int, !torch.bool, !torch.bool -> !torch.tensor
  %k = torch.global_slot.get @kept : !torch.tensor<[4,4],f32>
  %3 = torch.aten.linear %2, %k, %none : !torch.tensor, !torch.tensor<[4,4],f32>, !torch.none -> !torch.tensor
  %s = torch.global_slot.get @scale : !torch.tensor<[1],f32>
  %4 = torch.aten.mul.Tensor %1, %s : !torch.tensor, !torch.tensor<[1],f32> -> !torch.tensor
  return %4, %3, %2 : !torch.tensor, !torch.tensor, !torch.tensor
}
