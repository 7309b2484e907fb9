//===- GraphReader.cpp - A TorchScript graph becomes a function -----------===//
//
// One operation per node. The overload of an operator does not stand in a
// graph's text, but in the schema that each node resolves to, so the name is
// taken from there.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/GraphReader.h"

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/frontend/source_range.h>

using namespace mlir;
using namespace dynfault::torchscript;
namespace dialect = dynfault::torch;
namespace jit = ::torch::jit;
namespace prim = c10::prim;

Value dynfault::torchscript::castTo(OpBuilder &builder, Location loc,
                                    Value value, Type type) {
  if (value.getType() == type)
    return value;
  if (dialect::getTensorInfo(value.getType()) && dialect::getTensorInfo(type))
    return builder.create<dialect::TensorStaticInfoCastOp>(loc, type, value);
  return builder.create<dialect::DerefineOp>(loc, type, value);
}

void dynfault::torchscript::setExactTypes(Operation *op,
                                          ArrayRef<jit::TypePtr> types) {
  SmallVector<std::string> exact;
  for (const jit::TypePtr &type : types)
    exact.push_back(getExactType(type));
  if (llvm::all_of(exact, [](StringRef text) { return text.empty(); }))
    return;
  Builder builder(op->getContext());
  if (exact.size() == 1)
    op->setAttr(kType, builder.getStringAttr(exact.front()));
  else
    op->setAttr(kTypes, builder.getStrArrayAttr(SmallVector<StringRef>(
                            exact.begin(), exact.end())));
}

Location GraphReader::getLocation(jit::Node *node) {
  jit::SourceRange range = node->sourceRange();
  // The node's own range is in the archive's code, which was made from Python.
  if (auto original = range.findSourceRangeThatGenerated())
    range = *original;
  auto place = range.file_line_col();
  if (!place)
    return fileLoc;
  auto [file, line, column] = *place;
  // LibTorch counts lines from one and columns from zero.
  return FileLineColLoc::get(builder.getContext(), file, line, column + 1);
}

SmallVector<Value> GraphReader::getInputs(jit::Node *node) {
  SmallVector<Value> inputs;
  for (jit::Value *input : node->inputs())
    inputs.push_back(values.lookup(input));
  return inputs;
}

SmallVector<Type> GraphReader::getTypes(at::ArrayRef<jit::Value *> of) {
  SmallVector<Type> types;
  for (jit::Value *value : of)
    types.push_back(module.convert(value->type()));
  return types;
}

void GraphReader::define(jit::Node *node, Operation *op) {
  SmallVector<jit::TypePtr> types;
  for (auto [output, result] :
       llvm::zip_equal(node->outputs(), op->getResults())) {
    values[output] = result;
    types.push_back(output->type());
  }
  setExactTypes(op, types);
}

Operation *GraphReader::create(jit::Node *node, StringRef name,
                               ArrayRef<NamedAttribute> attributes) {
  OperationState state(getLocation(node), ("torch." + name).str(),
                       getInputs(node), getTypes(node->outputs()), attributes);
  Operation *op = builder.create(state);
  define(node, op);
  return op;
}

FailureOr<SmallVector<Value>> GraphReader::readNodes(jit::Block &block) {
  for (jit::Node *node : block.nodes())
    if (failed(readNode(node)))
      return failure();
  SmallVector<Value> results;
  for (jit::Value *output : block.outputs())
    results.push_back(values.lookup(output));
  return results;
}

LogicalResult GraphReader::readConstant(jit::Node *node) {
  jit::Value *output = node->output();
  if (auto type = output->type()->cast<c10::FunctionType>()) {
    std::string symbol = module.getSymbol(*type->function());
    const c10::FunctionSchema &schema = type->function()->getSchema();
    SmallVector<Type> inputs, results;
    for (const c10::Argument &argument : schema.arguments())
      inputs.push_back(module.convert(argument.type()));
    for (const c10::Argument &result : schema.returns())
      results.push_back(module.convert(result.type()));
    values[output] = builder.create<func::ConstantOp>(
        getLocation(node), builder.getFunctionType(inputs, results),
        FlatSymbolRefAttr::get(builder.getContext(), symbol));
    return success();
  }
  auto value = jit::toIValue(output);
  if (!value)
    return emitError(getLocation(node))
           << "a constant of type " << output->type()->str()
           << " cannot be expressed in the torch dialect";
  auto constant =
      module.makeConstant(builder, getLocation(node), *value, "constant");
  if (failed(constant))
    return failure();
  values[output] = *constant;
  return success();
}

