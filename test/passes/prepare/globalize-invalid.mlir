// RUN: dynfault-opt %s --dynfault-globalize --split-input-file --verify-diagnostics

// A second object that nothing holds.
torch.class_type @C {
}
// expected-note @below {{the first one is here}}
%a = torch.nn_module {
} : !torch.nn.Module<"C">
// expected-error @below {{is a second root object; keep one object that no slot holds}}
%b = torch.nn_module {
} : !torch.nn.Module<"C">

// -----

// Recursion has no flat form.
// expected-note @below {{the function is here}}
func.func private @C.forward(%self: !torch.nn.Module<"C">, %x: !torch.tensor) -> !torch.tensor {
  // expected-error @below {{calls 'C.forward' recursively, which cannot be expanded}}
  %0 = torch.prim.CallMethod %self["forward"] (%x) : !torch.nn.Module<"C">, (!torch.tensor) -> !torch.tensor
  return %0 : !torch.tensor
}
torch.class_type @C {
  torch.method "forward", @C.forward
}
%a = torch.nn_module {
} : !torch.nn.Module<"C">

// -----

// An object as a result.
func.func private @C.forward(%self: !torch.nn.Module<"C">) -> !torch.nn.Module<"C"> {
  // expected-error @below {{yields an object, which global slots cannot express}}
  return %self : !torch.nn.Module<"C">
}
torch.class_type @C {
  torch.method "forward", @C.forward
}
%a = torch.nn_module {
} : !torch.nn.Module<"C">

// -----

// An object chosen at run time.
func.func private @C.forward(%self: !torch.nn.Module<"C">, %c: !torch.bool) {
  // expected-error @below {{'torch.prim.ListConstruct' op uses an object or a function as a value}}
  %0 = torch.prim.ListConstruct %self, %self : (!torch.nn.Module<"C">, !torch.nn.Module<"C">) -> !torch.list<nn.Module<"C">>
  return
}
torch.class_type @C {
  torch.method "forward", @C.forward
}
%a = torch.nn_module {
} : !torch.nn.Module<"C">
