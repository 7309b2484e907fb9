//===- ObjectWriter.cpp - An object graph becomes a module ----------------===//
//
// The way back of ModuleReader: a module that was only read and written again
// has the same code, state and names.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/ObjectWriter.h"
#include "passes/torchscript/GraphWriter.h"
#include "passes/torchscript/ValueWriter.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dynfault::torchscript;
namespace dialect = dynfault::torch;
namespace jit = ::torch::jit;

bool dynfault::torchscript::isObjectGraph(ModuleOp module) {
  return !module.getOps<dialect::NnModuleOp>().empty();
}

namespace {
/// Writes a function of the object graph.
class ObjectGraphWriter : public GraphWriter {
public:
  ObjectGraphWriter(ObjectWriter &objects,
                    std::shared_ptr<jit::CompilationUnit> unit)
      : GraphWriter(std::move(unit)), objects(objects) {}

  LogicalResult writeFunction(func::FuncOp function,
                              const c10::FunctionSchema &schema);
  std::shared_ptr<jit::Graph> getGraph() { return graph; }

protected:
  LogicalResult write(Operation *op) override;

private:
  LogicalResult setName(Operation *op, c10::Symbol kind, StringRef name,
                        ArrayRef<jit::Value *> inputs);
  jit::Value *functionConstant(jit::Function *function);

  ObjectWriter &objects;
};
} // namespace

LogicalResult ObjectGraphWriter::setName(Operation *op, c10::Symbol kind,
                                         StringRef name,
                                         ArrayRef<jit::Value *> inputs) {
  auto node = appendNode(op, kind, inputs);
  if (failed(node))
    return failure();
  (*node)->s_(c10::attr::name, name.str());
  return success();
}

jit::Value *ObjectGraphWriter::functionConstant(jit::Function *function) {
  jit::Node *node = graph->create(c10::prim::Constant, 1);
  node->s_(c10::attr::name, function->name());
  node->output()->setType(c10::FunctionType::create(function));
  return graph->insertNode(node)->output();
}

LogicalResult ObjectGraphWriter::write(Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](dialect::PrimGetAttrOp get) {
        return setName(op, c10::prim::GetAttr, get.getName(),
                       {lookup(get.getReceiver())});
      })
      .Case([&](dialect::PrimSetAttrOp set) {
        return setName(op, c10::prim::SetAttr, set.getName(),
                       {lookup(set.getReceiver()), lookup(set.getValue())});
      })
      .Case([&](dialect::PrimCallMethodOp call) {
        return setName(op, c10::prim::CallMethod, call.getName(),
                       lookup(op->getOperands()));
      })
      .Case([&](dialect::PrimCreateObjectOp) {
        return success(succeeded(appendNode(op, c10::prim::CreateObject, {})));
      })
      .Case([&](func::ConstantOp constant) -> LogicalResult {
        auto function = objects.getFunction(op, constant.getValue());
        if (failed(function))
          return failure();
        define(constant.getResult(), functionConstant(*function));
        return success();
      })
      .Case([&](func::CallIndirectOp) {
        return success(succeeded(appendNode(op, c10::prim::CallFunction,
                                            lookup(op->getOperands()))));
      })
      .Case([&](func::CallOp call) -> LogicalResult {
        auto function = objects.getFunction(op, call.getCallee());
        if (failed(function))
          return failure();
        SmallVector<jit::Value *> inputs{functionConstant(*function)};
        llvm::append_range(inputs, lookup(op->getOperands()));
        return success(
            succeeded(appendNode(op, c10::prim::CallFunction, inputs)));
      })
      .Default([&](Operation *) { return GraphWriter::write(op); });
}

LogicalResult
ObjectGraphWriter::writeFunction(func::FuncOp function,
                                 const c10::FunctionSchema &schema) {
  for (auto [value, argument] :
       llvm::zip_equal(function.getArguments(), schema.arguments()))
    addInput(value, argument.name(), argument.type());
  Block &block = function.getBody().front();
  if (failed(writeBlock(block)))
    return failure();
  if (block.getTerminator()->getNumOperands())
    graph->registerOutput(lookup(block.getTerminator()->getOperand(0)));
  else
    graph->registerOutput(constant({}));
  graph->lint();
  return success();
}

