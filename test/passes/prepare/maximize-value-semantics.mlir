// RUN: dynfault-opt %s --dynfault-maximize-value-semantics --split-input-file 2>%t | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t

// A residual block: every tensor that is written has one name.
// CHECK: torch.global_slot @conv.weight : !torch.vtensor<[4,4,1,1],f32>
// CHECK: torch.vtensor.literal
// CHECK-LABEL: func.func @block
// CHECK-SAME: (%[[X:.*]]: !torch.vtensor<[?,4,8,8],f32>) -> !torch.vtensor
// CHECK: %[[C:.*]] = torch.aten.conv2d
// CHECK: %[[A:.*]] = torch.aten.add.Tensor %[[C]], %[[X]], %{{.*}} {dynfault.site = "add"}
// CHECK: %[[R:.*]] = torch.aten.relu %[[A]]
// CHECK: return %[[R]]
torch.global_slot @conv.weight : !torch.tensor<[4,4,1,1],f32>
torch.global_slot.module_initializer {
  %w = torch.tensor.literal(dense<1.0> : tensor<4x4x1x1xf32>) : !torch.tensor<[4,4,1,1],f32>
  torch.initialize.global_slots [
    @conv.weight(%w : !torch.tensor<[4,4,1,1],f32>)
  ]
}
func.func @block(%x: !torch.tensor<[?,4,8,8],f32>) -> !torch.tensor {
  %none = torch.constant.none
  %int0 = torch.constant.int 0
  %int1 = torch.constant.int 1
  %zeros = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
  %ones = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
  %w = torch.global_slot.get @conv.weight : !torch.tensor<[4,4,1,1],f32>
  %0 = torch.aten.conv2d %x, %w, %none, %ones, %zeros, %ones, %int1 : !torch.tensor<[?,4,8,8],f32>, !torch.tensor<[4,4,1,1],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.tensor
  %1 = torch.aten.add_.Tensor %0, %x, %int1 {dynfault.site = "add"} : !torch.tensor, !torch.tensor<[?,4,8,8],f32>, !torch.int -> !torch.tensor
  %2 = torch.aten.relu_ %1 : !torch.tensor -> !torch.tensor
  return %2 : !torch.tensor
}

// -----

// Whoever reads the tensor under its old name afterwards reads the new values.
// CHECK-LABEL: func.func @read_later
// CHECK: %[[E:.*]] = torch.aten.exp
// CHECK: %[[N:.*]] = torch.aten.neg %[[E]]
// CHECK: %[[R:.*]] = torch.aten.relu %[[E]]
// CHECK: torch.aten.mul.Tensor %[[N]], %[[R]]
func.func @read_later(%x: !torch.tensor) -> !torch.tensor {
  %0 = torch.aten.exp %x : !torch.tensor -> !torch.tensor
  %1 = torch.aten.neg %0 : !torch.tensor -> !torch.tensor
  %2 = torch.aten.relu_ %0 : !torch.tensor -> !torch.tensor
  %3 = torch.aten.mul.Tensor %1, %0 : !torch.tensor, !torch.tensor -> !torch.tensor
  return %3 : !torch.tensor
}

// -----

// An argument, and a tensor with a view, may be seen from elsewhere.
// CHECK-LABEL: func.func @argument
// CHECK: torch.aten.relu_ %{{.*}} : !torch.tensor
// REMARK: remark: changes a tensor that may have other names; the module keeps mutable tensors
func.func @argument(%x: !torch.tensor) -> !torch.tensor {
  %0 = torch.aten.relu_ %x : !torch.tensor -> !torch.tensor
  return %0 : !torch.tensor
}

// -----

// CHECK-LABEL: func.func @view
// CHECK: torch.aten.relu_
// REMARK: remark: changes a tensor that may have other names
func.func @view(%x: !torch.tensor) -> !torch.tensor {
  %0 = torch.aten.exp %x : !torch.tensor -> !torch.tensor
  %1 = torch.aten.t %0 : !torch.tensor -> !torch.tensor
  %2 = torch.aten.relu_ %0 : !torch.tensor -> !torch.tensor
  return %1 : !torch.tensor
}

// -----

// A running count that one operation reads and writes.
// CHECK-LABEL: func.func @step
// CHECK: %[[N:.*]] = torch.global_slot.get @count : !torch.vtensor<[],si64>
// CHECK: %[[S:.*]] = torch.aten.add.Scalar %[[N]]
// CHECK: torch.global_slot.set @count = %[[S]] : !torch.vtensor<[],si64>
torch.global_slot @count {dynfault.buffer} : !torch.tensor<[],si64>
func.func @step() {
  %int1 = torch.constant.int 1
  %n = torch.global_slot.get @count : !torch.tensor<[],si64>
  %0 = torch.aten.add_.Scalar %n, %int1, %int1 : !torch.tensor<[],si64>, !torch.int, !torch.int -> !torch.tensor<[],si64>
  return
}
