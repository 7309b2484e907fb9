// Regions that do not fit their operation. A note stands at the operation.

// RUN: dynfault-opt %s --split-input-file --verify-diagnostics

func.func @if_terminator(%c: !torch.bool, %i: !torch.int) {
  // expected-error @+1 {{needs a 'torch.prim.If.yield' at the end of its first region}}
  torch.prim.If %c -> () {
    %0 = torch.aten.neg.int %i : !torch.int -> !torch.int
  } else {
    torch.prim.If.yield
  }
  return
}

// -----

func.func @if_count(%c: !torch.bool, %i: !torch.int) {
  // expected-note @+1 {{it is here}}
  %0 = torch.prim.If %c -> (!torch.int) {
    torch.prim.If.yield %i : !torch.int
  } else {
    // expected-error @+1 {{yields 0 values, but the torch.prim.If has 1 results}}
    torch.prim.If.yield
  }
  return
}

// -----

func.func @if_type(%c: !torch.bool, %i: !torch.int) {
  // expected-note @+1 {{it is here}}
  %0 = torch.prim.If %c -> (!torch.float) {
    // expected-error @+1 {{yields '!torch.int' as value #0, but that result is '!torch.float'}}
    torch.prim.If.yield %i : !torch.int
  } else {
    torch.prim.If.yield %i : !torch.int
  }
  return
}

// -----

func.func @if_condition(%i: !torch.int) {
  // expected-note @-1 {{prior use here}}
  // expected-error @+1 {{use of value '%i' expects different type than prior uses: '!torch.bool' vs '!torch.int'}}
  torch.prim.If %i -> () {
    torch.prim.If.yield
  } else {
    torch.prim.If.yield
  }
  return
}

// -----

func.func @no_else(%c: !torch.bool) {
  torch.prim.If %c -> () {
    torch.prim.If.yield
  }
  // expected-error @+1 {{expected 'else'}}
  return
}

// -----

func.func @loop_number(%n: !torch.int, %c: !torch.bool) {
  // expected-error @+1 {{needs a region whose first argument is the iteration's number, of type !torch.int}}
  torch.prim.Loop %n, %c, init() {
    torch.prim.Loop.condition %c, iter()
  } : (!torch.int, !torch.bool) -> ()
  return
}

// -----

func.func @loop_results(%n: !torch.int, %c: !torch.bool) {
  // expected-error @+2 {{starts from 1 values, but the torch.prim.Loop has 0 results}}
  // expected-note @+1 {{it is here}}
  torch.prim.Loop %n, %c, init(%n) {
  ^bb0(%i: !torch.int, %x: !torch.int):
    torch.prim.Loop.condition %c, iter(%x : !torch.int)
  } : (!torch.int, !torch.bool, !torch.int) -> ()
  return
}

// -----

func.func @loop_arguments(%n: !torch.int, %c: !torch.bool) {
  // expected-error @+2 {{has a region that takes '!torch.float' as value #0, but that result is '!torch.int'}}
  // expected-note @+1 {{it is here}}
  %0 = torch.prim.Loop %n, %c, init(%n) {
  ^bb0(%i: !torch.int, %x: !torch.float):
    torch.prim.Loop.condition %c, iter(%x : !torch.float)
  } : (!torch.int, !torch.bool, !torch.int) -> !torch.int
  return
}

// -----

func.func @loop_carries(%n: !torch.int, %c: !torch.bool) {
  // expected-note @+1 {{it is here}}
  %0 = torch.prim.Loop %n, %c, init(%n) {
  ^bb0(%i: !torch.int, %x: !torch.int):
    // expected-error @+1 {{carries '!torch.bool' as value #0, but that result is '!torch.int'}}
    torch.prim.Loop.condition %c, iter(%c : !torch.bool)
  } : (!torch.int, !torch.bool, !torch.int) -> !torch.int
  return
}

// -----

func.func @loop_terminator(%n: !torch.int, %c: !torch.bool) {
  // expected-error @+1 {{needs a 'torch.prim.Loop.condition' at the end of its region}}
  torch.prim.Loop %n, %c, init() {
  ^bb0(%i: !torch.int):
  } : (!torch.int, !torch.bool) -> ()
  return
}

// -----

func.func @outside(%i: !torch.int) {
  // expected-error @+1 {{expects parent op 'torch.prim.If'}}
  torch.prim.If.yield %i : !torch.int
}

// -----

func.func @shapes(%x: !torch.vtensor, %i: !torch.int) {
  // expected-note @+1 {{the results are here}}
  %0 = torch.shape.calculate {
    torch.shape.calculate.yield %x : !torch.vtensor
  } shapes {
    // expected-error @+1 {{must yield a '!torch.list<int>' for each of 1 results}}
    torch.shape.calculate.yield.shapes %i : !torch.int
  } : !torch.vtensor
  return
}

// -----

func.func @dtypes(%x: !torch.vtensor, %i: !torch.int) {
  // expected-note @+1 {{the results are here}}
  %0 = torch.dtype.calculate {
    // expected-error @+1 {{must yield values of the results' types}}
    torch.dtype.calculate.yield %i : !torch.int
  } dtypes {
    torch.dtype.calculate.yield.dtypes %i : !torch.int
  } : !torch.vtensor
  return
}
