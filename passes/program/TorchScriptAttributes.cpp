//===- TorchScriptAttributes.cpp - What archives say beside ---------------===//

#include "passes/program/TorchScriptAttributes.h"
#include "passes/torch/TorchOps.h"

using namespace mlir;
using namespace dynfault;

static bool isStringArray(Attribute attribute) {
  auto array = dyn_cast<ArrayAttr>(attribute);
  return array && llvm::all_of(array, llvm::IsaPred<StringAttr>);
}

/// An array of dictionaries that each have a name and a value.
static bool isNamedValues(Attribute attribute) {
  auto array = dyn_cast<ArrayAttr>(attribute);
  return array && llvm::all_of(array, [](Attribute element) {
           auto entry = dyn_cast<DictionaryAttr>(element);
           return entry && entry.getAs<StringAttr>("name") &&
                  entry.get("value");
         });
}

/// Where a tensor lies in a storage that it shares.
static bool isView(Attribute attribute) {
  auto view = dyn_cast<DictionaryAttr>(attribute);
  return view && view.getAs<StringAttr>("storage") &&
         view.getAs<IntegerAttr>("size") && view.getAs<IntegerAttr>("offset") &&
         view.getAs<DenseI64ArrayAttr>("strides");
}

std::optional<LogicalResult>
program::verifyTorchScriptAttribute(Operation *op, NamedAttribute attribute) {
  StringRef name = attribute.getName();
  Attribute value = attribute.getValue();
  auto expect = [&](bool isRight, StringRef what) -> LogicalResult {
    if (isRight)
      return success();
    return op->emitOpError() << "'" << name << "' must be " << what;
  };
  bool isClass = isa<torch::ClassTypeOp>(op);
  if (name == "dynfault.type")
    return expect(isa<StringAttr>(value), "a type in TorchScript's spelling");
  if (name == "dynfault.types")
    return expect(isStringArray(value),
                  "an array of types in TorchScript's spelling");
  if (name == "dynfault.kind")
    return expect(
        isClass && isa<StringAttr>(value) &&
            llvm::is_contained({"class", "interface", "module_interface",
                                "named_tuple", "enum"},
                               cast<StringAttr>(value).getValue()),
        "class, interface, module_interface, named_tuple or enum, of "
        "a torch.class_type");
  if (name == "dynfault.constants" || name == "dynfault.values")
    return expect(
        isClass && isNamedValues(value),
        "[{name = \"...\", value = ...}, ...], of a torch.class_type");
  if (name == "dynfault.hook")
    return expect(isa<torch::MethodOp>(op) && isa<StringAttr>(value) &&
                      (cast<StringAttr>(value).getValue() == "forward" ||
                       cast<StringAttr>(value).getValue() == "forward_pre"),
                  "\"forward\" or \"forward_pre\", of a torch.method");
  if (name == "dynfault.view")
    return expect(isa<torch::NonValueTensorLiteralOp>(op) && isView(value),
                  "{storage = \"...\", size = ..., offset = ..., strides = "
                  "array<i64: ...>}, of a torch.tensor.literal");
  if (name == "dynfault.value")
    return expect(torch::getTorchName(op) == "prim.Constant",
                  "the value of a torch.operator \"prim.Constant\"");
  return std::nullopt;
}
