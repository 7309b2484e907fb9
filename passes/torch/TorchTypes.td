//===- TorchTypes.td - Types of the torch dialect -----------*- tablegen -*-===//

#ifndef DYNFAULT_TORCH_TYPES
#define DYNFAULT_TORCH_TYPES

include "TorchBase.td"
include "mlir/IR/AttrTypeBase.td"

class Torch_Type<string name, string typeMnemonic, string what = typeMnemonic>
    : TypeDef<Torch_Dialect, name> {
  let mnemonic = typeMnemonic;
  let summary = "!torch." # what;
}

def Torch_IntType : Torch_Type<"Int", "int">;
def Torch_FloatType : Torch_Type<"Float", "float">;
def Torch_BoolType : Torch_Type<"Bool", "bool">;
def Torch_NoneType : Torch_Type<"None", "none">;
def Torch_StringType : Torch_Type<"String", "str">;
def Torch_NumberType : Torch_Type<"Number", "number">;
def Torch_AnyType : Torch_Type<"Any", "any">;
def Torch_DeviceType : Torch_Type<"Device", "Device">;
def Torch_GeneratorType : Torch_Type<"Generator", "Generator">;
def Torch_LinearParamsType : Torch_Type<"LinearParams", "LinearParams">;
def Torch_QInt8Type : Torch_Type<"QInt8", "qint8">;
def Torch_QUInt8Type : Torch_Type<"QUInt8", "quint8">;
def Torch_QInt16Type : Torch_Type<"QInt16", "qint16">;
def Torch_QInt32Type : Torch_Type<"QInt32", "qint32">;

class Torch_TensorType<string name, string typeMnemonic>
    : Torch_Type<name, typeMnemonic> {
  let description = [{
    `!torch.vtensor` has value semantics, `!torch.tensor` is mutable and may
    alias. Sizes and dtype are optional: no modifiers means `<*,unk>`.
    An unknown size is `ShapedType::kDynamic` (`?`); a missing dtype is a null
    type (`unk`).
  }];
  let parameters = (ins
    "bool":$hasSizes,
    ArrayRefParameter<"int64_t">:$sizes,
    "::mlir::Type":$dtype,
    "::mlir::Attribute":$sparsity
  );
  let hasCustomAssemblyFormat = 1;
  let builders = [
    TypeBuilder<(ins), [{
      return $_get($_ctxt, false, llvm::ArrayRef<int64_t>(), mlir::Type(),
                   mlir::Attribute());
    }]>,
    TypeBuilder<(ins "llvm::ArrayRef<int64_t>":$sizes, "mlir::Type":$dtype), [{
      return $_get($_ctxt, true, sizes, dtype, mlir::Attribute());
    }]>
  ];
}
def Torch_NonValueTensorType : Torch_TensorType<"NonValueTensor", "tensor">;
def Torch_ValueTensorType : Torch_TensorType<"ValueTensor", "vtensor">;

class Torch_ContainerType<string name, string typeMnemonic>
    : Torch_Type<name, typeMnemonic> {
  let parameters = (ins "::mlir::Type":$containedType);
  let hasCustomAssemblyFormat = 1;
}
def Torch_ListType : Torch_ContainerType<"List", "list">;
def Torch_OptionalType : Torch_ContainerType<"Optional", "optional">;

class Torch_SequenceType<string name, string typeMnemonic>
    : Torch_Type<name, typeMnemonic> {
  let parameters = (ins ArrayRefParameter<"::mlir::Type">:$containedTypes);
  let hasCustomAssemblyFormat = 1;
}
def Torch_TupleType : Torch_SequenceType<"Tuple", "tuple">;
def Torch_UnionType : Torch_SequenceType<"Union", "union">;

def Torch_DictType : Torch_Type<"Dict", "dict"> {
  let parameters = (ins "::mlir::Type":$keyType, "::mlir::Type":$valueType);
  let hasCustomAssemblyFormat = 1;
}

def Torch_NnModuleType : Torch_Type<"NnModule", "nn.Module"> {
  let parameters = (ins StringRefParameter<"qualified class name">:$className);
  let hasCustomAssemblyFormat = 1;
}

#endif // DYNFAULT_TORCH_TYPES