LogicalResult GraphReader::readIf(jit::Node *node) {
  Location loc = getLocation(node);
  SmallVector<Type> types = getTypes(node->outputs());
  OperationState state(loc, dialect::PrimIfOp::getOperationName(),
                       getInputs(node), types);
  for (jit::Block *branch : node->blocks()) {
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(state.addRegion());
    auto results = readNodes(*branch);
    if (failed(results))
      return failure();
    for (auto [result, type] : llvm::zip_equal(*results, types))
      result = castTo(builder, loc, result, type);
    builder.create<dialect::PrimIfYieldOp>(loc, *results);
  }
  define(node, builder.create(state));
  return success();
}

LogicalResult GraphReader::readLoop(jit::Node *node) {
  Location loc = getLocation(node);
  SmallVector<Type> types = getTypes(node->outputs());
  SmallVector<Value> inputs = getInputs(node);
  for (auto [input, type] :
       llvm::zip_equal(MutableArrayRef(inputs).drop_front(2), types))
    input = castTo(builder, loc, input, type);
  OperationState state(loc, dialect::PrimLoopOp::getOperationName(), inputs,
                       types);
  {
    OpBuilder::InsertionGuard guard(builder);
    jit::Block *body = node->blocks().front();
    SmallVector<Type> arguments{dialect::IntType::get(builder.getContext())};
    arguments.append(types);
    Block *block =
        builder.createBlock(state.addRegion(), {}, arguments,
                            SmallVector<Location>(arguments.size(), loc));
    for (auto [input, argument] :
         llvm::zip_equal(body->inputs(), block->getArguments()))
      values[input] = argument;
    auto results = readNodes(*body);
    if (failed(results))
      return failure();
    for (auto [result, type] :
         llvm::zip_equal(MutableArrayRef(*results).drop_front(), types))
      result = castTo(builder, loc, result, type);
    builder.create<dialect::PrimLoopConditionOp>(
        loc, results->front(), ArrayRef(*results).drop_front());
  }
  define(node, builder.create(state));
  return success();
}

LogicalResult GraphReader::readCallFunction(jit::Node *node) {
  SmallVector<Value> inputs = getInputs(node);
  auto type = dyn_cast<FunctionType>(inputs.front().getType());
  if (!type || type.getNumInputs() + 1 != inputs.size())
    return emitError(getLocation(node), "calls what is no known function");
  for (auto [input, expected] :
       llvm::zip_equal(MutableArrayRef(inputs).drop_front(), type.getInputs()))
    input = castTo(builder, getLocation(node), input, expected);
  define(node,
         builder.create<func::CallIndirectOp>(getLocation(node), inputs.front(),
                                              ArrayRef(inputs).drop_front()));
  return success();
}

LogicalResult GraphReader::readCallMethod(jit::Node *node) {
  SmallVector<Value> inputs = getInputs(node);
  const std::string &name = node->s(c10::attr::name);
  jit::TypePtr receiver = node->input(0)->type();
  const c10::FunctionSchema *schema = nullptr;
  if (auto type = receiver->cast<c10::ClassType>()) {
    jit::Function *function = type->findMethod(name);
    if (!function)
      function = type->findHook(name);
    schema = function ? &function->getSchema() : nullptr;
  } else if (auto interface = receiver->cast<c10::InterfaceType>()) {
    schema = interface->getMethod(name);
  }
  if (!schema || schema->arguments().size() != inputs.size())
    return emitError(getLocation(node))
           << "calls the method '" << name << "', which "
           << receiver->annotation_str() << " does not have";
  for (size_t i = 1; i < inputs.size(); ++i)
    inputs[i] = castTo(builder, getLocation(node), inputs[i],
                       module.convert(schema->arguments()[i].type()));
  define(node, builder.create<dialect::PrimCallMethodOp>(
                   getLocation(node), getTypes(node->outputs()).front(), name,
                   inputs.front(), ArrayRef(inputs).drop_front()));
  return success();
}

LogicalResult GraphReader::readContainer(jit::Node *node) {
  Location loc = getLocation(node);
  SmallVector<Value> inputs = getInputs(node);
  Type type = getTypes(node->outputs()).front();
  Operation *op;
  if (node->kind() == prim::ListConstruct) {
    Type element = cast<dialect::ListType>(type).getContainedType();
    for (Value &input : inputs)
      input = castTo(builder, loc, input, element);
    op = builder.create<dialect::PrimListConstructOp>(loc, type, inputs);
  } else if (node->kind() == prim::TupleConstruct) {
    ArrayRef<Type> elements =
        cast<dialect::TupleType>(type).getContainedTypes();
    for (auto [input, element] : llvm::zip_equal(inputs, elements))
      input = castTo(builder, loc, input, element);
    op = builder.create<dialect::PrimTupleConstructOp>(loc, type, inputs);
  } else {
    auto dict = cast<dialect::DictType>(type);
    SmallVector<Value> keys, items;
    for (size_t i = 0; i + 1 < inputs.size(); i += 2) {
      keys.push_back(castTo(builder, loc, inputs[i], dict.getKeyType()));
      items.push_back(castTo(builder, loc, inputs[i + 1], dict.getValueType()));
    }
    op = builder.create<dialect::PrimDictConstructOp>(loc, type, keys, items);
  }
  define(node, op);
  return success();
}

