//===- PrimOps.td - Operations of TorchScript's interpreter -*- tablegen -*-===//
//
// Those with a syntax of their own, or with effects that must be known; the
// others (`torch.prim.device`, `torch.prim.NumToTensor.Scalar`, ...) go through
// the generic syntax.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_TORCH_PRIM_OPS
#define DYNFAULT_TORCH_PRIM_OPS

include "TorchOpBase.td"

//===----------------------------------------------------------------------===//
// Objects
//===----------------------------------------------------------------------===//

def Torch_PrimCreateObjectOp : Torch_Op<"prim.CreateObject"> {
  let summary = "a new object of a class, without values";
  let results = (outs Res<Torch_NnModuleType, "", [MemAlloc]>:$result);
  let assemblyFormat = "attr-dict qualified(type($result))";
}

def Torch_PrimGetAttrOp : Torch_Op<"prim.GetAttr", [
    MemoryEffects<[MemRead]>, UsesSymbols]> {
  let summary = "reads an attribute of an object";
  let arguments = (ins StrAttr:$name, Torch_NnModuleType:$receiver);
  let results = (outs AnyType:$result);
  let assemblyFormat = [{
    $receiver `[` $name `]` attr-dict `:` qualified(type($receiver)) `->` qualified(type($result))
  }];
}

def Torch_PrimSetAttrOp : Torch_Op<"prim.SetAttr", [
    MemoryEffects<[MemWrite]>, UsesSymbols]> {
  let summary = "writes an attribute of an object";
  let arguments = (ins StrAttr:$name, Torch_NnModuleType:$receiver, AnyType:$value);
  let assemblyFormat = [{
    $receiver `[` $name `]` `=` $value attr-dict `:` qualified(type($receiver)) `,` qualified(type($value))
  }];
}

def Torch_PrimCallMethodOp : Torch_Op<"prim.CallMethod", [UsesSymbols]> {
  let summary = "calls a method of an object";
  let description = [{
    The operands follow the object, which the method's function takes first.
  }];
  let arguments = (ins StrAttr:$name, Torch_NnModuleType:$receiver,
                       Variadic<AnyType>:$methodOperands);
  let results = (outs AnyType:$result);
  let assemblyFormat = [{
    $receiver `[` $name `]` `(` $methodOperands `)` attr-dict `:`
    qualified(type($receiver)) `,` functional-type($methodOperands, $result)
  }];
}

def Torch_PrimStoreOp : Torch_Op<"prim.Store"> {
  let summary = "gives a variable of the function a value";
  let arguments = (ins StrAttr:$name, AnyType:$value);
  let assemblyFormat = "$name `,` $value attr-dict `:` qualified(type($value))";
}

def Torch_PrimLoadOp : Torch_Op<"prim.Load"> {
  let summary = "the value of a variable of the function";
  let arguments = (ins StrAttr:$name);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$name attr-dict `:` qualified(type($result))";
}

def Torch_PrimEnterOp : Torch_Op<"prim.Enter"> {
  let summary = "enters a context manager";
  let arguments = (ins AnyType:$inp);
  let results = (outs Torch_NoneType:$result);
  let assemblyFormat = "$inp attr-dict `:` qualified(type($inp))";
}

def Torch_PrimExitOp : Torch_Op<"prim.Exit"> {
  let summary = "leaves a context manager";
  let arguments = (ins AnyType:$inp);
  let results = (outs AnyType:$result);
  let assemblyFormat = [{
    $inp attr-dict `:` qualified(type($inp)) `->` qualified(type($result))
  }];
}

//===----------------------------------------------------------------------===//
// Exceptions and output
//===----------------------------------------------------------------------===//

def Torch_PrimRaiseExceptionOp : Torch_Op<"prim.RaiseException"> {
  let summary = "ends the program with an error";
  let arguments = (ins AnyType:$msg, Optional<AnyType>:$cls);
  let assemblyFormat = [{
    $msg (`,` $cls^)? attr-dict `:` qualified(type($msg)) (`,` qualified(type($cls))^)?
  }];
}

def Torch_PrimUninitializedOp : Torch_Op<"prim.Uninitialized", [Pure]> {
  let summary = "a value that is never used, e.g. after an exception";
  let results = (outs AnyType:$result);
  let assemblyFormat = "attr-dict `:` qualified(type($result))";
}

def Torch_PrimPrintOp : Torch_Op<"prim.Print"> {
  let summary = "prints its operands";
  let arguments = (ins Variadic<AnyType>:$operands);
  let assemblyFormat = "`(` $operands `)` attr-dict `:` custom<Types>(type($operands))";
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

def Torch_PrimUncheckedCastOp : Torch_Op<"prim.unchecked_cast", [Pure]> {
  let summary = "the same value under a more special type";
  let arguments = (ins AnyType:$x);
  let results = (outs AnyType:$result);
  let assemblyFormat = [{
    $x attr-dict `:` qualified(type($x)) `->` qualified(type($result))
  }];
}

def Torch_PrimTolistOp : Torch_Op<"prim.tolist"> {
  let summary = "a tensor's values as a list";
  let arguments = (ins Arg<Variadic<AnyType>, "", [MemRead]>:$operands);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    `(` $operands `)` attr-dict `:` custom<Types>(type($operands)) `->` custom<Types>(type($results))
  }];
}

def Torch_AtenFormatOp : Torch_Op<"aten.format"> {
  let summary = "a string with values put in";
  let arguments = (ins Arg<Variadic<AnyType>, "", [MemRead]>:$operands);
  let results = (outs AnyType:$result);
  let assemblyFormat = [{
    `(` $operands `)` attr-dict `:` custom<Types>(type($operands)) `->` qualified(type($result))
  }];
}

//===----------------------------------------------------------------------===//
// Opaque operators
//===----------------------------------------------------------------------===//

def Torch_OperatorOp : Torch_Op<"operator"> {
  let summary = "an operator that the dialect does not declare";
  let description = [{
    `torch.operator "aten.X"` and `torch.operator "torch.aten.X"` mean
    `torch.aten.X`.
  }];
  let arguments = (ins StrAttr:$name, Variadic<AnyType>:$operands);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region VariadicRegion<AnyRegion>:$regions);
  let hasCustomAssemblyFormat = 1;
}

def Torch_OperatorTerminatorOp : Torch_Op<"operator_terminator", [
    Terminator, Pure, HasParent<"OperatorOp">]> {
  let summary = "ends a region of torch.operator";
  let arguments = (ins Variadic<AnyType>:$operands);
  let assemblyFormat = "$operands attr-dict `:` custom<Types>(type($operands))";
}

#endif // DYNFAULT_TORCH_PRIM_OPS
