// Requests that dynfault-inject refuses: status 1, one message at the module that
// says what is possible, and nothing written.

// DEFINE: %{request} =
// DEFINE: %{input} = %t/program.mlir
// DEFINE: %{check} = not dynfault-opt %{input} --dynfault-inject="%{request}" -o %t/out.mlir 2>%t/error && FileCheck %s --input-file=%t/error --check-prefix

// RUN: split-file %s %t

// No operator.
// REDEFINE: %{request} =
// RUN: %{check}=NONE
// NONE: program.mlir:1:1: error: dynfault-inject needs operator=..., one of: TCL, {{.*}}ACH, {{.*}}LCH, {{.*}}HLR

// An unknown operator, with a suggestion where one is near.
// REDEFINE: %{request} = operator=ACX
// RUN: %{check}=NEAR
// NEAR: error: unknown operator 'ACX'; did you mean 'ACH'? the operators are: TCL, {{.*}}ACH, {{.*}}LCH, {{.*}}HLR
// REDEFINE: %{request} = operator=ach
// RUN: %{check}=CASE
// CASE: error: unknown operator 'ach'; did you mean 'ACH'?
// REDEFINE: %{request} = operator=PQQPZZ
// RUN: %{check}=FAR
// FAR: error: unknown operator 'PQQPZZ'; the operators are:

// Several sites, and none named.
// REDEFINE: %{request} = operator=ACH
// RUN: %{check}=SEVERAL
// SEVERAL: error: operator ACH applies at several sites; say which with site=..., one of: fc1/relu, fc1/relu.1

// An unknown site, with a suggestion where one is near.
// REDEFINE: %{request} = operator=ACH site=fc1/rel to=tanh
// RUN: %{check}=SITE
// SITE: error: operator ACH has no site 'fc1/rel'; did you mean 'fc1/relu'? its sites are: fc1/relu, fc1/relu.1
// REDEFINE: %{request} = operator=HLR site=fc1/relu
// RUN: %{check}=OTHERSITE
// OTHERSITE: error: operator HLR has no site 'fc1/relu'; its sites are: optimizer

// A module without a site for the operator: what would be one.
// REDEFINE: %{input} = %t/empty.mlir
// REDEFINE: %{request} = operator=TCL
// RUN: %{check}=NOTCL
// NOTCL: error: operator TCL (change labels) has no site here; it needs the data set
// REDEFINE: %{request} = operator=ACH site=fc1/relu
// RUN: %{check}=NOACH
// NOACH: error: operator ACH (change activation) has no site here; it needs an element-wise activation function of the model
// REDEFINE: %{request} = operator=LCH
// RUN: %{check}=NOLCH
// NOLCH: error: operator LCH (change loss) has no site here; it needs a cross entropy, binary cross entropy (with logits), NLL, squared, absolute or Huber loss in @loss
// REDEFINE: %{request} = operator=HLR
// RUN: %{check}=NOHLR
// NOHLR: error: operator HLR (change learning rate) has no site here; it needs the optimizer update of the training step
// REDEFINE: %{input} = %t/program.mlir

// A parameter of another operator.
// REDEFINE: %{request} = operator=ACH site=fc1/relu factor=10
// RUN: %{check}=PARAMETER
// PARAMETER: error: operator ACH has no parameter 'factor'; it takes: to

// An unknown choice.
// REDEFINE: %{request} = operator=ACH site=fc1/relu to=sigmod
// RUN: %{check}=CHOICE
// CHOICE: error: parameter 'to' of operator ACH has no choice 'sigmod'; did you mean 'sigmoid'? the choices are: relu, elu, selu, softplus, tanh, softsign, linear, sigmoid, hard_sigmoid, exponential, softmax

// A choice of another operator.
// REDEFINE: %{request} = operator=LCH to=tanh
// RUN: %{check}=FOREIGN
// FOREIGN: error: parameter 'to' of operator LCH has no choice 'tanh';

