// What holds for all operators: severities, determinism, several faults.

// Parameters that are not given are drawn for the severity, from its intervals
// and choices only. 40 seeds each; every drawn value is compared with the bounds.
// RUN: for severity in low medium high; do for seed in $(seq 0 39); do \
// RUN:   dynfault-opt %s --dynfault-inject="operator=HLR severity=$severity seed=$seed" \
// RUN:       --dynfault-inject="operator=TCL severity=$severity seed=$seed" \
// RUN:       --dynfault-inject="operator=ACH severity=$severity seed=$seed" \
// RUN:       --dynfault-inject="operator=LCH severity=$severity seed=$seed" \
// RUN:     | grep -o 'parameters = {[^}]*}' | sed "s/^/$severity /" || exit 1; \
// RUN: done; done > %t.drawn
// RUN: %python %S/Inputs/check_severities.py %t.drawn

// The default severity is medium, and the default seed 0.
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR" -o %t.1
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR severity=medium seed=0" | diff - %t.1

// The same request gives the same bytes.
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH severity=high seed=3" --dynfault-inject="operator=TCL seed=3" -o %t.1.mlirbc
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH severity=high seed=3" --dynfault-inject="operator=TCL seed=3" -o %t.2.mlirbc
// RUN: cmp %t.1.mlirbc %t.2.mlirbc

// Another seed gives another value; what is drawn does not depend on faults that
// were injected before.
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR seed=1" | grep -o 'factor = [^}]*' > %t.1
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR seed=2" | grep -o 'factor = [^}]*' > %t.2
// RUN: not cmp -s %t.1 %t.2
// RUN: dynfault-opt %s --dynfault-inject="operator=TCL seed=9" --dynfault-inject="operator=HLR seed=2" | grep -o 'factor = [^}]*' | cmp - %t.2

// A choice that would be equivalent is never drawn: the loss is a squared error.
// RUN: not grep mean_squared_error %t.drawn

// Given parameters are not drawn, and a severity does not matter to them.
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH to=tanh severity=low seed=1" -o %t.1
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH to=tanh severity=high seed=2" | diff - %t.1

// Drawn parameters say the severity that they were drawn for, given ones do not.
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR severity=high" | FileCheck %s --check-prefix=DRAWN
// DRAWN: operator = "HLR", parameters = {factor = {{.*}}}, severity = "high", site = "optimizer"
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR factor=10 severity=high" | FileCheck %s --check-prefix=GIVEN
// GIVEN: operator = "HLR", parameters = {factor = 1.000000e+01 : f64}, site = "optimizer"

// A fault may meet a program that has faults already. At one place the order of
// injection matters and is kept.
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH to=tanh" --dynfault-inject="operator=LCH to=huber" | dynfault-opt --dynfault-inject="operator=ACH to=elu" | FileCheck %s
// CHECK: dynfault.faults = [{after = "tanh", before = "relu",{{.*}}site = "fc1/relu"}, {after = "elu", before = "tanh",{{.*}}site = "fc1/relu"}, {after = "huber", before = "mse_loss",{{.*}}site = "loss"}]
// CHECK: torch.aten.elu

// Faults that commute give one mutant in whatever order they come ...
// RUN: dynfault-opt %s --dynfault-inject="operator=HLR factor=10" --dynfault-inject="operator=TCL share=0.5" --dynfault-inject="operator=ACH to=tanh" -o %t.1
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH to=tanh" --dynfault-inject="operator=TCL share=0.5" --dynfault-inject="operator=HLR factor=10" | cmp - %t.1
// ... and so do the parts of a mutant's key.
// RUN: dynfault-opt %s --dynfault-inject="mutant=HLR@optimizer:factor=10+TCL@data:seed=0,share=0.5+ACH@fc1/relu:to=tanh" | cmp - %t.1
// RUN: dynfault-opt %s --dynfault-inject="mutant=TCL@data:share=0.5,seed=0+ACH@fc1/relu:to=tanh+HLR@optimizer:factor=1.0e1" | cmp - %t.1

module @regression attributes {dynfault.task = "regression"} {
  dynfault.dataset @data {source = "abalone", train = 100, validation = 50}
  dynfault.schedule {epochs = 3, batch_size = 5}
  torch.global_slot @fc1.weight {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[1,4],f32>
  func.func @forward(%x: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,1],f32> {
    %none = torch.constant.none
    %w = torch.global_slot.get @fc1.weight : !torch.vtensor<[1,4],f32>
    %0 = torch.aten.linear %x, %w, %none : !torch.vtensor<[?,4],f32>, !torch.vtensor<[1,4],f32>, !torch.none -> !torch.vtensor<[?,1],f32>
    %1 = torch.aten.relu %0 : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    return %1 : !torch.vtensor<[?,1],f32>
  }
  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %mean = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %mean {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }
  dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
