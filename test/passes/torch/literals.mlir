// Tensor literals: written out, splat, raw bytes, resources, elided.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK-LABEL: func.func @literals
func.func @literals() {
  // CHECK-NEXT: %literal = torch.vtensor.literal(dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00], [5.000000e+00, 6.000000e+00]]> : tensor<3x2xf32>) : !torch.vtensor<[3,2],f32>
  %0 = torch.vtensor.literal(dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>) : !torch.vtensor<[3,2],f32>
  // CHECK-NEXT: torch.tensor.literal(dense<1> : tensor<2xsi64>) : !torch.tensor<[2],si64>
  %1 = torch.tensor.literal(dense<1> : tensor<2xsi64>) : !torch.tensor<[2],si64>
  // Old dumps write integers without a sign.
  // CHECK-NEXT: torch.tensor.literal(dense<1> : tensor<2xi64>) : !torch.tensor<[2],si64>
  %2 = torch.tensor.literal(dense<1> : tensor<2xi64>) : !torch.tensor<[2],si64>
  // CHECK-NEXT: torch.vtensor.literal(dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>) : !torch.vtensor
  %3 = torch.vtensor.literal(dense<"0x0000803F00000040"> : tensor<2xf32>) : !torch.vtensor
  // CHECK-NEXT: torch.vtensor.literal(dense_resource<weight> : tensor<2xf32>) : !torch.vtensor<[?],f32>
  %4 = torch.vtensor.literal(dense_resource<weight> : tensor<2xf32>) : !torch.vtensor<[?],f32>
  // CHECK-NEXT: torch.vtensor.literal(dense_resource<__elided__> : tensor<2xf32>) : !torch.vtensor<[2],f32>
  %5 = torch.vtensor.literal(dense_resource<__elided__> : tensor<2xf32>) : !torch.vtensor<[2],f32>
  // The same in dumps of 2021.
  // CHECK-NEXT: torch.vtensor.literal(dense_resource<__elided__> : tensor<2x2xf32>) : !torch.vtensor<[2,2],f32>
  %elided = torch.vtensor.literal(opaque<"elided_large_const", "0xDEADBEEF"> : tensor<2x2xf32>) : !torch.vtensor<[2,2],f32>
  // CHECK-NEXT: torch.vtensor.literal(dense<[true, false]> : tensor<2xi1>) : !torch.vtensor<[2],i1>
  %6 = torch.vtensor.literal(dense<[true, false]> : tensor<2xi1>) : !torch.vtensor<[2],i1>
  // CHECK-NEXT: torch.vtensor.literal(dense<5> : tensor<si64>) {test} : !torch.vtensor<[],si64>
  %7 = torch.vtensor.literal(dense<5> : tensor<si64>) {test} : !torch.vtensor<[],si64>
  // Quantized values are stored as plain integers.
  // CHECK-NEXT: torch.vtensor.literal(dense<1> : tensor<2xsi8>) : !torch.vtensor<[2],!torch.qint8>
  %8 = torch.vtensor.literal(dense<1> : tensor<2xsi8>) : !torch.vtensor<[2],!torch.qint8>
  return
}

// CHECK: weight: "0x040000000000803F00000040"
{-#
  dialect_resources: {
    builtin: {
      weight: "0x040000000000803F00000040"
    }
  }
#-}
