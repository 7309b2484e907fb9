// Casts between torch's types and MLIR's own, as conversions leave them.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK-LABEL: func.func @tensors
func.func @tensors(%v: !torch.vtensor<[?,3],si64>) -> !torch.vtensor<[?,3],si64> {
  // CHECK-NEXT: %0 = torch_c.to_builtin_tensor %arg0 : !torch.vtensor<[?,3],si64> -> tensor<?x3xi64>
  %0 = torch_c.to_builtin_tensor %v : !torch.vtensor<[?,3],si64> -> tensor<?x3xi64>
  // CHECK-NEXT: %1 = torch_c.from_builtin_tensor %0 : tensor<?x3xi64> -> !torch.vtensor<[?,3],si64>
  %1 = torch_c.from_builtin_tensor %0 : tensor<?x3xi64> -> !torch.vtensor<[?,3],si64>
  return %1 : !torch.vtensor<[?,3],si64>
}

// The types of these follow from the operation.
// CHECK-LABEL: func.func @scalars
func.func @scalars(%b: !torch.bool, %i: !torch.int, %f: !torch.float, %g: !torch.Generator) {
  // CHECK-NEXT: %0 = torch_c.to_i1 %arg0
  %0 = torch_c.to_i1 %b
  // CHECK-NEXT: torch_c.from_i1 %0
  %1 = torch_c.from_i1 %0
  // CHECK-NEXT: %2 = torch_c.to_i64 %arg1
  %2 = torch_c.to_i64 %i
  // CHECK-NEXT: torch_c.from_i64 %2
  %3 = torch_c.from_i64 %2
  // CHECK-NEXT: %4 = torch_c.to_f64 %arg2
  %4 = torch_c.to_f64 %f
  // CHECK-NEXT: torch_c.from_f64 %4
  %5 = torch_c.from_f64 %4
  // CHECK-NEXT: %6 = torch_c.generator_to_i64 %arg3
  %6 = torch_c.generator_to_i64 %g
  // CHECK-NEXT: torch_c.i64_to_generator %6
  %7 = torch_c.i64_to_generator %6
  // CHECK-NEXT: torch_c.get_next_seed : () -> i64
  %8 = torch_c.get_next_seed : () -> i64
  return
}

// A cast and the cast back are the value; the seed advances even unused.
// RUN: dynfault-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD
// FOLD-LABEL: func.func @tensors
// FOLD-NEXT: return %arg0
// FOLD-LABEL: func.func @scalars
// FOLD-NEXT: torch_c.get_next_seed
// FOLD-NEXT: return
