// Branches and loops.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK-LABEL: func.func @if
func.func @if(%c: !torch.bool, %a: !torch.int, %b: !torch.int) -> !torch.int {
  // CHECK-NEXT: %0 = torch.prim.If %arg0 -> (!torch.int) {
  // CHECK-NEXT:   torch.prim.If.yield %arg1 : !torch.int
  // CHECK-NEXT: } else {
  // CHECK-NEXT:   torch.prim.If.yield %arg2 : !torch.int
  // CHECK-NEXT: }
  %0 = torch.prim.If %c -> (!torch.int) {
    torch.prim.If.yield %a : !torch.int
  } else {
    torch.prim.If.yield %b : !torch.int
  }
  // Without results; both regions and their ends still stand there.
  // CHECK-NEXT: torch.prim.If %arg0 -> () {
  // CHECK-NEXT:   torch.prim.If.yield
  // CHECK-NEXT: } else {
  // CHECK-NEXT:   torch.prim.If.yield
  // CHECK-NEXT: } {note}
  torch.prim.If %c -> () {
    torch.prim.If.yield
  } else {
    torch.prim.If.yield
  } {note}
  // CHECK-NEXT: %1:2 = torch.prim.If %arg0 -> (!torch.int, !torch.bool) {
  %1:2 = torch.prim.If %c -> (!torch.int, !torch.bool) {
    torch.prim.If.yield %a, %c : !torch.int, !torch.bool
  } else {
    torch.prim.If.yield %b, %c : !torch.int, !torch.bool
  }
  return %0 : !torch.int
}

// CHECK-LABEL: func.func @loop
func.func @loop(%n: !torch.int, %go: !torch.bool, %x: !torch.tensor) -> !torch.tensor {
  // CHECK-NEXT: %0 = torch.prim.Loop %arg0, %arg1, init(%arg2) {
  // CHECK-NEXT: ^bb0(%arg3: !torch.int, %arg4: !torch.tensor):
  // CHECK-NEXT:   %[[Y:.*]] = torch.aten.relu %arg4 : !torch.tensor -> !torch.tensor
  // CHECK-NEXT:   torch.prim.Loop.condition %arg1, iter(%[[Y]] : !torch.tensor)
  // CHECK-NEXT: } : (!torch.int, !torch.bool, !torch.tensor) -> !torch.tensor
  %0 = torch.prim.Loop %n, %go, init(%x) {
  ^bb0(%i: !torch.int, %y: !torch.tensor):
    %z = torch.aten.relu %y : !torch.tensor -> !torch.tensor
    torch.prim.Loop.condition %go, iter(%z : !torch.tensor)
  } : (!torch.int, !torch.bool, !torch.tensor) -> !torch.tensor
  // CHECK-NEXT: torch.prim.Loop %arg0, %arg1, init() {
  // CHECK-NEXT: ^bb0(%arg3: !torch.int):
  // CHECK-NEXT:   torch.prim.Loop.condition %arg1, iter()
  // CHECK-NEXT: } : (!torch.int, !torch.bool) -> ()
  torch.prim.Loop %n, %go, init() {
  ^bb0(%i: !torch.int):
    torch.prim.Loop.condition %go, iter()
  } : (!torch.int, !torch.bool) -> ()
  return %0 : !torch.tensor
}
