// Symbolic sizes and calculated shapes and dtypes.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK-LABEL: func.func @symbols
func.func @symbols(%x: !torch.vtensor<[?,?,3],f32>) {
  // CHECK-NEXT: %[[S0:.*]] = torch.symbolic_int "s0" {min_val = 5, max_val = 10} : !torch.int
  %0 = torch.symbolic_int "s0" {min_val = 5, max_val = 10} : !torch.int
  // CHECK-NEXT: %[[S1:.*]] = torch.symbolic_int "s1" {min_val = 2, max_val = 9223372036854775807} : !torch.int
  %1 = torch.symbolic_int "s1" {min_val = 2, max_val = 9223372036854775807} : !torch.int
  // CHECK-NEXT: torch.bind_symbolic_shape %arg0, [%[[S0]], %[[S1]]], affine_map<()[s0, s1] -> (s0, s0 * s1 + 1, 3)> : !torch.vtensor<[?,?,3],f32>
  torch.bind_symbolic_shape %x, [%0, %1], affine_map<()[s0, s1] -> (s0, s0 * s1 + 1, 3)> : !torch.vtensor<[?,?,3],f32>
  return
}

// CHECK-LABEL: func.func @calculations
func.func @calculations(%x: !torch.vtensor, %l: !torch.list<int>, %i: !torch.int) {
  // CHECK-NEXT: %0 = torch.shape.calculate {
  // CHECK-NEXT:   %{{.*}} = torch.aten.tanh %arg0 : !torch.vtensor -> !torch.vtensor
  // CHECK-NEXT:   torch.shape.calculate.yield %{{.*}} : !torch.vtensor
  // CHECK-NEXT: } shapes {
  // CHECK-NEXT:   torch.shape.calculate.yield.shapes %arg1 : !torch.list<int>
  // CHECK-NEXT: } : !torch.vtensor
  %0 = torch.shape.calculate {
    %1 = torch.aten.tanh %x : !torch.vtensor -> !torch.vtensor
    torch.shape.calculate.yield %1 : !torch.vtensor
  } shapes {
    torch.shape.calculate.yield.shapes %l : !torch.list<int>
  } : !torch.vtensor
  // CHECK-NEXT: %1:2 = torch.dtype.calculate {
  // CHECK-NEXT:   torch.dtype.calculate.yield %arg0, %0 : !torch.vtensor, !torch.vtensor
  // CHECK-NEXT: } dtypes {
  // CHECK-NEXT:   torch.dtype.calculate.yield.dtypes %arg2, %arg2 : !torch.int, !torch.int
  // CHECK-NEXT: } : !torch.vtensor, !torch.vtensor
  %2:2 = torch.dtype.calculate {
    torch.dtype.calculate.yield %x, %0 : !torch.vtensor, !torch.vtensor
  } dtypes {
    torch.dtype.calculate.yield.dtypes %i, %i : !torch.int, !torch.int
  } : !torch.vtensor, !torch.vtensor
  return
}

// CHECK-LABEL: func.func @promote
func.func @promote(%ranks: !torch.list<optional<int>>, %dtypes: !torch.list<int>) -> !torch.int {
  // CHECK-NEXT: torch.promote_dtypes %arg0, %arg1 : (!torch.list<optional<int>>, !torch.list<int>) -> !torch.int
  %0 = torch.promote_dtypes %ranks, %dtypes : (!torch.list<optional<int>>, !torch.list<int>) -> !torch.int
  return %0 : !torch.int
}
