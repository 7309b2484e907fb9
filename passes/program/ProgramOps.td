//===- ProgramOps.td - Operations of the dynfault dialect ---*- tablegen -*-===//

#ifndef DYNFAULT_PROGRAM_OPS
#define DYNFAULT_PROGRAM_OPS

include "ProgramAttrs.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Dynfault_Op<string mnemonic, list<Trait> traits = []>
    : Op<Dynfault_Dialect, mnemonic, traits>;

def AnyTensor_
    : Type<CPred<"::dynfault::torch::getTensorInfo($_self).has_value()">,
           "torch tensor (!torch.tensor or !torch.vtensor)">;

//===----------------------------------------------------------------------===//
// Data and schedule
//===----------------------------------------------------------------------===//

def Dynfault_DatasetOp : Dynfault_Op<"dataset", [
    Symbol, HasParent<"::mlir::ModuleOp">]> {
  let summary = "the data that a program trains on";
  let description = [{
    `source` names an entry of the data catalogue (models/datasets.json).
    `train` and `validation` rows are drawn from it with `seed`; `transforms`
    apply in order.
    ```mlir
    dynfault.dataset @data {source = "fashion-mnist", train = 3000 : i64,
        validation = 1000 : i64, transforms = [#dynfault.transform<unit>]}
    ```
  }];
  let arguments = (ins
    SymbolNameAttr:$sym_name,
    StrAttr:$source,
    ConfinedAttr<I64Attr, [IntPositive]>:$train,
    ConfinedAttr<I64Attr, [IntPositive]>:$validation,
    DefaultValuedAttr<ConfinedAttr<I64Attr, [IntNonNegative]>, "0">:$seed,
    DefaultValuedAttr<TypedArrayAttrBase<Dynfault_TransformAttr,
        "array of #dynfault.transform">, "{}">:$transforms
  );
  let assemblyFormat = "$sym_name attr-dict";
  let hasVerifier = 1;
}

def Dynfault_ScheduleOp : Dynfault_Op<"schedule", [HasParent<"::mlir::ModuleOp">]> {
  let summary = "how often the training step runs, and on what batches";
  let arguments = (ins
    ConfinedAttr<I64Attr, [IntPositive]>:$epochs,
    ConfinedAttr<I64Attr, [IntPositive]>:$batch_size,
    DefaultValuedAttr<BoolAttr, "true">:$shuffle
  );
  let assemblyFormat = "attr-dict";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Training step
//===----------------------------------------------------------------------===//

def Dynfault_TrainingStepOp : Dynfault_Op<"training_step", [
    IsolatedFromAbove, SingleBlock, HasParent<"::mlir::ModuleOp">]> {
  let summary = "one training step, from a batch to the optimizer's update";
  let description = [{
    ```mlir
    dynfault.training_step(%x: !torch.vtensor<[?,4],f32>,
                           %target: !torch.vtensor<[?],si64>) {
      %out = func.call @forward(%x) : ...
      %loss = func.call @loss(%out, %target) : ...
      dynfault.zero_grad
      dynfault.backward %loss : !torch.vtensor<[],f32>
      dynfault.optimizer_step #dynfault.optimizer<adam, lr = 1.0e-3>
      dynfault.yield %loss : !torch.vtensor<[],f32>
    }
    ```
    Gradients accumulate in the parameters until `dynfault.zero_grad`, as they
    do in PyTorch.
  }];
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    mlir::BlockArgument getInput() { return getBody().getArgument(0); }
    mlir::BlockArgument getTarget() { return getBody().getArgument(1); }
  }];
}

class Dynfault_StepOp<string mnemonic, list<Trait> traits = []>
    : Dynfault_Op<mnemonic, [HasParent<"TrainingStepOp">] # traits>;

def Dynfault_YieldOp : Dynfault_StepOp<"yield", [Terminator]> {
  let summary = "ends a training step and returns its loss";
  let arguments = (ins AnyTensor_:$loss);
  let assemblyFormat = "$loss attr-dict `:` qualified(type($loss))";
  let hasVerifier = 1;
}

def Dynfault_ZeroGradOp : Dynfault_StepOp<"zero_grad"> {
  let summary = "forgets the gradients of all parameters";
  let assemblyFormat = "attr-dict";
}

def Dynfault_BackwardOp : Dynfault_StepOp<"backward"> {
  let summary = "adds the loss's gradient to the gradients of all parameters";
  let arguments = (ins AnyTensor_:$loss);
  let assemblyFormat = "$loss attr-dict `:` qualified(type($loss))";
  let hasVerifier = 1;
}

def Dynfault_ClipGradNormOp : Dynfault_StepOp<"clip_grad_norm"> {
  let summary = "scales all gradients so that their joint 2-norm is at most max_norm";
  let arguments = (ins F64Attr:$max_norm);
  let assemblyFormat = "attr-dict";
  let hasVerifier = 1;
}

def Dynfault_ClipGradValueOp : Dynfault_StepOp<"clip_grad_value"> {
  let summary = "clamps every entry of every gradient to +-clip_value";
  let arguments = (ins F64Attr:$clip_value);
  let assemblyFormat = "attr-dict";
  let hasVerifier = 1;
}

def Dynfault_DelayGradientsOp : Dynfault_StepOp<"delay_gradients"> {
  let summary = "swaps the gradients with those of the step before";
  let description = [{
    What an optimizer sees that updates between the forward and the backward. The
    first step's gradients become zeros.
  }];
  let assemblyFormat = "attr-dict";
}