ObjectWriter::ObjectWriter(ModuleOp module)
    : module(module), symbols(module),
      unit(std::make_shared<jit::CompilationUnit>()), types(unit) {}

static StringRef getKind(dialect::ClassTypeOp op) {
  auto kind = op->getAttrOfType<StringAttr>("dynfault.kind");
  return kind ? kind.getValue() : StringRef();
}

jit::TypePtr ObjectWriter::readType(dialect::AttrOp op) {
  jit::TypePtr type = types.read(op.getType(), op->getAttr(kType));
  if (!type)
    op.emitOpError() << "'" << op.getName() << "' has type " << op.getType()
                     << ", which an archive cannot hold";
  return type;
}

LogicalResult ObjectWriter::declareEnum(dialect::ClassTypeOp op) {
  auto valueType = op->getAttrOfType<StringAttr>(kType);
  jit::TypePtr type = valueType ? types.parse(valueType.getValue()) : nullptr;
  auto values = op->getAttrOfType<ArrayAttr>("dynfault.values");
  if (!type || !values)
    return op.emitOpError("is an enumeration without type or values");
  std::vector<c10::EnumNameValue> all;
  for (auto entry : values.getAsRange<DictionaryAttr>()) {
    auto value = toIValue(entry.get("value"), type);
    if (!value)
      return op.emitOpError("has a value that is none of its type");
    all.emplace_back(entry.getAs<StringAttr>("name").getValue().str(), *value);
  }
  unit->register_type(c10::EnumType::create(
      c10::QualifiedName(op.getSymName().str()), type, all, unit));
  return success();
}

LogicalResult ObjectWriter::declareNamedTuple(dialect::ClassTypeOp op) {
  std::vector<std::string> names;
  std::vector<jit::TypePtr> fields;
  for (auto field : op.getRegion().getOps<dialect::AttrOp>()) {
    names.push_back(field.getName().str());
    fields.push_back(types.read(field.getType(), field->getAttr(kType)));
    if (!fields.back())
      return failure();
  }
  unit->register_type(c10::TupleType::createNamed(
      c10::QualifiedName(op.getSymName().str()), names, fields));
  return success();
}

LogicalResult ObjectWriter::declareClasses() {
  SmallVector<dialect::ClassTypeOp> tuples;
  for (auto op : module.getOps<dialect::ClassTypeOp>()) {
    StringRef kind = getKind(op);
    c10::QualifiedName name(op.getSymName().str());
    if (kind == "enum") {
      if (failed(declareEnum(op)))
        return failure();
    } else if (kind == "named_tuple") {
      tuples.push_back(op);
    } else if (kind.ends_with("interface")) {
      unit->register_type(
          c10::InterfaceType::create(name, kind == "module_interface"));
    } else {
      unit->register_type(
          c10::ClassType::create(name, unit, /*is_module=*/kind != "class"));
    }
  }
  // A named tuple can hold others, which must be there first.
  while (!tuples.empty()) {
    SmallVector<dialect::ClassTypeOp> left;
    for (dialect::ClassTypeOp op : tuples)
      if (failed(declareNamedTuple(op)))
        left.push_back(op);
    if (left.size() == tuples.size())
      return left.front().emitOpError(
          "has a field of a type that an archive cannot hold");
    tuples = std::move(left);
  }
  return success();
}

LogicalResult ObjectWriter::addMembers(dialect::ClassTypeOp op) {
  auto type = unit->get_class(c10::QualifiedName(op.getSymName().str()));
  for (auto attribute : op.getRegion().getOps<dialect::AttrOp>()) {
    jit::TypePtr attributeType = readType(attribute);
    if (!attributeType)
      return failure();
    type->addAttribute(attribute.getName().str(), attributeType,
                       attribute->hasAttr("dynfault.parameter"),
                       attribute->hasAttr("dynfault.buffer"));
  }
  if (auto constants = op->getAttrOfType<ArrayAttr>("dynfault.constants"))
    for (auto entry : constants.getAsRange<DictionaryAttr>()) {
      auto name = entry.getAs<StringAttr>("name");
      auto spelled = entry.getAs<StringAttr>("type");
      jit::TypePtr constantType =
          spelled ? types.parse(spelled.getValue()) : nullptr;
      auto value = constantType ? toIValue(entry.get("value"), constantType)
                                : std::nullopt;
      if (!value)
        return op.emitOpError() << "constant '" << name.getValue()
                                << "' is no value of its type";
      type->addConstant(name.getValue().str(), *value);
    }
  for (auto method : op.getRegion().getOps<dialect::MethodOp>())
    methodNames[method.getFunction()] =
        (op.getSymName() + "." + method.getName()).str();
  return success();
}

