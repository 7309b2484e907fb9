// A site id that stands twice would make faults and traces ambiguous.

// RUN: dynfault-opt %s --dynfault-insert-activation-probes --split-input-file --verify-diagnostics

func.func @forward(%x: !torch.tensor) -> !torch.tensor {
  // expected-note @+1 {{the other one is here}}
  %0 = torch.aten.relu %x {dynfault.site = "a/relu"} : !torch.tensor -> !torch.tensor
  // expected-error @+1 {{site 'a/relu' stands twice; give one of them another 'dynfault.site'}}
  %1 = torch.aten.relu %0 {dynfault.site = "a/relu"} : !torch.tensor -> !torch.tensor
  return %1 : !torch.tensor
}

// -----

// Also across functions.
func.func @forward(%x: !torch.tensor) -> !torch.tensor {
  // expected-note @+1 {{the other one is here}}
  %0 = torch.aten.relu %x {dynfault.site = "a/relu"} : !torch.tensor -> !torch.tensor
  return %0 : !torch.tensor
}
func.func @encode(%x: !torch.tensor) -> !torch.tensor {
  // expected-error @+1 {{site 'a/relu' stands twice}}
  %0 = torch.aten.tanh %x {dynfault.site = "a/relu"} : !torch.tensor -> !torch.tensor
  return %0 : !torch.tensor
}
