//===- ShapeOps.td - Symbolic sizes and calculated shapes ---*- tablegen -*-===//

#ifndef DYNFAULT_TORCH_SHAPE_OPS
#define DYNFAULT_TORCH_SHAPE_OPS

include "TorchOpBase.td"

def Torch_SymbolicIntOp : Torch_Op<"symbolic_int", [Pure]> {
  let summary = "a size that is known by name and range";
  let arguments = (ins StrAttr:$symbol_name, I64Attr:$min_val, I64Attr:$max_val);
  let results = (outs Torch_IntType:$result);
  let assemblyFormat = [{
    $symbol_name ` ` `{` `min_val` `=` $min_val `,` `max_val` `=` $max_val `}`
    attr-dict `:` qualified(type($result))
  }];
  let hasVerifier = 1;
}

def Torch_BindSymbolicShapeOp : Torch_Op<"bind_symbolic_shape"> {
  let summary = "states a tensor's sizes in terms of symbols";
  let description = [{
    `shape_expressions` has one result for each dimension and one symbol for each
    of `shape_symbols`.
  }];
  let arguments = (ins AnyTorchTensor:$operand, Variadic<Torch_IntType>:$shape_symbols,
                       AffineMapAttr:$shape_expressions);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

class Torch_CalculateOp<string mnemonic, string what>
    : Torch_Op<mnemonic, [
        RecursiveMemoryEffects, NoRegionArguments,
        DeclareOpInterfaceMethods<RegionBranchOpInterface>]> {
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body, SizedRegion<1>:$calculation);
  let assemblyFormat =
      "$body `" # what # "` $calculation attr-dict `:` custom<Types>(type($results))";
  let hasVerifier = 1;
}
class Torch_CalculateYieldOp<string mnemonic, string parent>
    : Torch_Op<mnemonic, [Terminator, ReturnLike, Pure, HasParent<parent>]> {
  let arguments = (ins Variadic<AnyType>:$results);
  let assemblyFormat = "attr-dict ($results^ `:` qualified(type($results)))?";
}
class Torch_CalculationYieldOp<string mnemonic, string parent>
    : Torch_Op<mnemonic, [Terminator, Pure, HasParent<parent>,
        DeclareOpInterfaceMethods<RegionBranchTerminatorOpInterface>]> {
  let arguments = (ins Variadic<AnyType>:$results);
  let assemblyFormat = "attr-dict ($results^ `:` qualified(type($results)))?";
}

def Torch_ShapeCalculateOp : Torch_CalculateOp<"shape.calculate", "shapes"> {
  let summary = "values together with the calculation of their shapes";
}
def Torch_ShapeCalculateYieldOp
    : Torch_CalculateYieldOp<"shape.calculate.yield", "ShapeCalculateOp"> {
  let summary = "ends the first region of torch.shape.calculate";
}
def Torch_ShapeCalculateYieldShapesOp
    : Torch_CalculationYieldOp<"shape.calculate.yield.shapes", "ShapeCalculateOp"> {
  let summary = "ends the second region of torch.shape.calculate";
}

def Torch_DtypeCalculateOp : Torch_CalculateOp<"dtype.calculate", "dtypes"> {
  let summary = "values together with the calculation of their dtypes";
}
def Torch_DtypeCalculateYieldOp
    : Torch_CalculateYieldOp<"dtype.calculate.yield", "DtypeCalculateOp"> {
  let summary = "ends the first region of torch.dtype.calculate";
}
def Torch_DtypeCalculateYieldDtypesOp
    : Torch_CalculationYieldOp<"dtype.calculate.yield.dtypes", "DtypeCalculateOp"> {
  let summary = "ends the second region of torch.dtype.calculate";
}

def Torch_PromoteDtypesOp : Torch_Op<"promote_dtypes", [Pure]> {
  let summary = "the dtype that PyTorch's promotion gives for several";
  let arguments = (ins Torch_ListType:$ranks, Torch_ListType:$dtypes);
  let results = (outs Torch_IntType:$result);
  let assemblyFormat = "$ranks `,` $dtypes attr-dict `:` functional-type(operands, results)";
}

#endif // DYNFAULT_TORCH_SHAPE_OPS
