// The one syntax of all operations that PyTorch's schemas generate. None of them
// is declared, so any name is read.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// CHECK-LABEL: func.func @shapes
func.func @shapes(%t: !torch.vtensor<[?,3],f32>, %i: !torch.int) {
  // One operand, one result.
  // CHECK-NEXT: %0 = torch.aten.relu %arg0 : !torch.vtensor<[?,3],f32> -> !torch.vtensor<[?,3],f32>
  %0 = torch.aten.relu %t : !torch.vtensor<[?,3],f32> -> !torch.vtensor<[?,3],f32>
  // Several results, named one by one or as a pack.
  // CHECK-NEXT: %1:2 = torch.prim.several %arg0, %arg1 : !torch.vtensor<[?,3],f32>, !torch.int -> !torch.vtensor<[?,3],f32>, !torch.vtensor<[?,3],si64>
  %1, %2 = torch.prim.several %t, %i : !torch.vtensor<[?,3],f32>, !torch.int -> !torch.vtensor<[?,3],f32>, !torch.vtensor<[?,3],si64>
  // CHECK-NEXT: %2:2 = torch.prim.several %1#0, %arg1
  %3:2 = torch.prim.several %1, %i : !torch.vtensor<[?,3],f32>, !torch.int -> !torch.vtensor<[?,3],f32>, !torch.vtensor<[?,3],si64>
  // No operand: the types are those of the results.
  // CHECK-NEXT: %3 = torch.prim.unchecked : !torch.int
  %4 = torch.prim.unchecked : !torch.int
  // CHECK-NEXT: %4:2 = torch.prim.unchecked : !torch.int, !torch.bool
  %5:2 = torch.prim.unchecked : !torch.int, !torch.bool
  // No result: no arrow.
  %d = torch.prim.DictConstruct keys() values() -> !torch.dict<str, tensor>
  %k = torch.constant.str "k"
  // CHECK: torch.aten._set_item.str %{{.*}}, %str, %arg0 : !torch.dict<str, tensor>, !torch.str, !torch.vtensor<[?,3],f32>{{$}}
  torch.aten._set_item.str %d, %k, %t : !torch.dict<str, tensor>, !torch.str, !torch.vtensor<[?,3],f32>
  // Neither.
  // A name alone would take the results of the next line for its operands.
  // CHECK-NEXT: "torch.prim.nothing"() : () -> ()
  torch.prim.nothing
  // CHECK-NEXT: torch.prim.nothing {why = "attributes"}
  torch.prim.nothing {why = "attributes"}
  // Attributes stand between operands and types.
  // CHECK-NEXT: %6 = torch.aten.relu %arg0 {dynfault.site = "a/relu", k = 1 : i64} : !torch.vtensor<[?,3],f32> -> !torch.vtensor<[?,3],f32>
  %6 = torch.aten.relu %t {dynfault.site = "a/relu", k = 1} : !torch.vtensor<[?,3],f32> -> !torch.vtensor<[?,3],f32>
  // An overload is a part of the name; so are underscores and several dots.
  // CHECK-NEXT: %7 = torch.aten.add_.Tensor %arg0, %arg0, %arg1 : {{.*}} -> !torch.vtensor<[?,3],f32>
  %7 = torch.aten.add_.Tensor %t, %t, %i : !torch.vtensor<[?,3],f32>, !torch.vtensor<[?,3],f32>, !torch.int -> !torch.vtensor<[?,3],f32>
  // CHECK-NEXT: %8 = torch.aten.__and__.Tensor %arg0, %arg0 :
  %8 = torch.aten.__and__.Tensor %t, %t : !torch.vtensor<[?,3],f32>, !torch.vtensor<[?,3],f32> -> !torch.vtensor<[?,3],f32>
  // CHECK-NEXT: %9 = torch.quantized.of_the_future %arg0 :
  %9 = torch.quantized.of_the_future %t : !torch.vtensor<[?,3],f32> -> !torch.vtensor<[?,3],f32>
  // A name that no release of PyTorch had when this was written.
  // CHECK-NEXT: %10 = torch.aten.of_the_future.v2 %arg0 :
  %10 = torch.aten.of_the_future.v2 %t : !torch.vtensor<[?,3],f32> -> !torch.tensor
  return
}

// MLIR's generic form is read too, and printed in the short one.
// CHECK-LABEL: func.func @generic
func.func @generic(%t: !torch.tensor) {
  // CHECK-NEXT: torch.aten.relu %arg0 {k = 1 : i64} : !torch.tensor -> !torch.tensor
  %0 = "torch.aten.relu"(%t) {k = 1} : (!torch.tensor) -> !torch.tensor
  return
}

// What the short form has no place for stays in the generic one: nothing is lost.
// CHECK-LABEL: func.func @regions
func.func @regions(%c: !torch.bool, %i: !torch.int) {
  // CHECK-NEXT: "torch.prim.Switch"(%arg0) ({
  // CHECK-NEXT: torch.prim.Switch.yield %arg1 : !torch.int
  // CHECK: }) : (!torch.bool) -> !torch.int
  %0 = "torch.prim.Switch"(%c) ({
    torch.prim.Switch.yield %i : !torch.int
  }, {
    torch.prim.Switch.yield %i : !torch.int
  }) : (!torch.bool) -> !torch.int
  // CHECK: "torch.aten.props"(%arg1) <{p = 1 : i64}> : (!torch.int) -> !torch.int
  %1 = "torch.aten.props"(%i) <{p = 1 : i64}> : (!torch.int) -> !torch.int
  // CHECK: "torch.aten.not bare\22\FF"(%arg1) : (!torch.int) -> !torch.int
  %2 = "torch.aten.not bare\22\FF"(%i) : (!torch.int) -> !torch.int
  return
}

