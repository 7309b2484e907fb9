//===- ClassReader.cpp - TorchScript classes become class_type ------------===//
//
// Modules, plain classes, interfaces, named tuples and enumerations are all
// `torch.class_type`; `dynfault.kind` tells those apart that torch-mlir does
// not know.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/GraphReader.h"
#include "passes/torchscript/ModuleReader.h"

#include <torch/csrc/jit/api/function_impl.h>

using namespace mlir;
using namespace dynfault::torchscript;
namespace dialect = dynfault::torch;
namespace jit = ::torch::jit;

/// Calls `visit` for each named type that `type` mentions.
static void walkNamedTypes(const jit::TypePtr &type,
                           llvm::function_ref<void(c10::NamedTypePtr)> visit) {
  // LibTorch's own cast does not count enumerations as named.
  c10::NamedTypePtr named = type->cast<c10::EnumType>();
  if (!named)
    named = type->cast<c10::NamedType>();
  if (named && named->name()) {
    visit(named);
    // What a class holds is read with the class.
    return;
  }
  for (const jit::TypePtr &contained : type->containedTypes())
    walkNamedTypes(contained, visit);
}

Type ModuleReader::convert(const jit::TypePtr &type) {
  walkNamedTypes(type, [&](c10::NamedTypePtr named) {
    std::string name = named->name()->qualifiedName();
    if (named->kind() == c10::TypeKind::FunctionType ||
        !typeNames.insert(name).second)
      return;
    symbols.insert(name);
    typeQueue.push_back(named);
  });
  return convertType(module.getContext(), type);
}

std::string ModuleReader::getSymbol(jit::Function &function) {
  auto known = functions.find(&function);
  if (known != functions.end())
    return known->second;
  // A method `A.b` and a class `A.b` can both exist.
  std::string symbol = function.qualname().qualifiedName();
  while (!symbols.insert(symbol).second)
    symbol += "_";
  functions[&function] = symbol;
  return symbol;
}

Block *ModuleReader::addClassType(StringRef name, StringRef kind,
                                  ArrayRef<NamedAttribute> attributes) {
  OperationState state(at(name), dialect::ClassTypeOp::getOperationName());
  state.addAttribute(SymbolTable::getSymbolAttrName(),
                     builder.getStringAttr(name));
  state.addAttributes(attributes);
  if (!kind.empty())
    state.addAttribute("dynfault.kind", builder.getStringAttr(kind));
  OpBuilder::InsertionGuard guard(builder);
  Region *region = state.addRegion();
  Block *block = new Block();
  region->push_back(block);
  auto op = cast<dialect::ClassTypeOp>(builder.create(state));
  builder.setInsertionPointToEnd(block);
  builder.create<dialect::ClassTypeTerminatorOp>(op.getLoc());
  return block;
}

LogicalResult ModuleReader::readClass(c10::ClassType &type) {
  std::string name = type.name()->qualifiedName();
  SmallVector<NamedAttribute> attributes;
  SmallVector<Attribute> constants;
  for (size_t i = 0; i < type.numConstants(); ++i) {
    jit::IValue value = type.getConstant(i);
    Attribute attribute = toAttribute(value);
    if (!attribute)
      return refuse(at(name), name + "." + type.getConstantName(i),
                    value.type()->str());
    constants.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("name",
                              builder.getStringAttr(type.getConstantName(i))),
         builder.getNamedAttr(
             "type", builder.getStringAttr(value.type()->annotation_str())),
         builder.getNamedAttr("value", attribute)}));
    convert(value.type());
  }
  if (!constants.empty())
    attributes.push_back(builder.getNamedAttr("dynfault.constants",
                                              builder.getArrayAttr(constants)));
  Block *block =
      addClassType(name, type.is_module() ? "" : "class", attributes);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(block->getTerminator());
  for (size_t i = 0; i < type.numAttributes(); ++i) {
    auto attribute = builder.create<dialect::AttrOp>(
        at(name + "." + type.getAttributeName(i)),
        builder.getStringAttr(type.getAttributeName(i)),
        TypeAttr::get(convert(type.getAttribute(i))), UnitAttr());
    if (std::string exact = getExactType(type.getAttribute(i)); !exact.empty())
      attribute->setAttr(kType, builder.getStringAttr(exact));
    if (!type.is_module())
      continue;
    if (type.is_parameter(i))
      attribute->setAttr("dynfault.parameter", builder.getUnitAttr());
    else if (type.is_buffer(i))
      attribute->setAttr("dynfault.buffer", builder.getUnitAttr());
  }
  auto addMethods = [&](const std::vector<jit::Function *> &methods,
                        StringRef hook) {
    for (jit::Function *method : methods) {
      auto op = builder.create<dialect::MethodOp>(
          at(method->qualname().qualifiedName()),
          builder.getStringAttr(method->name()),
          FlatSymbolRefAttr::get(builder.getContext(), getSymbol(*method)),
          UnitAttr());
      if (!hook.empty())
        op->setAttr("dynfault.hook", builder.getStringAttr(hook));
    }
  };
  addMethods(type.methods(), "");
  addMethods(type.getForwardPreHooks(), "forward_pre");
  addMethods(type.getForwardHooks(), "forward");
  return success();
}

