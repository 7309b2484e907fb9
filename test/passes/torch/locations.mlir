// The importer's locations, which name the Python line, survive text and
// bytecode.

// RUN: dynfault-opt %s --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-debuginfo | dynfault-opt --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// CHECK-LABEL: func.func @forward
func.func @forward(%x: !torch.vtensor) -> !torch.vtensor {
  // CHECK: torch.aten.relu {{.*}} loc("layer1/relu"("net.py":3:7))
  %0 = torch.aten.relu %x : !torch.vtensor -> !torch.vtensor loc("layer1/relu"("net.py":3:7))
  // CHECK: torch.aten.tanh {{.*}} loc(callsite("block/tanh"("net.py":9:1) at "main.py":1:1))
  %1 = torch.aten.tanh %0 : !torch.vtensor -> !torch.vtensor loc(callsite("block/tanh"("net.py":9:1) at "main.py":1:1))
  // CHECK: torch.operator "aten.sigmoid"{{.*}} loc("net.py":12:4)
  %2 = torch.operator "aten.sigmoid"(%1) : (!torch.vtensor) -> !torch.vtensor loc("net.py":12:4)
  // CHECK: torch.constant.int 1 loc("net.py":13:4)
  %3 = torch.constant.int 1 loc("net.py":13:4)
  return %2 : !torch.vtensor
}
