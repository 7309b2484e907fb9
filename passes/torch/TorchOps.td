//===- TorchOps.td - Structural operations of the torch dialect -*- tablegen -*-//

#ifndef DYNFAULT_TORCH_OPS
#define DYNFAULT_TORCH_OPS

include "TorchTypes.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Torch_Op<string mnemonic, list<Trait> traits = []>
    : Op<Torch_Dialect, mnemonic, traits>;

def AnyTorchTensor
    : Type<CPred<"::dynfault::torch::getTensorInfo($_self).has_value()">,
           "torch tensor (!torch.tensor or !torch.vtensor)">;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

class Torch_ConstantOp<string mnemonic, list<Trait> traits = []>
    : Torch_Op<"constant." # mnemonic,
        [ConstantLike, Pure,
         DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>] #
        traits> {
  let hasFolder = 1;
}

def Torch_ConstantNoneOp : Torch_ConstantOp<"none"> {
  let summary = "the None value";
  let results = (outs Torch_NoneType:$result);
  let assemblyFormat = "attr-dict";
}
def Torch_ConstantStrOp : Torch_ConstantOp<"str"> {
  let summary = "a string constant";
  let arguments = (ins StrAttr:$value);
  let results = (outs Torch_StringType:$result);
  let assemblyFormat = "$value attr-dict";
}
def Torch_ConstantDeviceOp : Torch_ConstantOp<"device"> {
  let summary = "a device constant";
  let arguments = (ins StrAttr:$value);
  let results = (outs Torch_DeviceType:$result);
  let assemblyFormat = "$value attr-dict";
}
def Torch_ConstantIntOp : Torch_ConstantOp<"int"> {
  let summary = "a 64-bit integer constant";
  let arguments = (ins I64Attr:$value);
  let results = (outs Torch_IntType:$result);
  let assemblyFormat = "$value attr-dict";
}
def Torch_ConstantFloatOp : Torch_ConstantOp<"float"> {
  let summary = "a 64-bit floating-point constant";
  let arguments = (ins F64Attr:$value);
  let results = (outs Torch_FloatType:$result);
  let assemblyFormat = "$value attr-dict";
}
def Torch_ConstantBoolOp : Torch_ConstantOp<"bool"> {
  let summary = "a Boolean constant";
  let arguments = (ins BoolAttr:$value);
  let results = (outs Torch_BoolType:$result);
  let assemblyFormat = "$value attr-dict";
}
def Torch_ConstantNumberOp : Torch_ConstantOp<"number"> {
  let summary = "an integer or floating-point constant of type number";
  let arguments = (ins AnyAttrOf<[I64Attr, F64Attr]>:$value);
  let results = (outs Torch_NumberType:$result);
  let assemblyFormat = "$value attr-dict";
}

class Torch_LiteralOp<string mnemonic, Type resultType>
    : Torch_Op<mnemonic,
        [Pure,
         DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "a tensor literal";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs resultType:$result);
  let assemblyFormat = "`(` $value `)` attr-dict `:` qualified(type($result))";
  let hasVerifier = 1;
}
def Torch_ValueTensorLiteralOp
    : Torch_LiteralOp<"vtensor.literal", Torch_ValueTensorType>;
def Torch_NonValueTensorLiteralOp
    : Torch_LiteralOp<"tensor.literal", Torch_NonValueTensorType>;

//===----------------------------------------------------------------------===//
// Containers and casts
//===----------------------------------------------------------------------===//

def Torch_PrimListConstructOp : Torch_Op<"prim.ListConstruct", [Pure]> {
  let summary = "builds a list";
  let arguments = (ins Variadic<AnyType>:$elements);
  let results = (outs Torch_ListType:$result);
  let assemblyFormat = [{
    $elements attr-dict `:` functional-type($elements, $result)
  }];
  let hasVerifier = 1;
}

def Torch_DerefineOp : Torch_Op<"derefine", [Pure]> {
  let summary = "widens a value to a more general type";
  let arguments = (ins AnyType:$operand);
  let results = (outs AnyType:$result);
  let assemblyFormat = [{
    $operand attr-dict `:` qualified(type($operand)) `to` qualified(type($result))
  }];
}

def Torch_OperatorOp : Torch_Op<"operator"> {
  let summary = "an operator that the dialect does not declare";
  let description = [{
    `torch.operator "aten.X"` means `torch.aten.X`.
  }];
  let arguments = (ins StrAttr:$name, Variadic<AnyType>:$operands);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region VariadicRegion<AnyRegion>:$regions);
  let hasCustomAssemblyFormat = 1;
}

//===----------------------------------------------------------------------===//
// Global slots
//===----------------------------------------------------------------------===//

def Torch_GlobalSlotOp : Torch_Op<"global_slot", [
    Symbol, HasParent<"::mlir::ModuleOp">]> {
  let summary = "a mutable global, e.g. a parameter, a buffer or a flag";
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<StrAttr>:$sym_visibility,
                       TypeAttr:$typeBound);
  let assemblyFormat = "($sym_visibility^)? $sym_name attr-dict `:` $typeBound";
}

def Torch_GlobalSlotGetOp : Torch_Op<"global_slot.get", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "reads a global slot";
  let arguments = (ins FlatSymbolRefAttr:$slot);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$slot attr-dict `:` qualified(type($result))";
}

def Torch_GlobalSlotSetOp : Torch_Op<"global_slot.set", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "writes a global slot";
  let arguments = (ins FlatSymbolRefAttr:$slot, AnyType:$value);
  let assemblyFormat = "$slot `=` $value attr-dict `:` qualified(type($value))";
}

#endif // DYNFAULT_TORCH_OPS
