// Operators that PyTorch declares otherwise. The message shows the declaration.

// RUN: dynfault-opt %s --split-input-file --verify-diagnostics

func.func @too_few(%x: !torch.vtensor) {
  // expected-error @+1 {{'aten.linear' takes 3 operands, got 2; PyTorch 1.13.1 and 2.6.0: aten::linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor}}
  %0 = torch.aten.linear %x, %x : !torch.vtensor, !torch.vtensor -> !torch.vtensor
  return
}

// -----

func.func @too_many(%x: !torch.vtensor) {
  // expected-error @+1 {{'aten.relu' takes 1 operands, got 2;}}
  %0 = torch.aten.relu %x, %x : !torch.vtensor, !torch.vtensor -> !torch.vtensor
  return
}

// -----

func.func @operand(%x: !torch.vtensor, %i: !torch.int) {
  // expected-error @+1 {{'aten.linear' has '!torch.int' for 'bias' (operand #2), which is of type Tensor?;}}
  %0 = torch.aten.linear %x, %x, %i : !torch.vtensor, !torch.vtensor, !torch.int -> !torch.vtensor
  return
}

// -----

func.func @list(%x: !torch.vtensor, %l: !torch.list<float>, %b: !torch.bool, %n: !torch.none) {
  // expected-error @+1 {{'aten.mean.dim' has '!torch.list<float>' for 'dim' (operand #1), which is of type int[1]?;}}
  %0 = torch.aten.mean.dim %x, %l, %b, %n : !torch.vtensor, !torch.list<float>, !torch.bool, !torch.none -> !torch.vtensor
  return
}

// -----

func.func @result(%x: !torch.vtensor) {
  // expected-error @+1 {{'aten.relu' has '!torch.int' as result #0, which is of type Tensor;}}
  %0 = torch.aten.relu %x : !torch.vtensor -> !torch.int
  return
}

// -----

func.func @results(%x: !torch.vtensor) {
  // expected-error @+1 {{'aten.relu' has 1 results, got 2;}}
  %0:2 = torch.aten.relu %x : !torch.vtensor -> !torch.vtensor, !torch.vtensor
  return
}

// -----

// Under any spelling.
func.func @operator(%x: !torch.vtensor) {
  // expected-error @+1 {{'aten.relu' takes 1 operands, got 0;}}
  %0 = torch.operator "torch.aten.relu"() : () -> !torch.vtensor
  // expected-error @+1 {{'aten.relu' takes 1 operands, got 0;}}
  %1 = "torch.aten.relu"() : () -> !torch.vtensor
  return
}

// -----

// Where releases differ, all are shown.
func.func @releases(%x: !torch.vtensor) {
  // expected-error @+1 {{'aten._to_dense' takes 3 operands, got 0; PyTorch 1.13.1: aten::_to_dense(Tensor self, ScalarType? dtype=None) -> Tensor; PyTorch 2.6.0: aten::_to_dense(Tensor self, ScalarType? dtype=None, bool? masked_grad=None) -> Tensor}}
  %0 = torch.aten._to_dense : !torch.vtensor
  return
}

// -----

// In a nested region too.
func.func @nested(%c: !torch.bool, %i: !torch.int) {
  torch.prim.If %c -> () {
    // expected-error @+1 {{'aten.relu' has '!torch.int' for 'self' (operand #0), which is of type Tensor;}}
    %0 = torch.aten.relu %i : !torch.int -> !torch.vtensor
    torch.prim.If.yield
  } else {
    torch.prim.If.yield
  }
  return
}
