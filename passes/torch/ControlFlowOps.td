//===- ControlFlowOps.td - Branches and loops ---------------*- tablegen -*-===//

#ifndef DYNFAULT_TORCH_CONTROL_FLOW_OPS
#define DYNFAULT_TORCH_CONTROL_FLOW_OPS

include "TorchOpBase.td"

def Torch_PrimIfOp : Torch_Op<"prim.If", [
    RecursiveMemoryEffects, NoRegionArguments,
    DeclareOpInterfaceMethods<RegionBranchOpInterface,
        ["getRegionInvocationBounds"]>]> {
  let summary = "one of two regions, by a condition";
  let description = [{
    Both regions are always present, and end in `torch.prim.If.yield`.
    ```mlir
    %r = torch.prim.If %condition -> (!torch.int) {
      torch.prim.If.yield %a : !torch.int
    } else {
      torch.prim.If.yield %b : !torch.int
    }
    ```
  }];
  let arguments = (ins Torch_BoolType:$condition);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$thenRegion, SizedRegion<1>:$elseRegion);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Torch_PrimIfYieldOp : Torch_Op<"prim.If.yield", [
    Terminator, ReturnLike, Pure, HasParent<"PrimIfOp">]> {
  let summary = "ends a region of torch.prim.If";
  let arguments = (ins Variadic<AnyType>:$results);
  let assemblyFormat = "attr-dict ($results^ `:` qualified(type($results)))?";
}

def Torch_PrimLoopOp : Torch_Op<"prim.Loop", [
    RecursiveMemoryEffects,
    DeclareOpInterfaceMethods<RegionBranchOpInterface,
        ["getEntrySuccessorOperands"]>]> {
  let summary = "a loop with a trip count and a condition";
  let description = [{
    The region takes the iteration's number and the carried values, and ends in
    `torch.prim.Loop.condition`. It runs while the condition holds, at most
    `maxTripCount` times.
    ```mlir
    %sum = torch.prim.Loop %count, %true, init(%zero) {
    ^bb0(%i: !torch.int, %partial: !torch.int):
      %next = torch.aten.add.int %partial, %i : !torch.int, !torch.int -> !torch.int
      torch.prim.Loop.condition %true, iter(%next : !torch.int)
    } : (!torch.int, !torch.bool, !torch.int) -> !torch.int
    ```
  }];
  let arguments = (ins
    Torch_IntType:$maxTripCount,
    Torch_BoolType:$initialCondition,
    Variadic<AnyType>:$iterArgsInit
  );
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$region);
  let assemblyFormat = [{
    $maxTripCount `,` $initialCondition `,` `init` `(` $iterArgsInit `)` $region
    attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Torch_PrimLoopConditionOp : Torch_Op<"prim.Loop.condition", [
    Terminator, Pure, HasParent<"PrimLoopOp">,
    DeclareOpInterfaceMethods<RegionBranchTerminatorOpInterface>]> {
  let summary = "ends the region of torch.prim.Loop";
  let arguments = (ins Torch_BoolType:$shouldContinue, Variadic<AnyType>:$iterArgs);
  let assemblyFormat = [{
    $shouldContinue `,` `iter` `(` ($iterArgs^ `:` qualified(type($iterArgs)))? `)`
    attr-dict
  }];
}

#endif // DYNFAULT_TORCH_CONTROL_FLOW_OPS
