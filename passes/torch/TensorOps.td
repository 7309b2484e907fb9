//===- TensorOps.td - Casts, copies and checks of tensors ---*- tablegen -*-===//

#ifndef DYNFAULT_TORCH_TENSOR_OPS
#define DYNFAULT_TORCH_TENSOR_OPS

include "TorchOpBase.td"

def Torch_DerefineOp : Torch_Op<"derefine", [Pure]> {
  let summary = "widens a value to a more general type";
  let arguments = (ins AnyType:$operand);
  let results = (outs AnyType:$result);
  let assemblyFormat = [{
    $operand attr-dict `:` qualified(type($operand)) `to` qualified(type($result))
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Torch_TensorStaticInfoCastOp : Torch_Op<"tensor_static_info_cast", [Pure]> {
  let summary = "the same tensor with other static sizes or dtype";
  let arguments = (ins AnyTorchTensor:$operand);
  let results = (outs AnyTorchTensor:$result);
  let assemblyFormat = [{
    $operand attr-dict `:` qualified(type($operand)) `to` qualified(type($result))
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Torch_CopyToNonValueTensorOp : Torch_Op<"copy.to_tensor", [
    TypesMatchWith<"operand is the result's !torch.vtensor", "result", "operand",
                   "::dynfault::torch::withValueSemantics($_self)">]> {
  let summary = "a new mutable tensor with the operand's values";
  let arguments = (ins Torch_ValueTensorType:$operand);
  let results = (outs Res<Torch_NonValueTensorType, "", [MemAlloc]>:$result);
  let assemblyFormat = "$operand attr-dict `:` qualified(type($result))";
}

def Torch_CopyToValueTensorOp : Torch_Op<"copy.to_vtensor", [
    TypesMatchWith<"operand is the result's !torch.tensor", "result", "operand",
                   "::dynfault::torch::withoutValueSemantics($_self)">]> {
  let summary = "the values that a mutable tensor has now";
  let arguments = (ins Arg<Torch_NonValueTensorType, "", [MemRead]>:$operand);
  let results = (outs Torch_ValueTensorType:$result);
  let assemblyFormat = "$operand attr-dict `:` qualified(type($result))";
}

def Torch_OverwriteTensorContentsOp : Torch_Op<"overwrite.tensor.contents"> {
  let summary = "replaces the values of a mutable tensor";
  let arguments = (ins Torch_ValueTensorType:$value,
                       Arg<Torch_NonValueTensorType, "", [MemWrite]>:$overwritten);
  let assemblyFormat = [{
    $value `overwrites` $overwritten attr-dict
    `:` qualified(type($value)) `,` qualified(type($overwritten))
  }];
}

def Torch_RuntimeAssertOp : Torch_Op<"runtime.assert"> {
  let summary = "ends the program with an error unless the condition holds";
  let arguments = (ins Torch_BoolType:$condition, StrAttr:$message);
  let assemblyFormat = "$condition `,` $message attr-dict";
}

def Torch_LinearParamsCreateOp : Torch_Op<"linear_params.create"> {
  let summary = "packs the weight and bias of a quantized linear layer";
  let arguments = (ins AnyTorchTensor:$weight, Optional<AnyTorchTensor>:$bias);
  let results = (outs Torch_LinearParamsType:$result);
  let assemblyFormat = [{
    $weight (`,` $bias^)? attr-dict `:` qualified(type($weight)) (`,` qualified(type($bias))^)?
  }];
}

def Torch_PerTensorAffineCreateOp : Torch_Op<"per_tensor_affine.create"> {
  let summary = "a quantized tensor from integers, a scale and an offset";
  let arguments = (ins AnyTorchTensor:$int_repr, Torch_FloatType:$scale, Torch_IntType:$offset);
  let results = (outs AnyTorchTensor:$result);
  let assemblyFormat = [{
    $int_repr `,` $scale `,` $offset attr-dict `:` qualified(type($int_repr)) `,`
    qualified(type($scale)) `,` qualified(type($offset)) `->` qualified(type($result))
  }];
}

#endif // DYNFAULT_TORCH_TENSOR_OPS