LogicalResult GraphReader::readOperator(jit::Node *node) {
  const c10::FunctionSchema *schema = node->maybeSchema();
  if (!schema)
    return emitError(getLocation(node))
           << "'" << node->kind().toQualString()
           << "' cannot be expressed in the torch dialect";
  // The compiler numbers warnings anew.
  bool isWarning = node->kind() == c10::aten::warn;
  if (!node->blocks().empty() || (node->hasAttributes() && !isWarning))
    return emitError(getLocation(node))
           << "'" << node->kind().toQualString()
           << "' holds a graph of its own, which the torch dialect cannot "
              "express";
  StringRef qualified = schema->name();
  auto [space, name] = qualified.split("::");
  std::string full = (space + "." + name).str();
  if (!schema->overload_name().empty())
    full += "." + schema->overload_name();
  bool isOwn = space == "aten" || space == "prim" || space == "prims" ||
               space == "quantized";
  if (isOwn) {
    create(node, full);
    return success();
  }
  define(node, builder.create<dialect::OperatorOp>(
                   getLocation(node), getTypes(node->outputs()), full,
                   getInputs(node), /*regionsCount=*/0));
  return success();
}

LogicalResult GraphReader::readNode(jit::Node *node) {
  switch (node->kind()) {
  case prim::Constant:
    return readConstant(node);
  case prim::If:
    return readIf(node);
  case prim::Loop:
    return readLoop(node);
  case prim::CallFunction:
    return readCallFunction(node);
  case prim::CallMethod:
    return readCallMethod(node);
  case prim::ListConstruct:
  case prim::TupleConstruct:
  case prim::DictConstruct:
    return readContainer(node);
  case prim::GetAttr:
  case prim::SetAttr:
    if (node->kind() == prim::SetAttr) {
      // The attribute's type may be wider than the value's.
      auto object = node->input(0)->type()->expect<c10::ClassType>();
      Value value = castTo(
          builder, getLocation(node), values.lookup(node->input(1)),
          module.convert(object->getAttribute(node->s(c10::attr::name))));
      builder.create<dialect::PrimSetAttrOp>(
          getLocation(node), node->s(c10::attr::name),
          values.lookup(node->input(0)), value);
      return success();
    }
    create(node, "prim.GetAttr",
           {builder.getNamedAttr(
               "name", builder.getStringAttr(node->s(c10::attr::name)))});
    return success();
  case prim::isinstance: {
    SmallVector<Attribute> kinds;
    for (const jit::TypePtr &type : node->tys(c10::attr::types)) {
      module.convert(type);
      kinds.push_back(builder.getStringAttr(type->annotation_str()));
    }
    auto op = builder.create<dialect::OperatorOp>(
        getLocation(node), getTypes(node->outputs()),
        builder.getStringAttr("prim.isinstance"), getInputs(node),
        /*regionsCount=*/0);
    op->setAttr(kTypes, builder.getArrayAttr(kinds));
    values[node->output()] = op.getResult(0);
    return success();
  }
  case prim::Enter:
    // `with context as name` has a value that the operation has no place for.
    if (node->output()->type()->kind() != c10::TypeKind::NoneType) {
      define(node, builder.create<dialect::OperatorOp>(
                       getLocation(node), getTypes(node->outputs()),
                       "prim.Enter", getInputs(node), /*regionsCount=*/0));
      return success();
    }
    create(node, "prim.Enter");
    return success();
  case prim::Exit:
  case prim::TupleUnpack:
  case prim::ListUnpack:
  case prim::TupleIndex:
  case prim::CreateObject:
  case prim::Uninitialized:
  case prim::unchecked_cast:
  case prim::tolist:
    create(node, ("prim." + StringRef(node->kind().toUnqualString())).str());
    return success();
  default:
    return readOperator(node);
  }
}

LogicalResult GraphReader::read(jit::Graph &graph, func::FuncOp target) {
  Block *block = target.addEntryBlock();
  builder.setInsertionPointToEnd(block);
  for (auto [input, argument] :
       llvm::zip_equal(graph.inputs(), block->getArguments()))
    values[input] = argument;
  auto results = readNodes(*graph.block());
  if (failed(results))
    return failure();
  for (auto [result, type] : llvm::zip_equal(*results, target.getResultTypes()))
    result = castTo(builder, target.getLoc(), result, type);
  builder.create<func::ReturnOp>(target.getLoc(), *results);
  return success();
}