LogicalResult ModuleReader::readNamedTuple(c10::TupleType &type) {
  std::string name = type.name()->qualifiedName();
  Block *block = addClassType(name, "named_tuple", {});
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(block->getTerminator());
  for (const c10::Argument &field : type.schema()->arguments()) {
    auto attribute = builder.create<dialect::AttrOp>(
        at(name + "." + field.name()), builder.getStringAttr(field.name()),
        TypeAttr::get(convert(field.type())), UnitAttr());
    if (std::string exact = getExactType(field.type()); !exact.empty())
      attribute->setAttr(kType, builder.getStringAttr(exact));
  }
  return success();
}

LogicalResult ModuleReader::readEnum(c10::EnumType &type) {
  // An array, since the order of the values is part of the type.
  SmallVector<Attribute> values;
  for (const auto &[name, value] : type.enumNamesValues())
    values.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("name", builder.getStringAttr(name)),
         builder.getNamedAttr("value", toAttribute(value))}));
  addClassType(
      type.name()->qualifiedName(), "enum",
      {builder.getNamedAttr("dynfault.values", builder.getArrayAttr(values)),
       builder.getNamedAttr(
           kType,
           builder.getStringAttr(type.getValueType()->annotation_str()))});
  return success();
}

/// The signature of a function: its type, and for each argument what MLIR's
/// types and positions do not say.
static func::FuncOp addSignature(ModuleReader &reader, OpBuilder &builder,
                                 Location loc, StringRef symbol,
                                 const c10::FunctionSchema &schema) {
  SmallVector<Type> inputs, results;
  SmallVector<DictionaryAttr> inputAttributes, resultAttributes;
  auto add = [&](const c10::Argument &argument, SmallVector<Type> &types,
                 SmallVector<DictionaryAttr> &all, bool isInput) {
    types.push_back(reader.convert(argument.type()));
    SmallVector<NamedAttribute> attributes;
    if (isInput && argument.name() != "self")
      attributes.push_back(builder.getNamedAttr(
          "dynfault.name", builder.getStringAttr(argument.name())));
    if (argument.default_value())
      if (Attribute value = reader.toAttribute(*argument.default_value()))
        attributes.push_back(builder.getNamedAttr("dynfault.default", value));
    if (std::string exact = getExactType(argument.type()); !exact.empty())
      attributes.push_back(
          builder.getNamedAttr(kType, builder.getStringAttr(exact)));
    all.push_back(builder.getDictionaryAttr(attributes));
  };
  for (const c10::Argument &argument : schema.arguments())
    add(argument, inputs, inputAttributes, true);
  for (const c10::Argument &result : schema.returns())
    add(result, results, resultAttributes, false);
  auto function = builder.create<func::FuncOp>(
      loc, symbol, builder.getFunctionType(inputs, results));
  function.setPrivate();
  function.setAllArgAttrs(inputAttributes);
  function.setAllResultAttrs(resultAttributes);
  return function;
}

LogicalResult ModuleReader::readInterface(c10::InterfaceType &type) {
  std::string name = type.name()->qualifiedName();
  Block *block = addClassType(
      name, type.is_module() ? "module_interface" : "interface", {});
  OpBuilder::InsertionGuard guard(builder);
  for (const c10::FunctionSchema &method : type.methods()) {
    std::string symbol = name + "." + method.name();
    while (!symbols.insert(symbol).second)
      symbol += "_";
    builder.setInsertionPointAfter(block->getParentOp());
    addSignature(*this, builder, at(symbol), symbol, method);
    builder.setInsertionPoint(block->getTerminator());
    builder.create<dialect::MethodOp>(
        at(symbol), builder.getStringAttr(method.name()),
        FlatSymbolRefAttr::get(builder.getContext(), symbol), UnitAttr());
  }
  return success();
}

LogicalResult ModuleReader::readClass(const c10::NamedTypePtr &type) {
  if (auto classType = type->cast<c10::ClassType>()) {
    // Classes of C++ (packed quantized weights) have no attributes to read.
    if (StringRef(type->name()->qualifiedName())
            .starts_with("__torch__.torch.classes."))
      return refuse(fileLoc, "the module", type->annotation_str());
    return readClass(*classType);
  }
  if (auto tuple = type->cast<c10::TupleType>())
    return readNamedTuple(*tuple);
  if (auto interface = type->cast<c10::InterfaceType>())
    return readInterface(*interface);
  if (auto enumType = type->cast<c10::EnumType>())
    return readEnum(*enumType);
  return refuse(fileLoc, "the module", type->annotation_str());
}

LogicalResult ModuleReader::readFunction(jit::Function &function,
                                         StringRef symbol) {
  jit::GraphFunction *graphFunction = jit::tryToGraphFunction(function);
  if (!graphFunction)
    return refuse(at(symbol), symbol, "a function of C++");
  graphFunction->ensure_defined();
  func::FuncOp target =
      addSignature(*this, builder, at(symbol), symbol, function.getSchema());
  return GraphReader(*this, at(symbol)).read(*graphFunction->graph(), target);
}
