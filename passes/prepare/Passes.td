//===- Passes.td - From an imported module to a program -----*- tablegen -*-===//
//
// In this order: `--dynfault-globalize`, `--dynfault-simplify`,
// `--dynfault-refine-types`, `--dynfault-maximize-value-semantics`,
// `--dynfault-add-initialisers`. The inject
// and probe passes and the reports run the first two by themselves on a module
// in object-graph form (Prepare.h).
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
    public method of the root object that no other method calls becomes one
    function (`@forward`) in which every call is expanded, once per object. An operation's location is then
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

def RefineTypes : Pass<"dynfault-refine-types", "::mlir::ModuleOp"> {
  let summary = "Give values the shapes and dtypes that follow from the inputs";
  let description = [{
    TorchScript keeps neither shapes nor dtypes. From the types of a function's
    arguments and of the parameters this pass infers those of all values, writes
    them into their types, and folds what only depends on shapes
    (`x.dim() == 3`). A value that no rule covers keeps its type.
  }];
  let options = [
    Option<"function", "function", "std::string", "\"forward\"",
           "The function, default forward">,
    ListOption<"inputs", "inputs", "std::string",
               "Its argument types in MLIR's spelling, `?x1x28x28xf32,?xsi64`; "
               "default: what the arguments' types or torch.type_bound say">
  ];
  let dependentDialects = ["::dynfault::torch::TorchDialect"];
}

def MaximizeValueSemantics
    : Pass<"dynfault-maximize-value-semantics", "::mlir::ModuleOp"> {
  let summary = "Replace in-place operations; !torch.tensor becomes !torch.vtensor";
  let description = [{
    An in-place operation (`torch.aten.relu_`) on a tensor that nothing else
    names is replaced by the one that makes a new tensor. Where a function has
    no in-place operation left, its tensors get value semantics
    (`!torch.vtensor`); else a remark says which operation stands in the way.
  }];
  let dependentDialects = ["::dynfault::torch::TorchDialect"];
}

def AddInitialisers : Pass<"dynfault-add-initialisers", "::mlir::ModuleOp"> {
  let summary = "Replace imported weights by the initialisers of their layers";
  let description = [{
    Faults belong into a program before it trains, and a layer whose size a
    fault changes has no old weights to keep. This pass gives each parameter that
    a known layer reads the initialiser that PyTorch's module of that kind has,
    and forgets the imported values. An object graph is globalized and
    simplified first. `--weights=initialiser` runs this pass after all others.

    | layer | weight | bias |
    |---|---|---|
    | linear, convolution | `kaiming_uniform`, a = sqrt(5) | uniform in +-1/sqrt(fan_in) |
    | `in_proj_weight` of attention | `xavier_uniform` | zeros (of `out_proj`, too) |
    | LSTM, GRU, RNN | uniform in +-1/sqrt(hidden size) | the same |
    | normalisation | ones (running variance, too) | zeros (running mean, too) |
    | embedding without padding | normal(0, 1) | |

    A slot that has `dynfault.init` keeps it. A remark names each parameter that
    no rule covers; it keeps its imported values.
  }];
  let dependentDialects = ["::dynfault::program::DynfaultDialect"];
}

#endif // DYNFAULT_PREPARE_PASSES
