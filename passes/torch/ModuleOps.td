//===- ModuleOps.td - Classes and objects of nn.Module ------*- tablegen -*-===//
//
// What TorchScript keeps of an object graph: a class with attributes and
// methods, and for each object a `torch.nn_module` with a value for each
// attribute.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_TORCH_MODULE_OPS
#define DYNFAULT_TORCH_MODULE_OPS

include "TorchOpBase.td"

def Torch_ClassTypeOp : Torch_Op<"class_type", [
    Symbol, IsolatedFromAbove, NoRegionArguments, HasParent<"::mlir::ModuleOp">,
    SingleBlockImplicitTerminator<"ClassTypeTerminatorOp">]> {
  let summary = "a TorchScript class: attributes and methods";
  let description = [{
    Its name is the one in `!torch.nn.Module<"...">`.
    ```mlir
    torch.class_type @__torch__.Net {
      torch.attr private "training" : !torch.bool
      torch.attr "weight" : !torch.tensor {dynfault.parameter}
      torch.method "forward", @__torch__.Net.forward
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name);
  let regions = (region SizedRegion<1>:$region);
  let assemblyFormat = "$sym_name $region attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The attribute or method of that name, or null.
    AttrOp findAttr(mlir::StringAttr name);
    MethodOp findMethod(mlir::StringAttr name);
  }];
}

def Torch_ClassTypeTerminatorOp : Torch_Op<"class_type_terminator", [
    Terminator, Pure, HasParent<"ClassTypeOp">]> {
  let summary = "ends torch.class_type; not printed";
  let assemblyFormat = "attr-dict";
}

def Torch_AttrOp : Torch_Op<"attr", [HasParent<"ClassTypeOp">]> {
  let summary = "an attribute of a class";
  let description = [{
    `dynfault.parameter` or `dynfault.buffer` says what kind of state TorchScript
    keeps in a tensor attribute; without either it is a plain attribute.
  }];
  let arguments = (ins StrAttr:$name, TypeAttr:$type, UnitAttr:$isPrivate);
  let assemblyFormat = "(`private` $isPrivate^)? $name `:` $type attr-dict";
}

def Torch_MethodOp : Torch_Op<"method", [HasParent<"ClassTypeOp">, UsesSymbols]> {
  let summary = "a method of a class";
  let description = [{
    `function` takes the object as its first argument.
  }];
  let arguments = (ins StrAttr:$name, FlatSymbolRefAttr:$function, UnitAttr:$isPrivate);
  let assemblyFormat = "(`private` $isPrivate^)? $name `,` $function attr-dict";
}

def Torch_NnModuleOp : Torch_Op<"nn_module", [
    NoRegionArguments, UsesSymbols,
    SingleBlockImplicitTerminator<"NnModuleTerminatorOp">]> {
  let summary = "an object of a class";
  let description = [{
    Has a slot for each attribute of its class, in the class's order.
    ```mlir
    %net = torch.nn_module {
      torch.slot "training", %true : !torch.bool
      torch.slot "weight", %weight : !torch.tensor
    } : !torch.nn.Module<"__torch__.Net">
    ```
  }];
  let results = (outs Torch_NnModuleType:$result);
  let regions = (region SizedRegion<1>:$region);
  let assemblyFormat = "$region attr-dict `:` qualified(type($result))";
  let hasVerifier = 1;
}

def Torch_NnModuleTerminatorOp : Torch_Op<"nn_module_terminator", [
    Terminator, Pure, HasParent<"NnModuleOp">]> {
  let summary = "ends torch.nn_module; not printed";
  let assemblyFormat = "attr-dict";
}

def Torch_SlotOp : Torch_Op<"slot", [HasParent<"NnModuleOp">]> {
  let summary = "the value of an object's attribute";
  let arguments = (ins StrAttr:$name, AnyType:$value);
  let assemblyFormat = "$name `,` $value attr-dict `:` qualified(type($value))";
}

#endif // DYNFAULT_TORCH_MODULE_OPS
