// Constants are constants to MLIR: equal ones are merged, unused ones go.

// RUN: dynfault-opt %s --cse --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @merge
func.func @merge() -> (!torch.int, !torch.int, !torch.float) {
  // CHECK-NEXT: %[[ONE:.*]] = torch.constant.int 1
  // CHECK-NEXT: %[[FLOAT:.*]] = torch.constant.float 1.000000e+00
  // CHECK-NEXT: return %[[ONE]], %[[ONE]], %[[FLOAT]]
  %0 = torch.constant.int 1
  %1 = torch.constant.int 1
  %2 = torch.constant.float 1.0
  %3 = torch.constant.str "unused"
  return %0, %1, %2 : !torch.int, !torch.int, !torch.float
}

// An operation that the dialect does not declare may have effects: it stays.
// CHECK-LABEL: func.func @keep
func.func @keep(%x: !torch.tensor) {
  // CHECK-NEXT: torch.aten.zero_
  %0 = torch.aten.zero_ %x : !torch.tensor -> !torch.tensor
  return
}
