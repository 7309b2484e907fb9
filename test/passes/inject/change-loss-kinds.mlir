// LCH for the other losses: what the prediction means decides what goes before
// the new loss.

// RUN: split-file %s %t

// A logit goes through sigmoid; the target is used as it is.
// RUN: dynfault-opt %t/binary.mlir --dynfault-inject="operator=LCH to=hinge" | FileCheck %s --check-prefix=BINARY
// BINARY: before = "binary_cross_entropy_with_logits"
// BINARY: %[[P:.*]] = torch.aten.sigmoid %arg0 : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
// BINARY-NOT: one_hot
// BINARY: torch.aten.mul.Scalar %arg1, %int2
// BINARY: torch.aten.mul.Tensor %{{.*}}, %[[P]]

// A regression's prediction and target are used as they are.
// RUN: dynfault-opt %t/regression.mlir --dynfault-inject="operator=LCH to=mean_absolute_error" | FileCheck %s --check-prefix=REGRESSION
// REGRESSION: before = "mse_loss"
// REGRESSION: func.func @loss
// REGRESSION-NOT: torch.aten.sigmoid
// REGRESSION-NOT: torch.aten.softmax
// REGRESSION: torch.aten.l1_loss %arg0, %arg1

// torch.operator is the operation that it names.
// RUN: dynfault-opt %t/operator.mlir --dynfault-inject="operator=LCH to=mean_squared_error" | FileCheck %s --check-prefix=OPERATOR
// OPERATOR: before = "smooth_l1_loss"
// OPERATOR: torch.aten.mse_loss %arg0, %arg1

//--- binary.mlir
func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
  %none = torch.constant.none
  %mean = torch.constant.int 1
  %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %mean : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.vtensor<[],f32>
  return %0 : !torch.vtensor<[],f32>
}
//--- regression.mlir
func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
  %mean = torch.constant.int 1
  %0 = torch.aten.mse_loss %output, %target, %mean : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[],f32>
  return %0 : !torch.vtensor<[],f32>
}
//--- operator.mlir
func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
  %mean = torch.constant.int 1
  %beta = torch.constant.float 1.0
  %0 = torch.operator "aten.smooth_l1_loss"(%output, %target, %mean, %beta) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int, !torch.float) -> !torch.vtensor<[],f32>
  return %0 : !torch.vtensor<[],f32>
}