def Dynfault_OptimizerStepOp : Dynfault_StepOp<"optimizer_step"> {
  let summary = "updates all parameters from their gradients";
  let description = [{
    Parameters in `frozen` were never given to the optimizer.
    ```mlir
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
        {lr_schedule = #dynfault.lr_schedule<step, step_size = 5>,
         frozen = [@fc1.weight]}
    ```
  }];
  let arguments = (ins
    Dynfault_OptimizerAttr:$optimizer,
    OptionalAttr<Dynfault_LrScheduleAttr>:$lr_schedule,
    OptionalAttr<FlatSymbolRefArrayAttr>:$frozen
  );
  let assemblyFormat = "qualified($optimizer) attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The parameter of that name was never given to the optimizer.
    bool isFrozen(llvm::StringRef parameter);
  }];
}

//===----------------------------------------------------------------------===//
// Probes
//===----------------------------------------------------------------------===//

def Every : ConfinedAttr<I64Attr, [IntNonNegative]>;
def StepCount : DefaultValuedAttr<ConfinedAttr<I64Attr, [IntNonNegative]>, "0">;

def Dynfault_ProbeOpInterface : OpInterface<"ProbeOpInterface"> {
  let cppNamespace = "::dynfault::program";
  let description = [{
    An operation that records at the first and the last step of training, at
    each step that is a multiple of `every` (0: none), at each of the first
    `warm_up` steps, and at the last step of every `epochs` epochs (0: none).
  }];
  let methods = [
    InterfaceMethod<"multiples of which a step is to be sampled", "uint64_t", "getEvery">,
    InterfaceMethod<"number of steps at the start that are all sampled", "uint64_t", "getWarmUp">,
    InterfaceMethod<"epochs from one sample at an epoch's end to the next", "uint64_t", "getEpochs">
  ];
}

// The schedule's three attributes come last in every probe.
class ProbeArguments<dag before> {
  dag arguments = !con(before, (ins Every:$every, StepCount:$warm_up, StepCount:$epochs));
}

def Dynfault_ProbeActivationOp : Dynfault_Op<"probe_activation", [
    Dynfault_ProbeOpInterface, AllTypesMatch<["input", "result"]>]> {
  let summary = "records statistics of a pre-activation, and passes it through";
  let description = [{
    `unit_dim` is 1 where units are channels, 0 where they are the last dimension.
  }];
  let arguments = ProbeArguments<(ins AnyTensor_:$input, StrAttr:$site,
      StrAttr:$kind, StepCount:$unit_dim)>.arguments;
  let results = (outs AnyTensor_:$result);
  let assemblyFormat = "$input attr-dict `:` qualified(type($input))";
}

class Dynfault_StepProbeOp<string mnemonic>
    : Dynfault_StepOp<mnemonic, [Dynfault_ProbeOpInterface]> {
  let description = [{
    Of all parameters, or of those that `parameters` names.
  }];
  let arguments = ProbeArguments<(ins OptionalAttr<StrArrayAttr>:$parameters)>.arguments;
  let assemblyFormat = "attr-dict";
}

def Dynfault_ProbeGradientsOp : Dynfault_StepProbeOp<"probe_gradients"> {
  let summary = "records statistics of gradients and weights, per parameter";
}

def Dynfault_SnapshotGradientsOp : Dynfault_StepProbeOp<"snapshot_gradients"> {
  let summary = "keeps the gradients as they are before clipping";
}

def Dynfault_SnapshotParametersOp : Dynfault_StepProbeOp<"snapshot_parameters"> {
  let summary = "keeps the parameters as they are before the update";
}

def Dynfault_ProbeOptimizerOp : Dynfault_StepProbeOp<"probe_optimizer"> {
  let summary = "records the optimizer's state, clipping and update, per parameter";
}

def Dynfault_ProbeCurvatureOp : Dynfault_StepOp<"probe_curvature", [
    Dynfault_ProbeOpInterface]> {
  let summary = "records the Hessian's extreme eigenvalues and trace";
  let description = [{
    Stands before the step's forward, because it runs a forward of its own on
    `input` and `target`, or the first `rows` of them (0: all), and leaves no
    trace of it. `quantities` names what else
    to record: `gauss_newton`, `groups` (the largest eigenvalue per layer),
    `preconditioned` (by the optimizer), `spectral_density`. Lanczos stops
    when the `residual` or the estimated `error` (`lanczos_stop`) of the
    eigenvalues is at most `tolerance`, relatively; `trace_estimator` is
    `hutchinson` or `xtrace`.
  }];
  let arguments = ProbeArguments<(ins
    AnyTensor_:$input, AnyTensor_:$target,
    ConfinedAttr<I64Attr, [IntPositive]>:$lanczos_steps,
    ConfinedAttr<I64Attr, [IntMinValue<2>]>:$trace_samples,
    I64Attr:$seed, BoolAttr:$fixed_batch, BoolAttr:$training,
    DefaultValuedAttr<StrArrayAttr, "{}">:$quantities,
    DefaultValuedStrAttr<StrAttr, "hutchinson">:$trace_estimator,
    DefaultValuedAttr<F64Attr, "1e-3">:$tolerance,
    DefaultValuedStrAttr<StrAttr, "residual">:$lanczos_stop,
    DefaultValuedAttr<ConfinedAttr<I64Attr, [IntNonNegative]>, "0">:$rows)>.arguments;
  let hasVerifier = 1;
  let assemblyFormat = [{
    $input `,` $target attr-dict `:` qualified(type($input)) `,` qualified(type($target))
  }];
}

#endif // DYNFAULT_PROGRAM_OPS
