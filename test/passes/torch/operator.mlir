// torch.operator: what torch-mlir does not register, the LSTM among it.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK-LABEL: func.func @lstm
func.func @lstm(%x: !torch.tensor, %hx: !torch.list<tensor>, %params: !torch.list<tensor>, %true: !torch.bool, %one: !torch.int, %float0: !torch.float) {
  // CHECK-NEXT: %0:3 = torch.operator "aten.lstm.input"(%arg0, %arg1, %arg2, %arg3, %arg4, %arg5, %arg3, %arg3, %arg3) : (!torch.tensor, !torch.list<tensor>, !torch.list<tensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.tensor, !torch.tensor, !torch.tensor)
  %r:3 = torch.operator "aten.lstm.input"(%x, %hx, %params, %true, %one, %float0, %true, %true, %true) : (!torch.tensor, !torch.list<tensor>, !torch.list<tensor>, !torch.bool, !torch.int, !torch.float, !torch.bool, !torch.bool, !torch.bool) -> (!torch.tensor, !torch.tensor, !torch.tensor)
  return
}

// The forms of the three importers: JIT, FX, ONNX with attributes and regions.
// CHECK-LABEL: func.func @importers
func.func @importers(%x: !torch.tensor) {
  // CHECK-NEXT: %0 = torch.operator "aten.selu"(%arg0) : (!torch.tensor) -> !torch.tensor
  %0 = torch.operator "aten.selu"(%x) : (!torch.tensor) -> !torch.tensor
  // CHECK-NEXT: %1 = torch.operator "torch.aten._to_sparse"(%arg0) : (!torch.tensor) -> !torch.tensor
  %1 = torch.operator "torch.aten._to_sparse"(%x) : (!torch.tensor) -> !torch.tensor
  // CHECK-NEXT: %2 = torch.operator "onnx.Gemm"(%arg0) {torch.onnx.axis = 1 : si64} : (!torch.tensor) -> !torch.tensor
  %2 = torch.operator "onnx.Gemm"(%x) {torch.onnx.axis = 1 : si64} : (!torch.tensor) -> !torch.tensor
  // CHECK-NEXT: torch.operator "onnx.If"(%arg0) : (!torch.tensor) -> () {
  // CHECK-NEXT:   torch.operator_terminator %arg0 : !torch.tensor
  // CHECK-NEXT: }, {
  // CHECK-NEXT: }
  torch.operator "onnx.If"(%x) : (!torch.tensor) -> () {
    torch.operator_terminator %x : !torch.tensor
  } {
  }
  return
}

// Seen by a pass it is what it means: the activation has a site of that name.
// RUN: dynfault-opt %s --dynfault-insert-activation-probes | FileCheck %s --check-prefix=SITE
// SITE-LABEL: func.func @activation
func.func @activation(%x: !torch.tensor) -> !torch.tensor {
  // SITE: dynfault.probe_activation %arg0 {every = 10 : i64, kind = "sigmoid", site = "activation/sigmoid"}
  // SITE-NEXT: torch.operator "torch.aten.sigmoid"
  %0 = torch.operator "torch.aten.sigmoid"(%x) : (!torch.tensor) -> !torch.tensor
  return %0 : !torch.tensor
}