// Numbers out of range, and no numbers.
// REDEFINE: %{request} = operator=TCL share=0.61
// RUN: %{check}=RANGE
// RANGE: error: parameter 'share' of operator TCL must be a number from 0.03 to 0.6, got '0.61'
// REDEFINE: %{request} = operator=TCL share=-0.1
// RUN: %{check}=NEGATIVE
// NEGATIVE: must be a number from 0.03 to 0.6, got '-0.1'
// REDEFINE: %{request} = operator=HLR factor=much
// RUN: %{check}=TEXT
// TEXT: error: parameter 'factor' of operator HLR must be a number from 1e-04 to 1000, got 'much'
// REDEFINE: %{request} = operator=HLR factor=nan
// RUN: %{check}=NAN
// NAN: must be a number from 1e-04 to 1000, got 'nan'
// REDEFINE: %{request} = operator=HLR factor=inf
// RUN: %{check}=INF
// INF: must be a number from 1e-04 to 1000, got 'inf'

// An unknown severity.
// REDEFINE: %{request} = operator=HLR severity=extreme
// RUN: %{check}=SEVERITY
// SEVERITY: error: unknown severity 'extreme'; it is low, medium or high

// A fault that is there already, drawn or given.
// REDEFINE: %{input} = %t/faulty.mlir
// REDEFINE: %{request} = operator=HLR factor=10
// RUN: dynfault-opt %t/program.mlir --dynfault-inject="operator=HLR factor=10" -o %t/faulty.mlir
// RUN: %{check}=TWICE
// TWICE: error: the module has the fault HLR@optimizer:factor=10 already; a fault is injected once, give another operator, site or parameter
// REDEFINE: %{input} = %t/program.mlir

// Keys of mutants.
// REDEFINE: %{request} = mutant=HLR
// RUN: %{check}=KEY
// KEY: error: 'HLR' is no fault; it is written OPERATOR@{{[S]}}ITE{{:}}PARAMETER=VALUE,...
// REDEFINE: %{request} = mutant=HLR@optimizer:factor
// RUN: %{check}=KEYVALUE
// KEYVALUE: error: 'HLR@optimizer:factor': 'factor' is not PARAMETER=VALUE
// REDEFINE: %{request} = mutant=HLR@optimizer:factor=2,factor=3
// RUN: %{check}=KEYTWICE
// KEYTWICE: error: 'HLR@optimizer:factor=2,factor=3': parameter 'factor' is given twice
// REDEFINE: %{request} = mutant=TCL@data:seed=x,share=0.1
// RUN: %{check}=KEYSEED
// KEYSEED: error: 'TCL@data:seed=x,share=0.1': the seed 'x' is not a non-negative integer
// REDEFINE: %{request} = mutant=HLR@optimizer:factor=2+HLR@optimizer:factor=2
// RUN: %{check}=KEYREPEATED
// KEYREPEATED: error: the module has the fault HLR@optimizer:factor=2 already
// REDEFINE: %{request} = mutant=HLR@optimizer:factor=2 operator=TCL
// RUN: %{check}=KEYANDMORE
// KEYANDMORE: error: mutant=... says everything; leave out operator, site and parameters

// Equivalent mutants.
// REDEFINE: %{request} = operator=ACH site=fc1/relu to=relu
// RUN: %{check}=SAME
// SAME: error: operator ACH at 'fc1/relu' with to=relu: the activation is 'relu' already, so the mutant would be equivalent
// REDEFINE: %{request} = operator=LCH to=mean_squared_error
// RUN: %{check}=SAMELOSS
// SAMELOSS: error: operator LCH at 'loss/mse_loss' with to=mean_squared_error: the loss is 'mean_squared_error' already, so the mutant would be equivalent
// REDEFINE: %{request} = operator=HLR factor=1
// RUN: %{check}=FACTOR
// FACTOR: error: operator HLR at 'optimizer' with factor=1: a factor of 1 changes nothing, so the mutant would be equivalent
// REDEFINE: %{input} = %t/zero-lr.mlir
// REDEFINE: %{request} = operator=HLR
// RUN: %{check}=ZERO
// ZERO: error: operator HLR at 'optimizer': the learning rate is 0, so the mutant would be equivalent
// REDEFINE: %{input} = %t/program.mlir

