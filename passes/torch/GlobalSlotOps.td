//===- GlobalSlotOps.td - Global slots ----------------------*- tablegen -*-===//

#ifndef DYNFAULT_TORCH_GLOBAL_SLOT_OPS
#define DYNFAULT_TORCH_GLOBAL_SLOT_OPS

include "TorchOpBase.td"

def Torch_GlobalSlotOp : Torch_Op<"global_slot", [
    Symbol, IsolatedFromAbove, HasParent<"::mlir::ModuleOp">]> {
  let summary = "a mutable global, e.g. a parameter, a buffer or a flag";
  let description = [{
    Its value comes from the module's `torch.global_slot.module_initializer`,
    from an initialiser (`dynfault.init`), or, in dumps of 2021, from a region of
    its own that ends in `torch.global_slot.init`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       TypeAttr:$typeBound);
  let regions = (region VariadicRegion<SizedRegion<1>>:$initializer);
  let assemblyFormat = [{
    ($sym_visibility^)? $sym_name attr-dict `:` $typeBound ($initializer^)?
  }];
  let builders = [OpBuilder<(ins "llvm::StringRef":$name, "mlir::Type":$typeBound)>];
  let hasVerifier = 1;
}

def Torch_GlobalSlotInitOp : Torch_Op<"global_slot.init", [
    Terminator, Pure, HasParent<"GlobalSlotOp">]> {
  let summary = "ends the region of a torch.global_slot with its first value";
  let arguments = (ins AnyType:$initialValue);
  let assemblyFormat = "$initialValue attr-dict `:` qualified(type($initialValue))";
}

def Torch_GlobalSlotGetOp : Torch_Op<"global_slot.get", [
    MemoryEffects<[MemRead]>, UsesSymbols, NameResults]> {
  let summary = "reads a global slot";
  let arguments = (ins FlatSymbolRefAttr:$slot);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$slot attr-dict `:` qualified(type($result))";
}

def Torch_GlobalSlotSetOp : Torch_Op<"global_slot.set", [
    MemoryEffects<[MemWrite]>, UsesSymbols]> {
  let summary = "writes a global slot";
  let arguments = (ins FlatSymbolRefAttr:$slot, AnyType:$value);
  let assemblyFormat = "$slot `=` $value attr-dict `:` qualified(type($value))";
}

def Torch_GlobalSlotModuleInitializerOp : Torch_Op<"global_slot.module_initializer", [
    IsolatedFromAbove, SingleBlock, HasParent<"::mlir::ModuleOp">]> {
  let summary = "gives global slots their first values";
  let description = [{
    ```mlir
    torch.global_slot.module_initializer {
      %t = torch.tensor.literal(dense<1.0> : tensor<1xf32>) : !torch.tensor
      torch.initialize.global_slots [
        @weight(%t : !torch.tensor)
      ]
    }
    ```
  }];
  let regions = (region SizedRegion<1>:$initializer);
  let assemblyFormat = "$initializer attr-dict";
  let hasVerifier = 1;
}

def Torch_InitializeGlobalSlotsOp : Torch_Op<"initialize.global_slots", [
    Terminator, HasParent<"GlobalSlotModuleInitializerOp">, UsesSymbols]> {
  let summary = "ends a module initialiser with the slots' first values";
  let arguments = (ins
    TypedArrayAttrBase<FlatSymbolRefAttr, "array of slot names">:$slotSymNames,
    Variadic<AnyType>:$initialValues
  );
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

#endif // DYNFAULT_TORCH_GLOBAL_SLOT_OPS
