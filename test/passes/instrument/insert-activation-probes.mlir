// A probe before every element-wise activation function of the model.

// RUN: dynfault-opt %s --dynfault-insert-activation-probes | FileCheck %s
// RUN: dynfault-opt %s --dynfault-insert-activation-probes="every=7" | FileCheck %s --check-prefix=EVERY
// EVERY-COUNT-7: dynfault.probe_activation {{.*}}every = 7 : i64
// EVERY-NOT: dynfault.probe_activation

// Twice is once; the second run's schedule holds.
// RUN: dynfault-opt %s --dynfault-insert-activation-probes -o %t.once
// RUN: dynfault-opt %s --dynfault-insert-activation-probes --dynfault-insert-activation-probes | diff - %t.once
// RUN: dynfault-opt %t.once --dynfault-insert-activation-probes="every=7" | FileCheck %s --check-prefix=EVERY

// Canonicalisation and common-subexpression elimination keep the probes.
// RUN: dynfault-opt %s --dynfault-insert-activation-probes --canonicalize --cse --symbol-dce | FileCheck %s --check-prefix=KEPT
// KEPT-COUNT-7: dynfault.probe_activation
// KEPT-NOT: dynfault.probe_activation

// Only some sites: by name, by wildcards, by several of them.
// RUN: dynfault-opt %s --dynfault-insert-activation-probes="sites=block1/relu" | FileCheck %s --check-prefix=ONE
// ONE: dynfault.probe_activation {{.*}}site = "block1/relu"}
// ONE-NOT: dynfault.probe_activation
// RUN: dynfault-opt %s --dynfault-insert-activation-probes="sites=block?/relu" | FileCheck %s --check-prefix=QUESTION
// QUESTION: site = "block1/relu"}
// QUESTION: site = "block2/relu"}
// QUESTION-NOT: dynfault.probe_activation
// RUN: dynfault-opt %s --dynfault-insert-activation-probes="sites=block1/*,*/sigmoid every=3" | FileCheck %s --check-prefix=SEVERAL
// SEVERAL: {every = 3 : i64, kind = "relu", site = "block1/relu"}
// SEVERAL: {every = 3 : i64, kind = "sigmoid", site = "block4/sigmoid"}
// SEVERAL-NOT: dynfault.probe_activation

// CHECK-LABEL: func.func @forward
// CHECK-SAME: (%[[X:.*]]: !torch.vtensor<[?,4],f32>)
func.func @forward(%x: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,4],f32> {
  %int1 = torch.constant.int 1
  // The probe sees the function's input, and only the function reads the probe.
  // CHECK: %[[P1:.*]] = dynfault.probe_activation %[[X]] {every = 10 : i64, kind = "relu", site = "block1/relu"} : !torch.vtensor<[?,4],f32>
  // CHECK-NEXT: %[[A1:.*]] = torch.aten.relu %[[P1]] {dynfault.site = "block1/relu"}
  // CHECK-NEXT: %[[ADD:.*]] = torch.aten.add.Tensor %[[X]], %[[A1]]
  %0 = torch.aten.relu %x {dynfault.site = "block1/relu"} : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[?,4],f32>
  %1 = torch.aten.add.Tensor %x, %0, %int1 {dynfault.site = "block1/add"} : !torch.vtensor<[?,4],f32>, !torch.vtensor<[?,4],f32>, !torch.int -> !torch.vtensor<[?,4],f32>
  // Two functions of one value have a probe each.
  // CHECK: %[[P2:.*]] = dynfault.probe_activation %[[ADD]] {every = 10 : i64, kind = "relu", site = "block2/relu"}
  // CHECK-NEXT: torch.aten.relu %[[P2]]
  // CHECK-NEXT: %[[P3:.*]] = dynfault.probe_activation %[[ADD]] {every = 10 : i64, kind = "tanh", site = "block3/tanh"}
  // CHECK-NEXT: torch.aten.tanh %[[P3]]
  %2 = torch.aten.relu %1 {dynfault.site = "block2/relu"} : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[?,4],f32>
  %3 = torch.aten.tanh %1 {dynfault.site = "block3/tanh"} : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[?,4],f32>
  // Functions with further operands keep them.
  // CHECK: %[[P4:.*]] = dynfault.probe_activation {{.*}} {every = 10 : i64, kind = "leaky_relu", site = "slope"}
  // CHECK-NEXT: torch.aten.leaky_relu %[[P4]], %{{.*}} {dynfault.site = "slope"}
  %4 = torch.aten.leaky_relu %3, %int1 {dynfault.site = "slope"} : !torch.vtensor<[?,4],f32>, !torch.int -> !torch.vtensor<[?,4],f32>
  // So does torch.operator.
  // CHECK: dynfault.probe_activation {{.*}} {every = 10 : i64, kind = "sigmoid", site = "block4/sigmoid"}
  %5 = torch.operator "aten.sigmoid"(%4) {dynfault.site = "block4/sigmoid"} : (!torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,4],f32>
  // In place: the probe sees the value before. What only a fault has is not probed.
  // Softmax is not element-wise, and an exponential is arithmetic.
  // CHECK: %[[P5:.*]] = dynfault.probe_activation {{.*}} {every = 10 : i64, kind = "relu", site = "inplace"}
  // CHECK-NEXT: torch.aten.relu_ %[[P5]]
  // CHECK-NOT: dynfault.probe_activation
  %none = torch.constant.none
  %6 = torch.aten.relu_ %5 {dynfault.site = "inplace"} : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[?,4],f32>
  %7 = torch.aten.softmax.int %6, %int1, %none : !torch.vtensor<[?,4],f32>, !torch.int, !torch.none -> !torch.vtensor<[?,4],f32>
  %8 = torch.aten.exp %7 : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[?,4],f32>
  %9 = torch.aten.relu %8 {dynfault.injected} : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[?,4],f32>
  return %9 : !torch.vtensor<[?,4],f32>
}

// Functions that the model calls are part of it.
// CHECK-LABEL: func.func @encode
// CHECK: dynfault.probe_activation {{.*}} {every = 10 : i64, kind = "elu", site = "encode/elu"}
func.func @encode(%x: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,4],f32> {
  %int1 = torch.constant.int 1
  %0 = torch.aten.elu %x, %int1, %int1, %int1 : !torch.vtensor<[?,4],f32>, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,4],f32>
  return %0 : !torch.vtensor<[?,4],f32>
}

// The loss is none.
// CHECK-LABEL: func.func @loss
// CHECK-NOT: dynfault.probe_activation
func.func @loss(%output: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,4],f32> {
  %0 = torch.aten.sigmoid %output : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[?,4],f32>
  return %0 : !torch.vtensor<[?,4],f32>
}
