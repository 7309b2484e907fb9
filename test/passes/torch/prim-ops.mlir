// Operations of the interpreter: variables, exceptions, output, context managers.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK-LABEL: func.func @exceptions
func.func @exceptions(%msg: !torch.str, %cls: !torch.none) -> !torch.tensor {
  // CHECK-NEXT: torch.prim.RaiseException %arg0 : !torch.str
  torch.prim.RaiseException %msg : !torch.str
  // CHECK-NEXT: torch.prim.RaiseException %arg0, %arg1 : !torch.str, !torch.none
  torch.prim.RaiseException %msg, %cls : !torch.str, !torch.none
  // CHECK-NEXT: %0 = torch.prim.Uninitialized : !torch.tensor
  %0 = torch.prim.Uninitialized : !torch.tensor
  return %0 : !torch.tensor
}

// The operands of these stand in parentheses.
// CHECK-LABEL: func.func @parentheses
func.func @parentheses(%s: !torch.str, %t: !torch.tensor, %i: !torch.int) {
  // CHECK-NEXT: torch.prim.Print(%arg0, %arg1) : !torch.str, !torch.tensor
  torch.prim.Print(%s, %t) : !torch.str, !torch.tensor
  // CHECK-NEXT: torch.prim.Print() :
  torch.prim.Print() :
  // CHECK-NEXT: torch.prim.tolist(%arg1) : !torch.tensor -> !torch.list<int>
  %0 = torch.prim.tolist(%t) : !torch.tensor -> !torch.list<int>
  // CHECK-NEXT: torch.aten.format(%arg0, %arg2) : !torch.str, !torch.int -> !torch.str
  %1 = torch.aten.format(%s, %i) : !torch.str, !torch.int -> !torch.str
  return
}

// CHECK-LABEL: func.func @containers
func.func @containers(%k: !torch.str, %t: !torch.tensor, %i: !torch.int, %l: !torch.list<int>) {
  // CHECK-NEXT: torch.prim.DictConstruct keys(%arg0, %arg0 : !torch.str, !torch.str) values(%arg1, %arg1 : !torch.tensor, !torch.tensor) -> !torch.dict<str, tensor>
  %0 = torch.prim.DictConstruct keys(%k, %k : !torch.str, !torch.str) values(%t, %t : !torch.tensor, !torch.tensor) -> !torch.dict<str, tensor>
  // CHECK-NEXT: torch.prim.DictConstruct keys() values() -> !torch.dict<str, tensor>
  %1 = torch.prim.DictConstruct keys() values() -> !torch.dict<str, tensor>
  // CHECK-NEXT: %[[T:.*]] = torch.prim.TupleConstruct %arg2, %arg1 : !torch.int, !torch.tensor -> !torch.tuple<int, tensor>
  %2 = torch.prim.TupleConstruct %i, %t : !torch.int, !torch.tensor -> !torch.tuple<int, tensor>
  // CHECK-NEXT: torch.prim.TupleConstruct : -> !torch.tuple<>
  %3 = torch.prim.TupleConstruct : -> !torch.tuple<>
  // CHECK-NEXT: torch.prim.TupleUnpack %[[T]] : !torch.tuple<int, tensor> -> !torch.int, !torch.tensor
  %4:2 = torch.prim.TupleUnpack %2 : !torch.tuple<int, tensor> -> !torch.int, !torch.tensor
  // CHECK-NEXT: torch.prim.TupleIndex %[[T]], %arg2 : !torch.tuple<int, tensor>, !torch.int -> !torch.tensor
  %5 = torch.prim.TupleIndex %2, %i : !torch.tuple<int, tensor>, !torch.int -> !torch.tensor
  // CHECK-NEXT: torch.prim.ListUnpack %arg3 : !torch.list<int> -> !torch.int, !torch.int
  %6:2 = torch.prim.ListUnpack %l : !torch.list<int> -> !torch.int, !torch.int
  return
}

// CHECK-LABEL: func.func @variables
func.func @variables(%i: !torch.int) {
  // CHECK-NEXT: torch.prim.Store "x", %arg0 : !torch.int
  torch.prim.Store "x", %i : !torch.int
  // CHECK-NEXT: torch.prim.Load "x" : !torch.int
  %0 = torch.prim.Load "x" : !torch.int
  // CHECK-NEXT: %[[O:.*]] = torch.prim.CreateObject !torch.nn.Module<"__torch__.no_grad">
  %1 = torch.prim.CreateObject !torch.nn.Module<"__torch__.no_grad">
  // CHECK-NEXT: torch.prim.Enter %[[O]] : !torch.nn.Module<"__torch__.no_grad">
  %2 = torch.prim.Enter %1 : !torch.nn.Module<"__torch__.no_grad">
  // CHECK-NEXT: torch.prim.Exit %[[O]] : !torch.nn.Module<"__torch__.no_grad"> -> !torch.tensor
  %3 = torch.prim.Exit %1 : !torch.nn.Module<"__torch__.no_grad"> -> !torch.tensor
  return
}

// A Function constant is a function value that is called.
func.func private @callee(!torch.int) -> !torch.int
// CHECK-LABEL: func.func @function_constant
func.func @function_constant(%i: !torch.int) -> !torch.int {
  // CHECK-NEXT: %[[F:.*]] = constant @callee : (!torch.int) -> !torch.int
  %f = func.constant @callee : (!torch.int) -> !torch.int
  // CHECK-NEXT: call_indirect %[[F]](%arg0) : (!torch.int) -> !torch.int
  %0 = func.call_indirect %f(%i) : (!torch.int) -> !torch.int
  return %0 : !torch.int
}
