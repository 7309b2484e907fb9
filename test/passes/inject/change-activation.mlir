// ACH puts another activation function in the place of the one at the site.

// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=elu" | FileCheck %s --check-prefixes=CHECK,ELU
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=selu" | FileCheck %s --check-prefixes=CHECK,SELU
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=softplus" | FileCheck %s --check-prefixes=CHECK,SOFTPLUS
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=tanh" | FileCheck %s --check-prefixes=CHECK,TANH
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=softsign" | FileCheck %s --check-prefixes=CHECK,SOFTSIGN
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=linear" | FileCheck %s --check-prefixes=CHECK,LINEAR
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=sigmoid" | FileCheck %s --check-prefixes=CHECK,SIGMOID
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=hard_sigmoid" | FileCheck %s --check-prefixes=CHECK,HARD
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=exponential" | FileCheck %s --check-prefixes=CHECK,EXP
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=softmax" | FileCheck %s --check-prefixes=CHECK,SOFTMAX
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc2/tanh to=relu" | FileCheck %s --check-prefix=RELU

// What was done is recorded, in words for a report.
// ELU: dynfault.faults = [{after = "elu", before = "relu", class = "model", operator = "ACH", parameters = {to = "elu"}, site = "fc1/relu"}]
// LINEAR: dynfault.faults = [{after = "linear", before = "relu", class = "model", operator = "ACH", parameters = {to = "linear"}, site = "fc1/relu"}]
// RELU: dynfault.faults = [{after = "relu", before = "tanh", class = "model", operator = "ACH", parameters = {to = "relu"}, site = "fc2/tanh"}]

torch.global_slot @fc1.weight : !torch.vtensor<[5,4],f32>
torch.global_slot @fc2.weight : !torch.vtensor<[5,5],f32>

// Only the one operation changes, its site keeps its id, and its users read the
// new value.
// CHECK-LABEL: func.func @forward
// CHECK: %[[PRE:.*]] = torch.aten.linear {{.*}}dynfault.site = "fc1/linear"}
// ELU: %[[NEW:.*]] = torch.aten.elu %[[PRE]], %int1, %int1, %int1 {dynfault.site = "fc1/relu"} : !torch.vtensor<[?,5],f32>, !torch.int, !torch.int, !torch.int -> !torch.vtensor<[?,5],f32>
// SELU: %[[NEW:.*]] = torch.aten.selu %[[PRE]] {dynfault.site = "fc1/relu"}
// SOFTPLUS: %[[NEW:.*]] = torch.aten.softplus %[[PRE]], %int1, %int20 {dynfault.site = "fc1/relu"}
// TANH: %[[NEW:.*]] = torch.aten.tanh %[[PRE]] {dynfault.site = "fc1/relu"}
// PyTorch has no operation for x / (1 + |x|).
// SOFTSIGN: %[[ABS:.*]] = torch.aten.abs %[[PRE]]
// SOFTSIGN: %[[SUM:.*]] = torch.aten.add.Scalar %[[ABS]], %int1, %int1
// SOFTSIGN: %[[NEW:.*]] = torch.aten.div.Tensor %[[PRE]], %[[SUM]] {dynfault.site = "fc1/relu"}
// SIGMOID: %[[NEW:.*]] = torch.aten.sigmoid %[[PRE]] {dynfault.site = "fc1/relu"}
// Keras' form: clip(0.2 x + 0.5, 0, 1).
// HARD: %[[MUL:.*]] = torch.aten.mul.Scalar %[[PRE]], %float2.000000e-01
// HARD: %[[ADD:.*]] = torch.aten.add.Scalar %[[MUL]], %float5.000000e-01, %int1
// HARD: %[[NEW:.*]] = torch.aten.clamp %[[ADD]], %int0, %{{.*}} {dynfault.site = "fc1/relu"}
// EXP: %[[NEW:.*]] = torch.aten.exp %[[PRE]] {dynfault.site = "fc1/relu"}
// SOFTMAX: %[[NEW:.*]] = torch.aten.softmax.int %[[PRE]], %int-1, %{{.*}} {dynfault.site = "fc1/relu"}
// CHECK-NOT: torch.aten.relu
// ELU: torch.aten.linear %[[NEW]], %fc2.weight
// SELU: torch.aten.linear %[[NEW]], %fc2.weight
// SOFTPLUS: torch.aten.linear %[[NEW]], %fc2.weight
// TANH: torch.aten.linear %[[NEW]], %fc2.weight
// SOFTSIGN: torch.aten.linear %[[NEW]], %fc2.weight
// `linear` is the identity, so the users read the pre-activation.
// LINEAR-NEXT: %fc2.weight = torch.global_slot.get
// LINEAR-NEXT: torch.aten.linear %[[PRE]], %fc2.weight
// SIGMOID: torch.aten.linear %[[NEW]], %fc2.weight
// HARD: torch.aten.linear %[[NEW]], %fc2.weight
// EXP: torch.aten.linear %[[NEW]], %fc2.weight
// SOFTMAX: torch.aten.linear %[[NEW]], %fc2.weight
// The other activation stays what it is.
// CHECK: torch.aten.tanh {{.*}} {dynfault.site = "fc2/tanh"}
// RELU-LABEL: func.func @forward
// RELU: torch.aten.relu {{.*}} {dynfault.site = "fc1/relu"}
// RELU: torch.aten.relu {{.*}} {dynfault.site = "fc2/tanh"}
func.func @forward(%x: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,5],f32> {
  %none = torch.constant.none
  %w = torch.global_slot.get @fc1.weight : !torch.vtensor<[5,4],f32>
  %0 = torch.aten.linear %x, %w, %none : !torch.vtensor<[?,4],f32>, !torch.vtensor<[5,4],f32>, !torch.none -> !torch.vtensor<[?,5],f32>
  %1 = torch.aten.relu %0 : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
  %v = torch.global_slot.get @fc2.weight : !torch.vtensor<[5,5],f32>
  %2 = torch.aten.linear %1, %v, %none : !torch.vtensor<[?,5],f32>, !torch.vtensor<[5,5],f32>, !torch.none -> !torch.vtensor<[?,5],f32>
  %3 = torch.aten.tanh %2 : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
  return %3 : !torch.vtensor<[?,5],f32>
}