LogicalResult ObjectWriter::addInterfaceMethods(dialect::ClassTypeOp op) {
  auto type = unit->get_interface(c10::QualifiedName(op.getSymName().str()));
  for (auto method : op.getRegion().getOps<dialect::MethodOp>()) {
    auto function = symbols.lookup<func::FuncOp>(method.getFunction());
    auto schema = readSchema(function, method.getName(), types, nullptr);
    if (failed(schema))
      return failure();
    type->addMethod(*schema);
  }
  return success();
}

FailureOr<jit::Function *> ObjectWriter::getFunction(Operation *op,
                                                     StringRef symbol) {
  auto [known, isNew] = functions.try_emplace(symbol, nullptr);
  if (!isNew) {
    if (known->second)
      return known->second;
    return op->emitError() << "calls '" << symbol
                           << "' recursively, which TorchScript does not allow";
  }
  auto function = symbols.lookup<func::FuncOp>(symbol);
  if (!function || function.isExternal())
    return op->emitError() << "uses '" << symbol << "', which has no body here";
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitOpError("has several blocks; TorchScript has no "
                                "branches between blocks");
  c10::QualifiedName name(methodNames.count(symbol) ? methodNames[symbol]
                                                    : symbol.str());
  auto schema = readSchema(function, name.name(), types, nullptr);
  ObjectGraphWriter writer(*this, unit);
  if (failed(schema) || failed(writer.writeFunction(function, *schema)))
    return failure();
  jit::Function *written = unit->create_function(name, writer.getGraph());
  written->setSchema(*schema);
  return functions[symbol] = written;
}

LogicalResult ObjectWriter::addMethods(dialect::ClassTypeOp op) {
  auto type = unit->get_class(c10::QualifiedName(op.getSymName().str()));
  for (auto method : op.getRegion().getOps<dialect::MethodOp>()) {
    auto function = getFunction(method, method.getFunction());
    if (failed(function))
      return failure();
    auto hook = method->getAttrOfType<StringAttr>("dynfault.hook");
    if (!hook)
      type->addMethod(*function);
    else if (hook.getValue() == "forward_pre")
      type->addForwardPreHook(*function);
    else
      type->addForwardHook(*function);
  }
  return success();
}

FailureOr<dialect::NnModuleOp> ObjectWriter::findRoot() {
  dialect::NnModuleOp root;
  for (auto object : module.getOps<dialect::NnModuleOp>()) {
    if (!object->use_empty())
      continue;
    if (root) {
      InFlightDiagnostic diagnostic =
          object.emitOpError("is a second root object; an archive has one that "
                             "nothing else holds");
      diagnostic.attachNote(root.getLoc()) << "the first one is here";
      return failure();
    }
    root = object;
  }
  if (!root)
    return module.emitError("no object is the root: each is held by another");
  return root;
}

FailureOr<jit::Module> ObjectWriter::write() {
  auto root = findRoot();
  if (failed(root) || failed(declareClasses()))
    return failure();
  auto isClass = [](dialect::ClassTypeOp op) {
    return getKind(op).empty() || getKind(op) == "class";
  };
  for (auto op : module.getOps<dialect::ClassTypeOp>())
    if (isClass(op) && failed(addMembers(op)))
      return failure();
  for (auto op : module.getOps<dialect::ClassTypeOp>())
    if (getKind(op).ends_with("interface") && failed(addInterfaceMethods(op)))
      return failure();
  for (auto op : module.getOps<dialect::ClassTypeOp>())
    if (isClass(op) && failed(addMethods(op)))
      return failure();

  ValueWriter values(types);
  for (Operation &op : *module.getBody())
    if (op.getNumResults() && failed(values.write(&op)))
      return failure();
  return jit::Module(values.lookup(root->getResult()).toObject());
}
