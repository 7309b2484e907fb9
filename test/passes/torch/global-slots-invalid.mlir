// First values of slots: each slot exists, and has one.

// RUN: dynfault-opt %s --split-input-file --verify-diagnostics

torch.global_slot @a : !torch.int
torch.global_slot.module_initializer {
  %i = torch.constant.int 1
  // expected-error @+1 {{names @b, which is no global slot of this module}}
  torch.initialize.global_slots [
    @b(%i : !torch.int)
  ]
}

// -----

torch.global_slot @a : !torch.int
torch.global_slot.module_initializer {
  %i = torch.constant.int 1
  // expected-error @+1 {{gives @a two values; a slot has one}}
  torch.initialize.global_slots [
    @a(%i : !torch.int)
    @a(%i : !torch.int)
  ]
}

// -----

// expected-note @+1 {{the slot is declared here}}
torch.global_slot @a : !torch.float
torch.global_slot.module_initializer {
  %i = torch.constant.int 1
  // expected-error @+1 {{uses @a as '!torch.int', but its type bound is '!torch.float'}}
  torch.initialize.global_slots [
    @a(%i : !torch.int)
  ]
}

// -----

// expected-note @+1 {{the other one is here}}
torch.global_slot.module_initializer {
  torch.initialize.global_slots [
  ]
}
// expected-error @+1 {{stands twice; a module has one, which names all of its slots}}
torch.global_slot.module_initializer {
  torch.initialize.global_slots [
  ]
}

// -----

// expected-error @+1 {{needs a 'torch.initialize.global_slots' at its end}}
torch.global_slot.module_initializer {
  %i = torch.constant.int 1
}

// -----

"torch.global_slot.module_initializer"() ({
  %i = torch.constant.int 1
  // expected-error @+1 {{names 0 slots, but has 1 values}}
  "torch.initialize.global_slots"(%i) <{slotSymNames = []}> : (!torch.int) -> ()
}) : () -> ()

// -----

torch.global_slot @a : !torch.float {
  %i = torch.constant.int 1
  // expected-error @+1 {{gives @a a value of type '!torch.int', but its type bound is '!torch.float'}}
  torch.global_slot.init %i : !torch.int
}

// -----

// expected-error @+1 {{needs a 'torch.global_slot.init' at the end of its initialiser region}}
torch.global_slot @a : !torch.int {
  %i = torch.constant.int 1
}
