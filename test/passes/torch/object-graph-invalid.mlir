// Classes and objects that do not go together. A note stands at the other place.

// RUN: dynfault-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{is of the class 'c', which this module does not have; declare it with 'torch.class_type @c { ... }'}}
%0 = torch.nn_module {
} : !torch.nn.Module<"c">

// -----

// Slots have the names of the attributes,
torch.class_type @c {
  // expected-note @+1 {{the attribute is declared here}}
  torch.attr "a" : !torch.int
}
%i = torch.constant.int 1
%0 = torch.nn_module {
  // expected-error @+1 {{'b' stands where the class has the attribute 'a'; slots must have the names and the order of the attributes}}
  torch.slot "b", %i : !torch.int
} : !torch.nn.Module<"c">

// -----

// their order,
torch.class_type @c {
  // expected-note @+1 {{the attribute is declared here}}
  torch.attr "a" : !torch.int
  torch.attr "b" : !torch.int
}
%i = torch.constant.int 1
%0 = torch.nn_module {
  // expected-error @+1 {{'b' stands where the class has the attribute 'a'}}
  torch.slot "b", %i : !torch.int
  torch.slot "a", %i : !torch.int
} : !torch.nn.Module<"c">

// -----

// their types,
torch.class_type @c {
  // expected-note @+1 {{the attribute is declared here}}
  torch.attr "a" : !torch.optional<float>
}
%i = torch.constant.int 1
%0 = torch.nn_module {
  // expected-error @+1 {{'a' has a value of type '!torch.int', but the attribute's type is '!torch.optional<float>'}}
  torch.slot "a", %i : !torch.int
} : !torch.nn.Module<"c">

// -----

// and are as many: neither fewer
torch.class_type @c {
  torch.attr "a" : !torch.int
  // expected-note @+1 {{this attribute has no slot}}
  torch.attr "b" : !torch.int
}
%i = torch.constant.int 1
// expected-error @+1 {{has 1 slots, but its class has 2 attributes}}
%0 = torch.nn_module {
  torch.slot "a", %i : !torch.int
} : !torch.nn.Module<"c">

// -----

// nor more.
torch.class_type @c {
  torch.attr "a" : !torch.int
}
%i = torch.constant.int 1
// expected-error @+1 {{has 2 slots, but its class has 1 attributes}}
%0 = torch.nn_module {
  torch.slot "a", %i : !torch.int
  // expected-note @+1 {{this slot has no attribute}}
  torch.slot "a", %i : !torch.int
} : !torch.nn.Module<"c">

// -----

torch.class_type @c {}
// expected-error @+1 {{holds something other than 'torch.slot'}}
%0 = torch.nn_module {
  // expected-note @+1 {{it is here}}
  %i = torch.constant.int 1
} : !torch.nn.Module<"c">

// -----

// Members have one name each.
torch.class_type @c {
  // expected-note @+1 {{the other one is here}}
  torch.attr "a" : !torch.int
  // expected-error @+1 {{'a' stands twice in its class}}
  torch.attr "a" : !torch.float
}

// -----

// expected-error @+1 {{holds something other than 'torch.attr' and 'torch.method'}}
torch.class_type @c {
  // expected-note @+1 {{it is here}}
  %i = torch.constant.int 1
}

// -----

// A method is a function of the module
torch.class_type @c {
  // expected-error @+1 {{'m' names @f, which is no function of this module}}
  torch.method "m", @f
}

// -----

// that takes the object first.
// expected-note @+1 {{the function is here}}
func.func private @f(!torch.nn.Module<"d">)
torch.class_type @c {
  // expected-error @+1 {{'m' needs a function whose first argument is the object, of type '!torch.nn.Module<"c">'}}
  torch.method "m", @f
}

// -----

// expected-note @+1 {{the function is here}}
func.func private @f()
torch.class_type @c {
  // expected-error @+1 {{'m' needs a function whose first argument is the object}}
  torch.method "m", @f
}

// -----

// Uses name members of the class, with their types.
// expected-note @+1 {{the class is declared here}}
torch.class_type @c {
}
func.func @f(%c: !torch.nn.Module<"c">) {
  // expected-error @+1 {{'a' is no attribute of the class 'c'}}
  %0 = torch.prim.GetAttr %c["a"] : !torch.nn.Module<"c"> -> !torch.int
  return
}

// -----

torch.class_type @c {
  // expected-note @+1 {{the attribute is declared here}}
  torch.attr "a" : !torch.int
}
func.func @f(%c: !torch.nn.Module<"c">, %f: !torch.float) {
  // expected-error @+1 {{uses 'a' as '!torch.float', but the attribute's type is '!torch.int'}}
  torch.prim.SetAttr %c["a"] = %f : !torch.nn.Module<"c">, !torch.float
  return
}

// -----

// expected-note @+1 {{the class is declared here}}
torch.class_type @c {
}
func.func @f(%c: !torch.nn.Module<"c">) {
  // expected-error @+1 {{'m' is no method of the class 'c'}}
  %0 = torch.prim.CallMethod %c["m"] () : !torch.nn.Module<"c">, () -> !torch.int
  return
}

// -----

// expected-note @+1 {{the method's function is here}}
func.func private @m(!torch.nn.Module<"c">, !torch.int) -> !torch.int
torch.class_type @c {
  torch.method "m", @m
}
func.func @f(%c: !torch.nn.Module<"c">) {
  // expected-error @+1 {{'m' takes 1 operands after the object, got 0}}
  %0 = torch.prim.CallMethod %c["m"] () : !torch.nn.Module<"c">, () -> !torch.int
  return
}

// -----

// expected-note @+1 {{the method's function is here}}
func.func private @m(!torch.nn.Module<"c">, !torch.int) -> !torch.int
torch.class_type @c {
  torch.method "m", @m
}
func.func @f(%c: !torch.nn.Module<"c">, %f: !torch.float) {
  // expected-error @+1 {{operand #0 of 'm' has type '!torch.float', expected '!torch.int'}}
  %0 = torch.prim.CallMethod %c["m"] (%f) : !torch.nn.Module<"c">, (!torch.float) -> !torch.int
  return
}

// -----

// expected-note @+1 {{the method's function is here}}
func.func private @m(!torch.nn.Module<"c">) -> !torch.int
torch.class_type @c {
  torch.method "m", @m
}
func.func @f(%c: !torch.nn.Module<"c">) {
  // expected-error @+1 {{'m' does not return '!torch.float'}}
  %0 = torch.prim.CallMethod %c["m"] () : !torch.nn.Module<"c">, () -> !torch.float
  return
}

// -----

// Kinds of state stand at attributes, and say nothing more.
torch.class_type @c {
  // expected-error @+1 {{'dynfault.parameter' must be a unit attribute of a torch.global_slot or torch.attr}}
  torch.attr "a" : !torch.tensor {dynfault.parameter = 1}
}

// -----

// expected-error @+1 {{'dynfault.requires_grad' must be true or false, of a tensor literal}}
%t = torch.tensor.literal(dense<1.0> : tensor<1xf32>) {dynfault.requires_grad} : !torch.tensor
