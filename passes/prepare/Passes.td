//===- Passes.td - From an imported module to a program -----*- tablegen -*-===//
//
// `--dynfault-globalize` first, then `--dynfault-simplify`. The inject and
// probe passes and the reports run both by themselves on a module in
// object-graph form (Prepare.h).
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PREPARE_PASSES
#define DYNFAULT_PREPARE_PASSES

include "mlir/Pass/PassBase.td"

def Globalize : Pass<"dynfault-globalize", "::mlir::ModuleOp"> {
  let summary = "Turn an object graph into global slots and flat functions";
  let description = [{
    A TorchScript module is a graph of objects (`torch.nn_module`) whose classes
    share code. This pass evaluates that structure away: each attribute becomes
    a `torch.global_slot` named by its path (`@layer1.0.conv1.weight`), and each
    public method of the root object becomes one function (`@forward`) in which
    every call is expanded, once per object. An operation's location is then
    named by the object that runs it (`layer1.0/relu`), which is its site.

    A tensor that several attributes hold becomes one slot; the other paths
    stand in its `dynfault.aliases`.
  }];
  let dependentDialects = ["::dynfault::torch::TorchDialect",
                           "::mlir::func::FuncDialect"];
}

def Simplify : Pass<"dynfault-simplify", "::mlir::ModuleOp"> {
  let summary = "Remove what scripting adds around a model's computation";
  let description = [{
    Folds attributes that are never written, arithmetic on constants, `is None`
    tests and tuples; resolves `prim.If` on a known condition; removes checks
    whose only effect is an exception (dimension and batch-size checks), and
    what is dead after that. What depends on `training` is kept.
  }];
  let dependentDialects = ["::dynfault::torch::TorchDialect"];
}

#endif // DYNFAULT_PREPARE_PASSES
