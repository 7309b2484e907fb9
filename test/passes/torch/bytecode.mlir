// Bytecode of another tool, to which all operations were unknown, reads as text does;
// so does what was written before an operation was declared. (MLIR 19 cannot read the
// `<{...}>` of an operation that was unknown when it was written and is not now.)

// RUN: dynfault-opt %s --mlir-print-op-generic | sed '/aten.props\|func.func/!{s/<{/{/;s/}> {/, /;s/}>/}/}' > %t.mlir
// RUN: mlir-opt %t.mlir --allow-unregistered-dialect --emit-bytecode -o %t.mlirbc
// RUN: dynfault-opt %t.mlirbc > %t.again
// RUN: dynfault-opt %s | diff - %t.again

// RUN: dynfault-opt %s -o %t.own.mlirbc
// RUN: dynfault-opt %t.own.mlirbc > %t.own
// RUN: dynfault-opt %s | diff - %t.own

// An operation that no dialect declares keeps its opaque properties.
// RUN: FileCheck %s < %t.again
// CHECK: "torch.aten.props"(%arg0) <{p = 1 : i64}>

module {
  func.func @f(%i: !torch.int, %c: !torch.bool, %x: !torch.vtensor<[?,3],f32>) -> !torch.int {
    %0 = "torch.aten.props"(%i) <{p = 1 : i64}> : (!torch.int) -> !torch.int
    %1 = torch.constant.int -9223372036854775807
    %2 = torch.constant.float 0x7FF0000000000000
    %3 = torch.constant.float -0.0
    %4 = torch.constant.float 0x7FF8000000000000
    %5 = torch.vtensor.literal(dense<[1.0, -0.0, 0x7F800000]> : tensor<3xf32>) : !torch.vtensor<[3],f32>
    %6 = torch.prim.If %c -> (!torch.int) {
      torch.prim.If.yield %0 : !torch.int
    } else {
      torch.prim.If.yield %1 : !torch.int
    }
    %7 = torch.operator "onnx.Gemm"(%x) {torch.onnx.axis = 1 : si64} : (!torch.vtensor<[?,3],f32>) -> !torch.vtensor<[?,3],f32>
    return %6 : !torch.int
  }
  torch.global_slot @a.weight {note = "n"} : !torch.vtensor<[2],f32>
}
