//===- ConstantOps.td - Constants and tensor literals -------*- tablegen -*-===//

#ifndef DYNFAULT_TORCH_CONSTANT_OPS
#define DYNFAULT_TORCH_CONSTANT_OPS

include "TorchOpBase.td"

class Torch_ConstantOp<string mnemonic, list<Trait> traits = []>
    : Torch_Op<"constant." # mnemonic,
        [ConstantLike, Pure, NameResults] # traits> {
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

class Torch_LiteralOp<string mnemonic, list<Trait> traits>
    : Torch_Op<mnemonic, [NameResults] # traits> {
  let arguments = (ins ElementsAttr:$value);
  let assemblyFormat = "`(` custom<Literal>($value) `)` attr-dict `:` qualified(type($result))";
  let hasVerifier = 1;
}
def Torch_ValueTensorLiteralOp : Torch_LiteralOp<"vtensor.literal", [Pure]> {
  let summary = "a tensor literal";
  let results = (outs Torch_ValueTensorType:$result);
}
def Torch_NonValueTensorLiteralOp : Torch_LiteralOp<"tensor.literal", []> {
  let summary = "a new mutable tensor with the values of a literal";
  let description = [{
    Each execution makes a tensor of its own: two of them with the same values
    are two tensors (a weight shared by two layers is one literal used twice),
    so they are never merged. `dynfault.requires_grad` says whether TorchScript
    stored the tensor as one that requires a gradient.
  }];
  let results = (outs
      Res<Torch_NonValueTensorType, "", [MemAlloc]>:$result);
}

#endif // DYNFAULT_TORCH_CONSTANT_OPS
