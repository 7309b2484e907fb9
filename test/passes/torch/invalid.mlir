// What the dialect refuses, and what it says.

// RUN: dynfault-opt %s --split-input-file --verify-diagnostics

// An unknown type is named.
// expected-error @+1 {{'foo' is not a type of the torch dialect}}
func.func private @unknown_type(!torch.foo)

// -----

// So is one inside another type.
// expected-error @+1 {{'foo' is not a type of the torch dialect}}
func.func private @unknown_nested_type(!torch.list<foo>)

// -----

// expected-error @+1 {{'foo' is not a type of the torch dialect}}
func.func private @unknown_old_nested_type(!torch.list<!torch.foo>)

// -----

// A size is not negative.
// expected-error @+1 {{a tensor's size must not be negative; write '?' where it is unknown}}
func.func private @negative_size(!torch.vtensor<[-1],f32>)

// -----

// Sizes come with a dtype.
// expected-error @+1 {{expected ','}}
func.func private @no_dtype(!torch.vtensor<[1]>)

// -----

// expected-error @+1 {{expected '<'}}
func.func private @no_contained_type(!torch.list)

// -----

// expected-error @+1 {{expected ','}}
func.func private @dict_of_one(!torch.dict<str>)

// -----

// A class name is a string.
// expected-error @+1 {{expected string}}
func.func private @class_name(!torch.nn.Module<x>)

// -----

func.func @float_as_int() {
  // expected-error @+2 {{floating point value not valid for specified type}}
  %0 = torch.constant.int 1.0
  return
}

// -----

func.func @number_of_text() {
  // expected-error @+1 {{attribute 'value' failed to satisfy constraint: 64-bit signless integer attribute or 64-bit float attribute}}
  %0 = torch.constant.number "one"
  return
}

// -----

func.func @literal_shape() {
  // expected-error @+1 {{has a value of type 'tensor<2xf32>', whose shape the result type '!torch.vtensor<[3],f32>' does not allow}}
  %0 = torch.vtensor.literal(dense<0.0> : tensor<2xf32>) : !torch.vtensor<[3],f32>
  return
}

// -----

func.func @literal_rank() {
  // expected-error @+1 {{whose shape the result type '!torch.tensor<[2,1],f32>' does not allow}}
  %0 = torch.tensor.literal(dense<0.0> : tensor<2xf32>) : !torch.tensor<[2,1],f32>
  return
}

// -----

func.func @literal_dtype() {
  // expected-error @+1 {{has a value of type 'tensor<2xf32>', whose dtype the result type '!torch.vtensor<[2],si32>' does not allow}}
  %0 = torch.vtensor.literal(dense<0.0> : tensor<2xf32>) : !torch.vtensor<[2],si32>
  return
}

// -----

func.func @literal_width() {
  // expected-error @+1 {{whose dtype the result type '!torch.vtensor<*,si64>' does not allow}}
  %0 = torch.vtensor.literal(dense<0> : tensor<2xsi32>) : !torch.vtensor<*,si64>
  return
}

// -----

func.func @literal_semantics() {
  // expected-error @+1 {{result #0 must be !torch.vtensor, but got '!torch.tensor<[2],f32>'}}
  %0 = torch.vtensor.literal(dense<0.0> : tensor<2xf32>) : !torch.tensor<[2],f32>
  return
}

// -----

func.func @list_element(%i: !torch.int, %f: !torch.float) {
  // expected-error @+1 {{element #1 has type '!torch.float', which a list of '!torch.int' cannot hold}}
  %0 = torch.prim.ListConstruct %i, %f : (!torch.int, !torch.float) -> !torch.list<int>
  return
}

// -----

func.func @list_of_optionals(%f: !torch.float) {
  // expected-error @+1 {{element #0 has type '!torch.float', which a list of '!torch.optional<int>' cannot hold}}
  %0 = torch.prim.ListConstruct %f : (!torch.float) -> !torch.list<optional<int>>
  return
}

// -----

// Types of operands are not left out, and the message shows the syntax.
func.func @no_types(%x: !torch.tensor) {
  // expected-error @+2 {{has operands, so their types must follow: ': type, ... -> type, ...'}}
  %0 = torch.aten.relu %x
  return
}

// -----

func.func @too_many_types(%x: !torch.tensor) {
  // expected-error @+1 {{1 operands present, but expected 2}}
  %0 = torch.aten.relu %x : !torch.tensor, !torch.tensor -> !torch.tensor
  return
}

// -----

func.func @wrong_types(%x: !torch.int) {
  // expected-note @-1 {{prior use here}}
  // expected-error @+1 {{use of value '%x' expects different type than prior uses}}
  %0 = torch.aten.relu %x : !torch.tensor -> !torch.tensor
  return
}

// -----

func.func @operator_name() {
  // expected-error @+1 {{expected string}}
  torch.operator aten.x() : () -> ()
  return
}

// -----

// A slot stands in a module,
func.func @slot_in_function() {
  // expected-error @+1 {{expects parent op 'builtin.module'}}
  torch.global_slot @a : !torch.int
  return
}

// -----

// once,
// expected-note @+1 {{see existing symbol definition here}}
torch.global_slot @a : !torch.int
// expected-error @+1 {{redefinition of symbol named 'a'}}
torch.global_slot @a : !torch.int

// -----

// is there when it is read,
func.func @unknown_slot() {
  // expected-error @+1 {{names @b, which is no global slot of this module; declare it with 'torch.global_slot @b : ...'}}
  %0 = torch.global_slot.get @b : !torch.int
  return
}

// -----

// is a slot,
func.func private @c()
func.func @no_slot() {
  // expected-error @+1 {{names @c, which is no global slot of this module}}
  %0 = torch.global_slot.get @c : !torch.int
  return
}

// -----

// and has the type that its uses have.
// expected-note @+1 {{the slot is declared here}}
torch.global_slot @a : !torch.vtensor<[2],f32>
func.func @slot_type(%i: !torch.int) {
  // expected-error @+1 {{uses @a as '!torch.int', but its type bound is '!torch.vtensor<[2],f32>'}}
  torch.global_slot.set @a = %i : !torch.int
  return
}

// -----

// expected-error @+1 {{'torch.type_bound' must be a type, e.g. !torch.vtensor<[?,3],f32>}}
func.func @type_bound(%x: !torch.tensor {torch.type_bound = 3}) {
  return
}
