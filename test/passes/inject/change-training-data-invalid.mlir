// What TRD, TUD, TAN, TCO and TDR refuse.

// DEFINE: %{request} =
// DEFINE: %{input} = %t/words.mlir
// DEFINE: %{check} = not dynfault-opt %{input} --dynfault-inject="%{request}" -o %t/out.mlir 2>%t/error && FileCheck %s --input-file=%t/error --check-prefix

// RUN: split-file %s %t

// Shares out of their ranges.
// REDEFINE: %{request} = operator=TRD share=1
// RUN: %{check}=TRD
// TRD: error: parameter 'share' of operator TRD must be a number from 0.3 to 0.99, got '1'
// REDEFINE: %{request} = operator=TUD share=0.01
// RUN: %{check}=TUD
// TUD: error: parameter 'share' of operator TUD must be a number from 0.05 to 0.99, got '0.01'
// REDEFINE: %{request} = operator=TCO share=1.1
// RUN: %{check}=TCO
// TCO: must be a number from 0.05 to 1, got '1.1'
// REDEFINE: %{request} = operator=TDR share=half
// RUN: %{check}=TDR
// TDR: must be a number from 0.05 to 1, got 'half'

// Indices of words take no noise.
// REDEFINE: %{request} = operator=TAN share=0.5
// RUN: %{check}=WORDS
// WORDS: error: operator TAN (add noise to inputs) has no site here; it needs the data set of a program with floating-point inputs

// A single value has no deviation.
// REDEFINE: %{input} = %t/single.mlir
// RUN: %{check}=SINGLE
// SINGLE: error: operator TAN at 'data' with share=0.5: a row has one input value, whose standard deviation is 0, so the mutant would be equivalent

// Rows with a class for each of several places have no class of their own, but
// can be repeated.
// REDEFINE: %{input} = %t/places.mlir
// REDEFINE: %{request} = operator=TRD share=0.5
// RUN: %{check}=PLACES
// PLACES: error: operator TRD (delete training data) has no site here; it needs the data set of a program whose rows have one class each
// RUN: dynfault-opt %t/places.mlir --list-sites | FileCheck %s --check-prefix=LIST
// LIST: TCL data
// LIST-NEXT: TDR data
// LIST-NOT: {{^(TRD|TUD|TCO|TDS)}}

// A whole graph is one row.
// REDEFINE: %{input} = %t/graph.mlir
// REDEFINE: %{request} = operator=TDR share=0.5
// RUN: %{check}=GRAPH
// GRAPH: error: operator TDR (repeat data) has no site here; it needs the data set of a program with several training rows
// REDEFINE: %{request} = operator=TAN share=0.5
// RUN: %{check}=GRAPHNOISE
// GRAPHNOISE: error: operator TAN (add noise to inputs) has no site here; it needs the data set of a program with floating-point inputs and several training rows

// RUN: not ls %t/out.mlir

//--- words.mlir
dynfault.dataset @data {source = "iris", train = 100, validation = 50}
func.func @forward(%x: !torch.vtensor<[?,4],si64>) -> !torch.vtensor<[?,4],si64> {
  return %x : !torch.vtensor<[?,4],si64>
}
//--- places.mlir
dynfault.dataset @data {source = "addition", train = 100, validation = 50}
func.func private @forward(!torch.vtensor<[?,7],si64>) -> !torch.vtensor<[?,12,4],f32>
func.func private @loss(!torch.vtensor<[?,12,4],f32>, !torch.vtensor<[?,4],si64>) -> !torch.vtensor<[],f32>
dynfault.training_step(%x: !torch.vtensor<[?,7],si64>, %target: !torch.vtensor<[?,4],si64>) {
  %out = func.call @forward(%x) : (!torch.vtensor<[?,7],si64>) -> !torch.vtensor<[?,12,4],f32>
  %loss = func.call @loss(%out, %target) : (!torch.vtensor<[?,12,4],f32>, !torch.vtensor<[?,4],si64>) -> !torch.vtensor<[],f32>
  dynfault.zero_grad
  dynfault.backward %loss : !torch.vtensor<[],f32>
  dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
  dynfault.yield %loss : !torch.vtensor<[],f32>
}
dynfault.schedule {epochs = 1, batch_size = 10}
//--- graph.mlir
dynfault.dataset @data {source = "football", train = 1, validation = 1}
func.func @forward(%x: !torch.vtensor<[?,115,115],f32>) -> !torch.vtensor<[?,115,115],f32> {
  return %x : !torch.vtensor<[?,115,115],f32>
}
//--- single.mlir
dynfault.dataset @data {source = "iris", train = 100, validation = 50}
func.func @forward(%x: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[?,1],f32> {
  return %x : !torch.vtensor<[?,1],f32>
}
