// Operators as PyTorch declares them: what any release in the table takes is right.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s --dynfault-verify-schemas | FileCheck %s

// CHECK-LABEL: func.func @kinds
func.func @kinds(%t: !torch.vtensor, %m: !torch.tensor, %i: !torch.int, %f: !torch.float, %b: !torch.bool, %s: !torch.str, %n: !torch.none, %any: !torch.any, %number: !torch.number, %ints: !torch.list<int>, %tensors: !torch.list<vtensor<[?],f32>>, %optional: !torch.optional<vtensor>, %optionals: !torch.list<optional<vtensor>>, %none_list: !torch.list<none>, %strs: !torch.list<str>) {
  // A Scalar is an int, a float, a bool or a number; tensors are of either kind.
  %0 = torch.aten.add.Tensor %t, %m, %i : !torch.vtensor, !torch.tensor, !torch.int -> !torch.vtensor
  %1 = torch.aten.add.Tensor %t, %t, %f : !torch.vtensor, !torch.vtensor, !torch.float -> !torch.vtensor
  %2 = torch.aten.add.Tensor %t, %t, %b : !torch.vtensor, !torch.vtensor, !torch.bool -> !torch.vtensor
  %3 = torch.aten.add.Tensor %t, %t, %number : !torch.vtensor, !torch.vtensor, !torch.number -> !torch.vtensor
  // An optional is a value, None, or an optional: no derefine is needed.
  %4 = torch.aten.linear %t, %t, %t : !torch.vtensor, !torch.vtensor, !torch.vtensor -> !torch.vtensor
  %5 = torch.aten.linear %t, %t, %n : !torch.vtensor, !torch.vtensor, !torch.none -> !torch.vtensor
  %6 = torch.aten.linear %t, %t, %optional : !torch.vtensor, !torch.vtensor, !torch.optional<vtensor> -> !torch.vtensor
  // Lists, of optionals too.
  %7 = torch.aten.cat %tensors, %i : !torch.list<vtensor<[?],f32>>, !torch.int -> !torch.vtensor
  %8 = torch.aten.index.Tensor %t, %optionals : !torch.vtensor, !torch.list<optional<vtensor>> -> !torch.vtensor
  %9 = torch.aten.index.Tensor %t, %tensors : !torch.vtensor, !torch.list<vtensor<[?],f32>> -> !torch.vtensor
  %10 = torch.aten.index.Tensor %t, %none_list : !torch.vtensor, !torch.list<none> -> !torch.vtensor
  %11 = torch.aten.mean.dim %t, %ints, %b, %n : !torch.vtensor, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor
  %12 = torch.aten.mean.dim %t, %n, %b, %i : !torch.vtensor, !torch.none, !torch.bool, !torch.int -> !torch.vtensor
  // Enumerations are integers; a value of type any may be anything.
  %13 = torch.aten.to.dtype %t, %i, %b, %b, %n : !torch.vtensor, !torch.int, !torch.bool, !torch.bool, !torch.none -> !torch.vtensor
  %14 = torch.aten.relu %any : !torch.any -> !torch.vtensor
  // Several results, none, and one that the operator changes in place.
  %15:2 = torch.aten.max_pool2d_with_indices %t, %ints, %ints, %ints, %ints, %b : !torch.vtensor, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor, !torch.vtensor
  %16 = torch.aten.relu_ %m : !torch.tensor -> !torch.tensor
  // Type variables take any type.
  %17 = torch.aten.append.t %tensors, %t : !torch.list<vtensor<[?],f32>>, !torch.vtensor -> !torch.list<vtensor<[?],f32>>
  %18 = torch.aten.len.t %ints : !torch.list<int> -> !torch.int
  %19 = torch.aten.__contains__.str_list %strs, %s : !torch.list<str>, !torch.str -> !torch.bool
  // CHECK: return
  return
}

// In 1.13.1 only, in 2.6.0 only, different in both.
// CHECK-LABEL: func.func @releases
func.func @releases(%t: !torch.vtensor, %i: !torch.int, %f: !torch.float, %b: !torch.bool, %n: !torch.none, %ints: !torch.list<int>) {
  // CHECK-NEXT: torch.aten._prelu_kernel
  %0 = torch.aten._prelu_kernel %t, %t : !torch.vtensor, !torch.vtensor -> !torch.vtensor
  // A release in between had no `enable_gqa` and an earlier one no `scale`.
  %1 = torch.aten.scaled_dot_product_attention %t, %t, %t, %n, %f, %b, %n, %b : !torch.vtensor, !torch.vtensor, !torch.vtensor, !torch.none, !torch.float, !torch.bool, !torch.none, !torch.bool -> !torch.vtensor
  %2 = torch.aten.scaled_dot_product_attention %t, %t, %t, %n, %f, %b, %n : !torch.vtensor, !torch.vtensor, !torch.vtensor, !torch.none, !torch.float, !torch.bool, !torch.none -> !torch.vtensor
  return
}

// All spellings of an operator are one.
// CHECK-LABEL: func.func @spellings
func.func @spellings(%t: !torch.vtensor) {
  %0 = torch.operator "aten.relu"(%t) : (!torch.vtensor) -> !torch.vtensor
  %1 = torch.operator "torch.aten.relu"(%t) : (!torch.vtensor) -> !torch.vtensor
  %2 = "torch.aten.relu"(%t) : (!torch.vtensor) -> !torch.vtensor
  // What no release has is kept, whatever it looks like.
  // CHECK: torch.aten.of_the_future
  %3 = torch.aten.of_the_future %t : !torch.vtensor -> !torch.int
  // CHECK: torch.operator "onnx.Relu"
  torch.operator "onnx.Relu"() : () -> ()
  return
}