// An activation in @loss belongs to the objective: it is no site.
// CHECK-LABEL: func.func @loss
// CHECK: torch.aten.sigmoid
func.func @loss(%output: !torch.vtensor<[?,5],f32>, %target: !torch.vtensor<[?,5],f32>) -> !torch.vtensor<[],f32> {
  %none = torch.constant.none
  %0 = torch.aten.sigmoid %output : !torch.vtensor<[?,5],f32> -> !torch.vtensor<[?,5],f32>
  %1 = torch.aten.mean %0, %none : !torch.vtensor<[?,5],f32>, !torch.none -> !torch.vtensor<[],f32>
  return %1 : !torch.vtensor<[],f32>
}

// A probe follows the change: the order of injection and instrumentation does not
// matter.
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=sigmoid" --dynfault-insert-activation-probes -o %t.1
// RUN: dynfault-opt %s --dynfault-insert-activation-probes --dynfault-inject="operator=ACH site=fc1/relu to=sigmoid" -o %t.2
// RUN: diff %t.1 %t.2
// RUN: FileCheck %s --check-prefix=PROBE < %t.1
// PROBE: dynfault.probe_activation {{.*}} {every = 10 : i64, kind = "sigmoid", site = "fc1/relu"}
// RUN: dynfault-opt %s --dynfault-insert-activation-probes --dynfault-inject="operator=ACH site=fc1/relu to=elu" --cse | FileCheck %s --check-prefix=ELUPROBE
// ELUPROBE: %[[P:.*]] = dynfault.probe_activation {{.*}} {every = 10 : i64, kind = "elu", site = "fc1/relu"}
// ELUPROBE: torch.aten.elu %[[P]],
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=linear" --dynfault-insert-activation-probes -o %t.1
// RUN: dynfault-opt %s --dynfault-insert-activation-probes --dynfault-inject="operator=ACH site=fc1/relu to=linear" -o %t.2
// RUN: diff %t.1 %t.2
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=softmax" --dynfault-insert-activation-probes -o %t.1
// RUN: dynfault-opt %s --dynfault-insert-activation-probes --dynfault-inject="operator=ACH site=fc1/relu to=softmax" -o %t.2
// RUN: diff %t.1 %t.2
// Nor does the probe go where no single operation computes the new function: that
// would give the fault away.
// RUN: FileCheck %s --check-prefix=MARK < %t.1
// MARK: %[[L:.*]] = torch.aten.linear {{.*}} {dynfault.pre_activation = {kind = "softmax", site = "fc1/relu"}, dynfault.site = "fc1/linear"}
// MARK: %[[MP:.*]] = dynfault.probe_activation %[[L]] {every = 10 : i64, kind = "softmax", site = "fc1/relu"}
// MARK: torch.aten.softmax.int %[[MP]],
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=linear" --dynfault-insert-activation-probes --dynfault-insert-activation-probes | FileCheck %s --check-prefix=LINEARPROBE
// LINEARPROBE: %[[L:.*]] = torch.aten.linear
// LINEARPROBE: %[[LP:.*]] = dynfault.probe_activation %[[L]] {every = 10 : i64, kind = "linear", site = "fc1/relu"}
// LINEARPROBE-NOT: probe_activation {{.*}} "fc1/relu"
// LINEARPROBE: torch.aten.linear %[[LP]], %fc2.weight
