// RUN: dynfault-opt %s --dynfault-refine-types="inputs=?x3x8x8xf32" --split-input-file | FileCheck %s

// Shapes through a convolution, pooling and flattening; a test of the rank is
// decided.
// CHECK-LABEL: func.func @forward
// CHECK-SAME: (%{{.*}}: !torch.tensor<[?,3,8,8],f32>) -> !torch.tensor<[?,10],f32>
// CHECK-NOT: torch.prim.If
// CHECK: torch.aten.conv2d {{.*}} -> !torch.tensor<[?,4,8,8],f32>
// CHECK: torch.aten.relu {{.*}} -> !torch.tensor<[?,4,8,8],f32>
// CHECK: torch.aten.max_pool2d {{.*}} -> !torch.tensor<[?,4,4,4],f32>
// CHECK: torch.aten.flatten.using_ints {{.*}} -> !torch.tensor<[?,64],f32>
// CHECK: torch.aten.linear {{.*}} -> !torch.tensor<[?,10],f32>
torch.global_slot @conv.weight : !torch.tensor<[4,3,3,3],f32>
torch.global_slot @fc.weight : !torch.tensor<[10,64],f32>
func.func @forward(%x: !torch.tensor) -> !torch.tensor {
  %none = torch.constant.none
  %false = torch.constant.bool false
  %int0 = torch.constant.int 0
  %int1 = torch.constant.int 1
  %int2 = torch.constant.int 2
  %int4 = torch.constant.int 4
  %int-1 = torch.constant.int -1
  %zeros = torch.prim.ListConstruct %int0, %int0 : (!torch.int, !torch.int) -> !torch.list<int>
  %ones = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
  %twos = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
  %dim = torch.aten.dim %x : !torch.tensor -> !torch.int
  %is4 = torch.aten.eq.int %dim, %int4 : !torch.int, !torch.int -> !torch.bool
  %w = torch.global_slot.get @conv.weight : !torch.tensor<[4,3,3,3],f32>
  %0 = torch.prim.If %is4 -> (!torch.tensor) {
    %1 = torch.aten.conv2d %x, %w, %none, %ones, %ones, %ones, %int1 : !torch.tensor, !torch.tensor<[4,3,3,3],f32>, !torch.none, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.int -> !torch.tensor
    torch.prim.If.yield %1 : !torch.tensor
  } else {
    torch.prim.If.yield %x : !torch.tensor
  }
  %2 = torch.aten.relu %0 : !torch.tensor -> !torch.tensor
  %3 = torch.aten.max_pool2d %2, %twos, %twos, %zeros, %ones, %false : !torch.tensor, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.tensor
  %4 = torch.aten.flatten.using_ints %3, %int1, %int-1 : !torch.tensor, !torch.int, !torch.int -> !torch.tensor
  %fc = torch.global_slot.get @fc.weight : !torch.tensor<[10,64],f32>
  %5 = torch.aten.linear %4, %fc, %none : !torch.tensor, !torch.tensor<[10,64],f32>, !torch.none -> !torch.tensor
  return %5 : !torch.tensor
}

// -----

// Dtypes: comparison, index, promotion with a number, division of integers;
// both ways of a branch that is decided at run time.
// CHECK-LABEL: func.func @forward
// CHECK: torch.aten.gt.Scalar {{.*}} -> !torch.tensor<[?,3,8,8],i1>
// CHECK: torch.aten.argmax {{.*}} -> !torch.tensor<[?,8,8],si64>
// CHECK: %[[H:.*]] = torch.aten.div.Scalar {{.*}} -> !torch.tensor<[?,8,8],f32>
// CHECK: %[[R:.*]] = torch.prim.If %{{.*}} -> (!torch.tensor<[?,8,8],f32>)
// CHECK: return {{.*}} : !torch.tensor<[?,3,8,8],i1>, !torch.tensor<[?,8,8],f32>
func.func @forward(%x: !torch.tensor, %training: !torch.bool) -> (!torch.tensor, !torch.tensor) {
  %int1 = torch.constant.int 1
  %int2 = torch.constant.int 2
  %false = torch.constant.bool false
  %0 = torch.aten.gt.Scalar %x, %int1 : !torch.tensor, !torch.int -> !torch.tensor
  %1 = torch.aten.argmax %x, %int1, %false : !torch.tensor, !torch.int, !torch.bool -> !torch.tensor
  %2 = torch.aten.div.Scalar %1, %int2 : !torch.tensor, !torch.int -> !torch.tensor
  %3 = torch.prim.If %training -> (!torch.tensor) {
    torch.prim.If.yield %2 : !torch.tensor
  } else {
    %4 = torch.aten.relu %2 : !torch.tensor -> !torch.tensor
    torch.prim.If.yield %4 : !torch.tensor
  }
  %5 = torch.aten.neg %3 : !torch.tensor -> !torch.tensor
  return %0, %5 : !torch.tensor, !torch.tensor
}

// -----

// Views: the batch's size stands on both sides and cancels; a size that is
// computed holds any factor, and so may -1.
// CHECK-LABEL: func.func @forward
// CHECK: torch.aten.view {{.*}} {dynfault.site = "rows"} : {{.*}} -> !torch.tensor<[?,192],f32>
// CHECK: torch.aten.view {{.*}} {dynfault.site = "heads"} : {{.*}} -> !torch.tensor<[?,64],f32>
// CHECK: torch.aten.view {{.*}} {dynfault.site = "twins"} : {{.*}} -> !torch.tensor<[?,2,192],f32>
func.func @forward(%x: !torch.tensor) -> (!torch.tensor, !torch.tensor) {
  %int-1 = torch.constant.int -1
  %int0 = torch.constant.int 0
  %int2 = torch.constant.int 2
  %int3 = torch.constant.int 3
  %int64 = torch.constant.int 64
  %int192 = torch.constant.int 192
  %n = torch.aten.size.int %x, %int0 : !torch.tensor, !torch.int -> !torch.int
  %shape = torch.prim.ListConstruct %n, %int-1 : (!torch.int, !torch.int) -> !torch.list<int>
  %0 = torch.aten.view %x, %shape {dynfault.site = "rows"} : !torch.tensor, !torch.list<int> -> !torch.tensor
  %m = torch.aten.mul.int %n, %int3 : !torch.int, !torch.int -> !torch.int
  %heads = torch.prim.ListConstruct %m, %int64 : (!torch.int, !torch.int) -> !torch.list<int>
  %1 = torch.aten.view %0, %heads {dynfault.site = "heads"} : !torch.tensor, !torch.list<int> -> !torch.tensor
  %pairs = torch.prim.ListConstruct %int-1, %int2, %int192 : (!torch.int, !torch.int, !torch.int) -> !torch.list<int>
  %2 = torch.aten.view %0, %pairs {dynfault.site = "twins"} : !torch.tensor, !torch.list<int> -> !torch.tensor
  return %1, %2 : !torch.tensor, !torch.tensor
}
