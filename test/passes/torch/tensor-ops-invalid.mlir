// Casts, containers and symbols that cannot be.

// RUN: dynfault-opt %s --split-input-file --verify-diagnostics

func.func @derefine(%x: !torch.int) {
  // expected-error @+1 {{widens '!torch.int' to '!torch.optional<float>', which does not hold its values}}
  %0 = torch.derefine %x : !torch.int to !torch.optional<float>
  return
}

// -----

func.func @static_info(%x: !torch.vtensor<[2],f32>) {
  // expected-error @+1 {{says that a '!torch.vtensor<[2],f32>' is a '!torch.vtensor<[3],f32>', which it cannot be}}
  %0 = torch.tensor_static_info_cast %x : !torch.vtensor<[2],f32> to !torch.vtensor<[3],f32>
  return
}

// -----

func.func @static_semantics(%x: !torch.vtensor) {
  // expected-error @+1 {{cannot change between !torch.tensor and !torch.vtensor}}
  %0 = torch.tensor_static_info_cast %x : !torch.vtensor to !torch.tensor
  return
}

// -----

func.func @tuple_count(%i: !torch.int) {
  // expected-error @+1 {{has 1 operands, but the tuple '!torch.tuple<int, int>' has 2 elements}}
  %0 = torch.prim.TupleConstruct %i : !torch.int -> !torch.tuple<int, int>
  return
}

// -----

func.func @tuple_type(%t: !torch.tuple<int, float>) {
  // expected-error @+1 {{result #1 has type '!torch.int', but that element of the tuple is '!torch.float'}}
  %0:2 = torch.prim.TupleUnpack %t : !torch.tuple<int, float> -> !torch.int, !torch.int
  return
}

// -----

func.func @list(%l: !torch.list<int>) {
  // expected-error @+1 {{result #0 has type '!torch.float', but the list holds '!torch.int'}}
  %0 = torch.prim.ListUnpack %l : !torch.list<int> -> !torch.float
  return
}

// -----

func.func @no_list(%i: !torch.int) {
  // expected-error @+1 {{unpacks '!torch.int', which is no list}}
  %0 = torch.prim.ListUnpack %i : !torch.int -> !torch.int
  return
}

// -----

func.func @dict(%k: !torch.str, %i: !torch.int) {
  // expected-error @+1 {{value #0 has type '!torch.int', but the dictionary's are '!torch.float'}}
  %0 = torch.prim.DictConstruct keys(%k : !torch.str) values(%i : !torch.int) -> !torch.dict<str, float>
  return
}

// -----

func.func @symbol() {
  // expected-error @+1 {{has a minimum of 5 above its maximum of 2}}
  %0 = torch.symbolic_int "s0" {min_val = 5, max_val = 2} : !torch.int
  return
}

// -----

func.func @bind_symbols(%x: !torch.vtensor<[?],f32>) {
  // expected-error @+1 {{has 0 symbols, but its map takes 1}}
  torch.bind_symbolic_shape %x, [], affine_map<()[s0] -> (s0)> : !torch.vtensor<[?],f32>
  return
}

// -----

func.func @bind_rank(%x: !torch.vtensor<[?,2],f32>) {
  %0 = torch.symbolic_int "s0" {min_val = 0, max_val = 2} : !torch.int
  // expected-error @+1 {{binds 1 sizes of a tensor of rank 2}}
  torch.bind_symbolic_shape %x, [%0], affine_map<()[s0] -> (s0)> : !torch.vtensor<[?,2],f32>
  return
}

// -----

func.func @bind_value(%x: !torch.vtensor<[?],f32>, %i: !torch.int) {
  // expected-error @+1 {{takes symbols that 'torch.symbolic_int' makes}}
  torch.bind_symbolic_shape %x, [%i], affine_map<()[s0] -> (s0)> : !torch.vtensor<[?],f32>
  return
}

// -----

func.func @opaque() {
  // expected-error @+1 {{only elided literals of static shape are read from this old form}}
  %0 = torch.vtensor.literal(opaque<"tf", "0x00"> : tensor<2xf32>) : !torch.vtensor<[2],f32>
  return
}
