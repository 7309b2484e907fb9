//===- ProgramAttrs.td - Attributes of the dynfault dialect -*- tablegen -*-===//

#ifndef DYNFAULT_PROGRAM_ATTRS
#define DYNFAULT_PROGRAM_ATTRS

include "ProgramBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

// A kind with named parameters, `<kind, name = value, ...>`. The kinds and
// their parameters stand in Configuration.cpp.
class Dynfault_ConfigurationAttr<string name, string attrMnemonic>
    : AttrDef<Dynfault_Dialect, name> {
  let mnemonic = attrMnemonic;
  let parameters = (ins
    StringRefParameter<"the kind">:$kind,
    "::mlir::DictionaryAttr":$parameters
  );
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The parameter's value, or its default where it is not written.
    double getNumber(llvm::StringRef name) const;
    /// A copy with one parameter changed.
    }] # name # [{Attr with(llvm::StringRef name, mlir::Attribute value) const;
  }];
}

def Dynfault_InitAttr : Dynfault_ConfigurationAttr<"Init", "init"> {
  let summary = "how a parameter or buffer is initialised";
  let description = [{
    `#dynfault.init<kaiming_uniform, a = 2.236>`. Names and parameters are those
    of `torch.nn.init`.
  }];
}

def Dynfault_OptimizerAttr : Dynfault_ConfigurationAttr<"Optimizer", "optimizer"> {
  let summary = "an optimizer and its hyper-parameters";
  let description = [{
    `#dynfault.optimizer<adam, lr = 1.0e-3>`. Names, parameters and defaults are
    those of `torch.optim`.
  }];
}

def Dynfault_LrScheduleAttr : Dynfault_ConfigurationAttr<"LrSchedule", "lr_schedule"> {
  let summary = "how the learning rate changes while a program trains";
  let description = [{
    `#dynfault.lr_schedule<cosine, t_max = 20, warmup = 2>`. Names and parameters
    are those of `torch.optim.lr_scheduler`. Time is counted in epochs, or in
    updates with `per_batch = true`. For the first `warmup` times the rate rises
    linearly; the schedule's own time begins after them.
  }];
}

def Dynfault_TransformAttr : Dynfault_ConfigurationAttr<"Transform", "transform"> {
  let summary = "one step of a data recipe";
  let description = "`#dynfault.transform<change_labels, share = 0.3>`";
}

def Dynfault_ExternalAttr
    : AttrDef<Dynfault_Dialect, "External", [ElementsAttrInterface]> {
  let mnemonic = "external";
  let summary = "values that stand in a file next to the module";
  let description = [{
    `#dynfault.external<"model.safetensors", "conv1.weight"> : tensor<6x1x5x5xf32>`
    names a tensor of a safetensors file. A relative path starts at the folder of
    the module's file. The file is mapped into memory when the values are used.
  }];
  let parameters = (ins
    AttributeSelfTypeParameter<"", "::mlir::ShapedType">:$type,
    StringRefParameter<"the file">:$file,
    StringRefParameter<"the tensor's name">:$tensor
  );
  let assemblyFormat = "`<` $file `,` $tensor `>`";
}

#endif // DYNFAULT_PROGRAM_ATTRS
