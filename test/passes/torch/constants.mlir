// Constants are read and printed, with the names that torch-mlir gives them.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK-LABEL: func.func @integers
func.func @integers() {
  // CHECK-NEXT: %int3 = torch.constant.int 3
  %0 = torch.constant.int 3
  // CHECK-NEXT: %int-1 = torch.constant.int -1
  %1 = torch.constant.int -1
  // TorchScript's "to the end" of a slice, and its mirror image.
  // CHECK-NEXT: %int9223372036854775807 = torch.constant.int 9223372036854775807
  %2 = torch.constant.int 9223372036854775807
  // CHECK-NEXT: %int-9223372036854775807 = torch.constant.int -9223372036854775807
  %3 = torch.constant.int -9223372036854775807
  // CHECK-NEXT: torch.constant.int -9223372036854775808
  %4 = torch.constant.int -9223372036854775808
  return
}

// CHECK-LABEL: func.func @floats
func.func @floats() {
  // CHECK-NEXT: %float1.000000e-05 = torch.constant.float 1.000000e-05
  %0 = torch.constant.float 1.0e-05
  // CHECK-NEXT: %float0.89999997615814208 = torch.constant.float 0.89999997615814208
  %1 = torch.constant.float 0.89999997615814208
  // CHECK-NEXT: torch.constant.float 9.9999997473787516E-6
  %2 = torch.constant.float 9.9999997473787516E-6
  // A plus sign is no part of a value's name.
  // CHECK-NEXT: %float-3.4028234663852886E38 = torch.constant.float -3.4028234663852886E+38
  %3 = torch.constant.float -3.4028234663852886E+38
  // CHECK-NEXT: torch.constant.float 0x7FF0000000000000
  %4 = torch.constant.float 0x7FF0000000000000
  // CHECK-NEXT: torch.constant.float -0.000000e+00
  %5 = torch.constant.float -0.0
  return
}

// CHECK-LABEL: func.func @others
func.func @others() {
  // CHECK-NEXT: %true = torch.constant.bool true
  %0 = torch.constant.bool true
  // CHECK-NEXT: %false = torch.constant.bool false
  %1 = torch.constant.bool false
  // CHECK-NEXT: %none = torch.constant.none
  %2 = torch.constant.none
  // CHECK-NEXT: %cpu = torch.constant.device "cpu"
  %3 = torch.constant.device "cpu"
  // Quotes, line ends and bytes beyond ASCII stand in a string.
  // CHECK-NEXT: %str = torch.constant.str "a \22q\22 \0A \C3\A9"
  %4 = torch.constant.str "a \"q\" \n \C3\A9"
  // CHECK-NEXT: %str_0 = torch.constant.str ""
  %5 = torch.constant.str ""
  // CHECK-NEXT: %number = torch.constant.number 3 : i64
  %6 = torch.constant.number 3 : i64
  // CHECK-NEXT: torch.constant.number 1.500000e+00 : f64
  %7 = torch.constant.number 1.5
  return
}

// Attributes follow the value.
// CHECK-LABEL: func.func @attributes
func.func @attributes() {
  // CHECK-NEXT: %int5 = torch.constant.int 5 {test = "value"}
  %0 = torch.constant.int 5 {test = "value"}
  // CHECK-NEXT: %none = torch.constant.none {a, b = 1 : i64}
  %1 = torch.constant.none {a, b = 1}
  return
}