// Real lines of public modules.
// CHECK-LABEL: func.func @linear
func.func @linear(%arg0: !torch.vtensor<[2,4],f16>, %arg1: !torch.vtensor<[3,4],f16>, %arg2: !torch.vtensor<[3],f16>) -> !torch.vtensor<[2,3],f16> {
  // CHECK-NEXT: %0 = torch.aten.linear %arg0, %arg1, %arg2 : !torch.vtensor<[2,4],f16>, !torch.vtensor<[3,4],f16>, !torch.vtensor<[3],f16> -> !torch.vtensor<[2,3],f16>
  %0 = torch.aten.linear %arg0, %arg1, %arg2 : !torch.vtensor<[2,4],f16>, !torch.vtensor<[3,4],f16>, !torch.vtensor<[3],f16> -> !torch.vtensor<[2,3],f16>
  return %0 : !torch.vtensor<[2,3],f16>
}

// CHECK-LABEL: func.func @pooling
func.func @pooling(%arg0: !torch.vtensor<[?,?,?,?],f32>) {
  // CHECK: torch.aten.max_pool2d %arg0, %0, %1, %2, %3, %false : !torch.vtensor<[?,?,?,?],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,?,?,?],f32>
  %int1 = torch.constant.int 1
  %int2 = torch.constant.int 2
  %false = torch.constant.bool false
  %kernel_size = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
  %stride = torch.prim.ListConstruct %int2, %int2 : (!torch.int, !torch.int) -> !torch.list<int>
  %padding = torch.prim.ListConstruct  : () -> !torch.list<int>
  %dilation = torch.prim.ListConstruct %int1, %int1 : (!torch.int, !torch.int) -> !torch.list<int>
  %4 = torch.aten.max_pool2d %arg0, %kernel_size, %stride, %padding, %dilation, %false : !torch.vtensor<[?,?,?,?],f32>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.list<int>, !torch.bool -> !torch.vtensor<[?,?,?,?],f32>
  return
}

// CHECK-LABEL: func.func @losses
func.func @losses(%arg0: !torch.vtensor<[3,5,2],f32>, %arg1: !torch.vtensor<[3,2],si64>, %log_probs: !torch.vtensor<[4,2],f32>, %labels: !torch.vtensor<[4],si64>) {
  %none = torch.constant.none
  %one = torch.constant.int 1
  %ignore = torch.constant.int -100
  %float0.000000e00 = torch.constant.float 0.000000e+00
  // CHECK: torch.aten.cross_entropy_loss %arg0, %arg1, %none, %int1, %int-100, %float0.000000e00 : !torch.vtensor<[3,5,2],f32>, !torch.vtensor<[3,2],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
  %0 = torch.aten.cross_entropy_loss %arg0, %arg1, %none, %one, %ignore, %float0.000000e00 : !torch.vtensor<[3,5,2],f32>, !torch.vtensor<[3,2],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>
  // CHECK-NEXT: %{{.*}}:2 = torch.aten.nll_loss_forward %arg2, %arg3, %none, %int1, %int-100 : !torch.vtensor<[4,2],f32>, !torch.vtensor<[4],si64>, !torch.none, !torch.int, !torch.int -> !torch.vtensor<[],f32>, !torch.vtensor<[],f32>
  %output, %total_weight = torch.aten.nll_loss_forward %log_probs, %labels, %none, %one, %ignore : !torch.vtensor<[4,2],f32>, !torch.vtensor<[4],si64>, !torch.none, !torch.int, !torch.int -> !torch.vtensor<[],f32>, !torch.vtensor<[],f32>
  return
}

// CHECK-LABEL: func.func @containers
func.func @containers(%i: !torch.int, %t: !torch.tensor) {
  // CHECK-NEXT: %0 = torch.prim.TupleConstruct %arg0, %arg1 : !torch.int, !torch.tensor -> !torch.tuple<int, tensor>
  %0 = torch.prim.TupleConstruct %i, %t : !torch.int, !torch.tensor -> !torch.tuple<int, tensor>
  // CHECK-NEXT: %1:2 = torch.prim.TupleUnpack %0 : !torch.tuple<int, tensor> -> !torch.int, !torch.tensor
  %1:2 = torch.prim.TupleUnpack %0 : !torch.tuple<int, tensor> -> !torch.int, !torch.tensor
  // CHECK-NEXT: %2 = torch.prim.ListConstruct %arg0, %1#0 {k} : (!torch.int, !torch.int) -> !torch.list<int>
  %2 = torch.prim.ListConstruct %i, %1#0 {k} : (!torch.int, !torch.int) -> !torch.list<int>
  // CHECK-NEXT: %3 = torch.prim.ListConstruct  : () -> !torch.list<tensor>
  %3 = torch.prim.ListConstruct : () -> !torch.list<tensor>
  // CHECK-NEXT: %4 = torch.derefine %arg1 : !torch.tensor to !torch.optional<tensor>
  %4 = torch.derefine %t : !torch.tensor to !torch.optional<tensor>
  // Lists hold less refined tensors, any values, and optionals.
  // CHECK-NEXT: torch.prim.ListConstruct %arg0, %arg1 : (!torch.int, !torch.tensor) -> !torch.list<any>
  %5 = torch.prim.ListConstruct %i, %t : (!torch.int, !torch.tensor) -> !torch.list<any>
  %none = torch.constant.none
  // CHECK: torch.prim.ListConstruct %arg1, %none : (!torch.tensor, !torch.none) -> !torch.list<optional<tensor>>
  %6 = torch.prim.ListConstruct %t, %none : (!torch.tensor, !torch.none) -> !torch.list<optional<tensor>>
  return
}
