//===- Passes.td - Passes over the torch dialect ------------*- tablegen -*-===//
//
// `--dynfault-verify-schemas` needs no ordering: dynfault-opt runs it before and
// after all other passes.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_TORCH_PASSES
#define DYNFAULT_TORCH_PASSES

include "mlir/Pass/PassBase.td"

def VerifySchemas : Pass<"dynfault-verify-schemas"> {
  let summary = "Check operators against PyTorch's schemas";
  let description = [{
    Reports an operator whose operands or results are not as many as PyTorch
    declares, or of another kind. Right is what any of the releases in the table
    (`tools/update-schemas`) takes. An operator that no release has is left alone;
    `--inventory` names it.

    MLIR verifies only operations that a dialect declares, and the several
    hundred operators of PyTorch are not, so this pass does it. dynfault-opt runs
    it by itself: on what it has read, and again on what the passes made of it.
  }];
}

#endif // DYNFAULT_TORCH_PASSES