// Losses that the task does not permit.
// REDEFINE: %{request} = operator=LCH to=hinge
// RUN: %{check}=CLASSES
// CLASSES: error: operator LCH at 'loss/mse_loss' with to=hinge: 'hinge' is defined for classes only, and this is a regression loss
// REDEFINE: %{input} = %t/binary.mlir
// REDEFINE: %{request} = operator=LCH to=cosine_similarity
// RUN: %{check}=COSINE
// COSINE: the cosine of two single numbers is their sign; it needs one score per class
// REDEFINE: %{input} = %t/unknown-classes.mlir
// REDEFINE: %{request} = operator=LCH to=hinge
// RUN: %{check}=UNKNOWN
// UNKNOWN: the logits need the type !torch.vtensor<[?,C],f32> with a known number of classes C
// A severity without a choice says which there are.
// REDEFINE: %{request} = operator=LCH severity=high
// RUN: %{check}=NOCHOICE
// NOCHOICE: error: operator LCH at 'loss/cross_entropy_loss': no choice for 'to' of severity high is possible here; possible are:
// REDEFINE: %{input} = %t/soft-targets.mlir
// REDEFINE: %{request} = operator=LCH to=hinge
// RUN: %{check}=SOFT
// SOFT: the target needs the type !torch.vtensor<[?],si64>, one class index per row

// After all that nothing was written.
// RUN: not ls %t/out.mlir

//--- empty.mlir
module {
}
//--- program.mlir
module {
  dynfault.dataset @data {source = "abalone", train = 100, validation = 50}
  torch.global_slot @fc1.weight : !torch.vtensor<[1,4],f32>
  func.func @forward(%x: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,1],f32> {
    %none = torch.constant.none
    %w = torch.global_slot.get @fc1.weight : !torch.vtensor<[1,4],f32>
    %0 = torch.aten.linear %x, %w, %none : !torch.vtensor<[?,4],f32>, !torch.vtensor<[1,4],f32>, !torch.none -> !torch.vtensor<[?,1],f32>
    %1 = torch.aten.relu %0 : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    %2 = torch.aten.relu %1 : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    %3 = torch.aten.relu_ %2 : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    return %3 : !torch.vtensor<[?,1],f32>
  }
  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %mean = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %mean : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }
  dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
    dynfault.yield %x : !torch.tensor
  }
}
//--- zero-lr.mlir
dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.0>
  dynfault.yield %x : !torch.tensor
}
//--- binary.mlir
func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.tensor {
  %none = torch.constant.none
  %mean = torch.constant.int 1
  %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %mean : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.tensor
  return %0 : !torch.tensor
}
//--- unknown-classes.mlir
func.func @loss(%output: !torch.vtensor<[?,?],f32>, %target: !torch.vtensor<[?],si64>) -> !torch.tensor {
  %none = torch.constant.none
  %mean = torch.constant.int 1
  %ignored = torch.constant.int -100
  %smoothing = torch.constant.float 0.0
  %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignored, %smoothing : !torch.vtensor<[?,?],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.tensor
  return %0 : !torch.tensor
}
//--- soft-targets.mlir
func.func @loss(%output: !torch.vtensor<[?,3],f32>, %target: !torch.vtensor<[?,3],f32>) -> !torch.tensor {
  %none = torch.constant.none
  %mean = torch.constant.int 1
  %ignored = torch.constant.int -100
  %smoothing = torch.constant.float 0.0
  %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignored, %smoothing : !torch.vtensor<[?,3],f32>, !torch.vtensor<[?,3],f32>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.tensor
  return %0 : !torch.tensor
}
