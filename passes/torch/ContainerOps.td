//===- ContainerOps.td - Lists, tuples, dictionaries --------*- tablegen -*-===//
//
// Lists and dictionaries are mutable, so two that are equal are two objects:
// making one allocates and reading one reads memory.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_TORCH_CONTAINER_OPS
#define DYNFAULT_TORCH_CONTAINER_OPS

include "TorchOpBase.td"

def Torch_PrimListConstructOp : Torch_Op<"prim.ListConstruct"> {
  let summary = "builds a list";
  let arguments = (ins Variadic<AnyType>:$elements);
  let results = (outs Res<Torch_ListType, "", [MemAlloc]>:$result);
  let assemblyFormat = [{
    $elements attr-dict `:` functional-type($elements, $result)
  }];
  let hasVerifier = 1;
}

def Torch_PrimListUnpackOp : Torch_Op<"prim.ListUnpack"> {
  let summary = "the elements of a list whose length is known";
  let arguments = (ins Arg<AnyType, "", [MemRead]>:$operand);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $operand attr-dict `:` qualified(type($operand)) `->` custom<Types>(type($results))
  }];
  let hasVerifier = 1;
}

def Torch_PrimTupleConstructOp : Torch_Op<"prim.TupleConstruct", [Pure]> {
  let summary = "builds a tuple";
  let arguments = (ins Variadic<AnyType>:$elements);
  let results = (outs Torch_TupleType:$result);
  let assemblyFormat = [{
    $elements attr-dict `:` custom<Types>(type($elements)) `->` qualified(type($result))
  }];
  let hasVerifier = 1;
}

def Torch_PrimTupleUnpackOp : Torch_Op<"prim.TupleUnpack", [Pure]> {
  let summary = "the elements of a tuple";
  let arguments = (ins Torch_TupleType:$tup);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $tup attr-dict `:` qualified(type($tup)) `->` custom<Types>(type($results))
  }];
  let hasVerifier = 1;
}

def Torch_PrimTupleIndexOp : Torch_Op<"prim.TupleIndex", [Pure]> {
  let summary = "one element of a tuple";
  let arguments = (ins AnyType:$tup, Torch_IntType:$i);
  let results = (outs AnyType:$result);
  let assemblyFormat = [{
    $tup `,` $i attr-dict `:` qualified(type($tup)) `,` qualified(type($i)) `->` qualified(type($result))
  }];
}

def Torch_PrimDictConstructOp : Torch_Op<"prim.DictConstruct", [SameVariadicOperandSize]> {
  let summary = "builds a dictionary";
  let arguments = (ins Variadic<AnyType>:$keys, Variadic<AnyType>:$values);
  let results = (outs Res<Torch_DictType, "", [MemAlloc]>:$result);
  let assemblyFormat = [{
    `keys` `(` ($keys^ `:` qualified(type($keys)))? `)`
    `values` `(` ($values^ `:` qualified(type($values)))? `)`
    attr-dict `->` qualified(type($result))
  }];
  let hasVerifier = 1;
}

#endif // DYNFAULT_TORCH_CONTAINER_OPS
