//===- ConversionOps.td - The torch_c dialect ---------------*- tablegen -*-===//
//
// Casts between torch's types and MLIR's own, as torch-mlir's conversions to
// linalg, tosa and arith leave them.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_TORCH_CONVERSION_OPS
#define DYNFAULT_TORCH_CONVERSION_OPS

include "TorchTypes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def TorchC_Dialect : Dialect {
  let name = "torch_c";
  let cppNamespace = "::dynfault::torch_c";
  let summary = "Casts between torch's types and MLIR's own";
  let dependentDialects = ["::dynfault::torch::TorchDialect"];
}

class TorchC_Op<string mnemonic, list<Trait> traits = []>
    : Op<TorchC_Dialect, mnemonic, traits>;

class TorchC_TensorCastOp<string mnemonic, Type from, Type to>
    : TorchC_Op<mnemonic, [Pure]> {
  let arguments = (ins from:$operand);
  let results = (outs to:$result);
  let assemblyFormat = [{
    $operand attr-dict `:` qualified(type($operand)) `->` qualified(type($result))
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}
def TorchC_ToBuiltinTensorOp
    : TorchC_TensorCastOp<"to_builtin_tensor", Torch_ValueTensorType, AnyTensor> {
  let summary = "a !torch.vtensor as a tensor";
}
def TorchC_FromBuiltinTensorOp
    : TorchC_TensorCastOp<"from_builtin_tensor", AnyTensor, Torch_ValueTensorType> {
  let summary = "a tensor as a !torch.vtensor";
}

class TorchC_ScalarCastOp<string mnemonic, Type from, Type to>
    : TorchC_Op<mnemonic, [Pure]> {
  let arguments = (ins from:$operand);
  let results = (outs to:$result);
  let assemblyFormat = "$operand attr-dict";
  let hasFolder = 1;
}
def TorchC_ToI1Op : TorchC_ScalarCastOp<"to_i1", Torch_BoolType, I1> {
  let summary = "a !torch.bool as an i1";
}
def TorchC_FromI1Op : TorchC_ScalarCastOp<"from_i1", I1, Torch_BoolType> {
  let summary = "an i1 as a !torch.bool";
}
def TorchC_ToI64Op : TorchC_ScalarCastOp<"to_i64", Torch_IntType, I64> {
  let summary = "a !torch.int as an i64";
}
def TorchC_FromI64Op : TorchC_ScalarCastOp<"from_i64", I64, Torch_IntType> {
  let summary = "an i64 as a !torch.int";
}
def TorchC_ToF64Op : TorchC_ScalarCastOp<"to_f64", Torch_FloatType, F64> {
  let summary = "a !torch.float as an f64";
}
def TorchC_FromF64Op : TorchC_ScalarCastOp<"from_f64", F64, Torch_FloatType> {
  let summary = "an f64 as a !torch.float";
}
def TorchC_GeneratorToI64Op
    : TorchC_ScalarCastOp<"generator_to_i64", Torch_GeneratorType, I64> {
  let summary = "a !torch.Generator as an i64";
}
def TorchC_I64ToGeneratorOp
    : TorchC_ScalarCastOp<"i64_to_generator", I64, Torch_GeneratorType> {
  let summary = "an i64 as a !torch.Generator";
}

def TorchC_GetNextSeedOp : TorchC_Op<"get_next_seed"> {
  let summary = "the next number of the global seed, which advances";
  let results = (outs I64:$seed);
  let assemblyFormat = "attr-dict `:` functional-type(operands, results)";
}

#endif // DYNFAULT_TORCH_CONVERSION_OPS
