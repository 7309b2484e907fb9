// What TNP and TLK refuse.

// DEFINE: %{request} =
// DEFINE: %{input} = %t/table.mlir
// DEFINE: %{check} = not dynfault-opt %{input} --dynfault-inject="%{request}" -o %t/out.mlir 2>%t/error && FileCheck %s --input-file=%t/error --check-prefix

// RUN: split-file %s %t

// REDEFINE: %{request} = operator=TNP which=twice
// RUN: %{check}=TWICE
// TWICE: error: operator TNP at 'data' with which=twice: standardized data do not change when they are standardized once more, so the mutant would be equivalent
// REDEFINE: %{request} = operator=TLK which=twice
// RUN: %{check}=TLKTWICE
// TLKTWICE: operator TLK at 'data' with which=twice: standardized data do not change
// REDEFINE: %{request} = operator=TLK which=wrong_axis
// RUN: %{check}=CHOICE
// CHOICE: error: parameter 'which' of operator TLK has no choice 'wrong_axis'; the choices are: twice, reversed_features, raw

// Statistics of the validation part need a standardization of it.
// REDEFINE: %{input} = %t/image.mlir
// REDEFINE: %{request} = operator=TNP which=separate_statistics
// RUN: %{check}=SEPARATE
// SEPARATE: with which=separate_statistics: the recipe has no 'standardize' of the validation part

// A row of one value has no other axis.
// REDEFINE: %{input} = %t/single.mlir
// REDEFINE: %{request} = operator=TNP which=wrong_axis
// RUN: %{check}=SINGLE
// SINGLE: with which=wrong_axis: a row has one input value
// REDEFINE: %{request} = operator=TLK which=reversed_features
// RUN: %{check}=SINGLETLK
// SINGLETLK: with which=reversed_features: a row has one input value

// Raw data have no normalisation to break.
// REDEFINE: %{input} = %t/raw.mlir
// REDEFINE: %{request} = operator=TNP
// RUN: %{check}=RAW
// RAW: error: operator TNP (missing or wrong normalisation) has no site here; it needs the data set of a program with floating-point inputs, whose recipe normalises them
// REDEFINE: %{request} = operator=TLK
// RUN: %{check}=RAWTLK
// RAWTLK: error: operator TLK (training/validation preprocessing mismatch) has no site here; it needs

// RUN: not ls %t/out.mlir

//--- table.mlir
dynfault.dataset @data {source = "abalone", train = 100, validation = 50, transforms = [#dynfault.transform<standardize>]}
//--- image.mlir
dynfault.dataset @data {source = "fashion-mnist", train = 100, validation = 50, transforms = [#dynfault.transform<unit>]}
//--- single.mlir
dynfault.dataset @data {source = "parabola", train = 100, validation = 50, transforms = [#dynfault.transform<standardize>]}
func.func @forward(%x: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[?,1],f32> {
  return %x : !torch.vtensor<[?,1],f32>
}
//--- raw.mlir
dynfault.dataset @data {source = "fashion-mnist", train = 100, validation = 50, transforms = [#dynfault.transform<change_labels, share = 0.1>]}
