//===- GraphWriter.cpp - MLIR operations become graph nodes ---------------===//
//
// The graph's text has no overload names, so each node's schema is looked up by
// name and overload first, and the finished node must resolve to that very
// schema: a silent switch to another overload would change the program.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/GraphWriter.h"
#include "passes/torchscript/ValueWriter.h"

#include <torch/csrc/jit/runtime/operator.h>
#include <torch/version.h>

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dynfault::torchscript;
namespace dialect = dynfault::torch;
namespace jit = ::torch::jit;

GraphWriter::GraphWriter(std::shared_ptr<jit::CompilationUnit> unit)
    : graph(std::make_shared<jit::Graph>()), types(std::move(unit)) {}

void GraphWriter::addInput(Value value, StringRef name,
                           const jit::TypePtr &type) {
  jit::Value *input = graph->addInput(name.str());
  input->setType(type);
  values[value] = input;
}

LogicalResult GraphWriter::writeBlock(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(write(&op)))
      return failure();
  return success();
}

SmallVector<jit::Value *> GraphWriter::lookup(ValueRange range) const {
  SmallVector<jit::Value *> all;
  for (Value value : range)
    all.push_back(lookup(value));
  return all;
}

jit::Value *GraphWriter::tensorList(ArrayRef<jit::Value *> tensors) {
  return graph
      ->insertNode(graph->createList(c10::TensorType::get(),
                                     {tensors.data(), tensors.size()}))
      ->output();
}

jit::TypePtr GraphWriter::readType(Operation *op, unsigned result) {
  Attribute exact = op->getAttr(kType);
  if (auto all = op->getAttrOfType<ArrayAttr>(kTypes))
    if (result < all.size())
      exact = all[result];
  jit::TypePtr type = types.read(op->getResult(result).getType(), exact);
  if (!type) {
    InFlightDiagnostic diagnostic = op->emitError()
                                    << "result #" << result << " has type "
                                    << op->getResult(result).getType();
    if (exact)
      diagnostic << " (" << exact << ")";
    diagnostic << ", which an archive cannot hold";
  }
  return type;
}

FailureOr<ArrayRef<jit::Value *>>
GraphWriter::append(Operation *op, StringRef name, StringRef overload,
                    ArrayRef<jit::Value *> operands) {
  auto describe = [&] {
    return (name + (overload.empty() ? "" : "." + overload)).str();
  };
  auto symbol = c10::Symbol::fromQualString(name.str());
  std::shared_ptr<jit::Operator> wanted;
  for (const auto &candidate : jit::getAllOperatorsFor(symbol))
    if (candidate->schema().overload_name() == overload.str())
      wanted = candidate;
  if (!wanted)
    return op->emitError()
           << "LibTorch " << TORCH_VERSION << " has no operator '" << describe()
           << "', so the module cannot be written as an archive";

  const c10::FunctionSchema &schema = wanted->schema();
  // Trailing arguments that have a default may be left out.
  SmallVector<jit::Value *> given(operands);
  for (size_t i = given.size(); i < schema.arguments().size(); ++i)
    if (const auto &value = schema.arguments()[i].default_value())
      given.push_back(constant(*value));
    else
      break;
  operands = given;
  if (operands.size() != schema.arguments().size() &&
      !(schema.is_vararg() && operands.size() >= schema.arguments().size()))
    return op->emitError() << "'" << describe() << "' takes "
                           << schema.arguments().size()
                           << " operands, but there are " << operands.size()
                           << "; its schema is " << c10::str(schema);
  size_t resultCount =
      schema.is_varret() ? op->getNumResults() : schema.returns().size();
  jit::Node *node =
      graph->create(symbol, {operands.data(), operands.size()}, resultCount);
  for (size_t i = 0; i < resultCount; ++i) {
    jit::TypePtr type =
        schema.is_varret() ? nullptr : schema.returns()[i].type();
    // What the schema leaves open is resolved by the operation's own result.
    bool isOpen = !type || type->hasFreeVariables() ||
                  type->kind() == c10::TypeKind::AnyType ||
                  type->kind() == c10::TypeKind::AnyListType;
    if (isOpen && i < op->getNumResults()) {
      type = readType(op, i);
      if (!type)
        return failure();
    }
    node->output(i)->setType(type);
  }
  graph->insertNode(node);
  const jit::Operator *resolved = node->maybeOperator();
  if (!resolved || resolved->schema().overload_name() != overload.str()) {
    std::string typeNames;
    for (jit::Value *operand : operands)
      typeNames += (typeNames.empty() ? "" : ", ") + operand->type()->str();
    return op->emitError() << "the operands (" << typeNames
                           << ") do not match the schema " << c10::str(schema);
  }
  // A warning's number tells the interpreter which ones were shown already.
  if (symbol == c10::aten::warn)
    node->i_(c10::attr::warn_id, reinterpret_cast<intptr_t>(node));
  outputs.assign(node->outputs().begin(), node->outputs().end());
  return ArrayRef<jit::Value *>(outputs);
}

LogicalResult GraphWriter::appendVoid(Operation *op, StringRef name,
                                      ArrayRef<jit::Value *> operands) {
  return success(succeeded(append(op, name, "", operands)));
}

FailureOr<jit::Node *> GraphWriter::appendNode(Operation *op, c10::Symbol kind,
                                               ArrayRef<jit::Value *> inputs) {
  jit::Node *node =
      graph->create(kind, {inputs.data(), inputs.size()}, op->getNumResults());
  for (unsigned i = 0; i < op->getNumResults(); ++i) {
    jit::TypePtr type = readType(op, i);
    if (!type)
      return failure();
    node->output(i)->setType(type);
    values[op->getResult(i)] = node->output(i);
  }
  return graph->insertNode(node);
}

LogicalResult GraphWriter::writeTorchOp(Operation *op) {
  // `aten.add.Tensor`: namespace, name, overload.
  auto [space, rest] = dialect::getTorchName(op).split('.');
  auto [name, overload] = rest.split('.');
  auto results = append(op, (space + "::" + name).str(), overload,
                        lookup(op->getOperands()));
  if (failed(results))
    return failure();
  if (results->size() != op->getNumResults())
    return op->emitError() << "LibTorch's '" << dialect::getTorchName(op)
                           << "' has " << results->size() << " results, not "
                           << op->getNumResults();
  for (auto [result, value] : llvm::zip_equal(op->getResults(), *results))
    values[result] = value;
  return success();
}

/// Operations of the interpreter that have no schema to match.
LogicalResult GraphWriter::writeNamedNode(Operation *op) {
  StringRef name = dialect::getTorchName(op);
  if (name == "prim.Constant") {
    jit::TypePtr type = readType(op, 0);
    if (!type)
      return failure();
    auto value = toIValue(op->getAttr("dynfault.value"), type);
    if (!value)
      return op->emitError("its 'dynfault.value' is no value of its type");
    values[op->getResult(0)] = constant(*value);
    return success();
  }
  if (name == "prim.isinstance") {
    std::vector<jit::TypePtr> kinds;
    auto texts = op->getAttrOfType<ArrayAttr>(kTypes);
    for (Attribute text : texts ? texts.getValue() : ArrayRef<Attribute>()) {
      kinds.push_back(types.parse(cast<StringAttr>(text).getValue()));
      if (!kinds.back())
        return op->emitError() << text << " is no type of TorchScript";
    }
    jit::Node *node =
        graph->create(c10::prim::isinstance, {lookup(op->getOperand(0))}, 1);
    node->tys_(c10::attr::types, kinds);
    node->output()->setType(c10::BoolType::get());
    values[op->getResult(0)] = graph->insertNode(node)->output();
    return success();
  }
  auto kind =
      c10::Symbol::prim(name.drop_front(StringRef("prim.").size()).str());
  return success(succeeded(appendNode(op, kind, lookup(op->getOperands()))));
}

LogicalResult GraphWriter::writeLiteral(Operation *op, ElementsAttr elements) {
  auto tensor = readLiteral(op, elements);
  if (failed(tensor))
    return failure();
  values[op->getResult(0)] = constant(*tensor);
  return success();
}

LogicalResult GraphWriter::writeNested(Block &from, jit::Block *to) {
  jit::WithInsertPoint guard(to);
  if (failed(writeBlock(from)))
    return failure();
  for (Value result : from.getTerminator()->getOperands())
    to->registerOutput(lookup(result));
  return success();
}

LogicalResult GraphWriter::writeIf(dialect::PrimIfOp op) {
  auto node = appendNode(op, c10::prim::If, {lookup(op.getCondition())});
  if (failed(node))
    return failure();
  for (Region &region : op->getRegions())
    if (failed(writeNested(region.front(), (*node)->addBlock())))
      return failure();
  return success();
}

LogicalResult GraphWriter::writeLoop(dialect::PrimLoopOp op) {
  auto node = appendNode(op, c10::prim::Loop, lookup(op->getOperands()));
  if (failed(node))
    return failure();
  jit::Block *body = (*node)->addBlock();
  Block &block = op.getRegion().front();
  jit::Value *count = body->addInput();
  count->setType(c10::IntType::get());
  values[block.getArgument(0)] = count;
  for (unsigned i = 0; i < op->getNumResults(); ++i) {
    jit::Value *input = body->addInput();
    input->setType((*node)->output(i)->type());
    values[block.getArgument(i + 1)] = input;
  }
  return writeNested(block, body);
}

LogicalResult GraphWriter::write(Operation *op) {
  auto setConstant = [&](const jit::IValue &value) {
    values[op->getResult(0)] = constant(value);
    return success();
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](dialect::ConstantNoneOp) { return setConstant({}); })
      .Case(
          [&](dialect::ConstantBoolOp c) { return setConstant(c.getValue()); })
      .Case([&](dialect::ConstantIntOp c) {
        return setConstant(static_cast<int64_t>(c.getValueAttr().getInt()));
      })
      .Case([&](dialect::ConstantFloatOp c) {
        return setConstant(c.getValueAttr().getValueAsDouble());
      })
      .Case([&](dialect::ConstantStrOp c) {
        return setConstant(c.getValue().str());
      })
      .Case([&](dialect::ConstantDeviceOp c) {
        return setConstant(c10::Device(c.getValue().str()));
      })
      .Case([&](dialect::ValueTensorLiteralOp l) {
        return writeLiteral(l, l.getValue());
      })
      .Case([&](dialect::NonValueTensorLiteralOp l) {
        return writeLiteral(l, l.getValue());
      })
      // Subtyping is implicit in TorchScript, and so is value semantics.
      .Case<dialect::DerefineOp, dialect::TensorStaticInfoCastOp,
            dialect::CopyToValueTensorOp, dialect::CopyToNonValueTensorOp>(
          [&](Operation *cast) {
            values[cast->getResult(0)] = lookup(cast->getOperand(0));
            return success();
          })
      .Case<dialect::PrimListConstructOp, dialect::PrimTupleConstructOp,
            dialect::PrimListUnpackOp, dialect::PrimTupleUnpackOp,
            dialect::PrimTupleIndexOp, dialect::PrimUninitializedOp,
            dialect::PrimTolistOp>(
          [&](Operation *) { return writeNamedNode(op); })
      .Case([&](dialect::PrimUncheckedCastOp cast) {
        // LibTorch reads a cast of a cast to the same type as one.
        Value operand = cast->getOperand(0);
        if (!operand.getDefiningOp<dialect::PrimUncheckedCastOp>() ||
            operand.getType() != cast->getResult(0).getType())
          return writeNamedNode(op);
        values[cast->getResult(0)] = lookup(operand);
        return success();
      })
      .Case([&](dialect::PrimDictConstructOp d) -> LogicalResult {
        SmallVector<jit::Value *> inputs;
        for (auto [key, value] : llvm::zip_equal(d.getKeys(), d.getValues()))
          inputs.append({lookup(key), lookup(value)});
        return success(
            succeeded(appendNode(op, c10::prim::DictConstruct, inputs)));
      })
      .Case([&](dialect::PrimIfOp branch) { return writeIf(branch); })
      .Case([&](dialect::PrimLoopOp loop) { return writeLoop(loop); })
      .Default([&](Operation *) -> LogicalResult {
        if (op->getNumRegions() && !isa<dialect::OperatorOp>(op))
          return op->emitError() << "'" << op->getName()
                                 << "' has no counterpart in TorchScript";
        StringRef name = dialect::getTorchName(op);
        if (llvm::is_contained(
                {"prim.Constant", "prim.isinstance", "prim.Enter", "prim.Exit"},
                name))
          return writeNamedNode(op);
        if (!name.empty())
          return writeTorchOp(op);
        return op->emitError()
               << "'" << op->getName() << "' has no counterpart in TorchScript";
      });
}

FailureOr<c10::FunctionSchema>
dynfault::torchscript::readSchema(func::FuncOp function, StringRef name,
                                  TypeReader &types, const jit::TypePtr &self,
                                  ArrayRef<std::string> names) {
  std::vector<c10::Argument> arguments, results;
  if (self)
    arguments.emplace_back("self", self);
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    jit::TypePtr type = types.read(function.getArgumentTypes()[i],
                                   function.getArgAttr(i, kType));
    if (!type)
      return function.emitOpError() << "argument #" << i << " has type "
                                    << function.getArgumentTypes()[i]
                                    << ", which an archive cannot hold";
    auto named = function.getArgAttrOfType<StringAttr>(i, "dynfault.name");
    bool isObject =
        i == 0 && isa<dialect::NnModuleType>(function.getArgumentTypes()[0]);
    std::string argument = named              ? named.getValue().str()
                           : isObject         ? "self"
                           : i < names.size() ? names[i]
                                              : "x" + std::to_string(i);
    c10::optional<jit::IValue> initial;
    if (Attribute value = function.getArgAttr(i, "dynfault.default")) {
      auto converted = toIValue(value, type);
      if (!converted)
        return function.emitOpError()
               << "argument #" << i
               << " has a default value that is no value "
                  "of its type";
      initial = *converted;
    }
    arguments.emplace_back(argument, type, c10::nullopt, initial);
  }
  if (function.getNumResults() > 1)
    return function.emitOpError("has several results; a method of an archive "
                                "returns one (a tuple of them)");
  if (function.getNumResults() == 1) {
    jit::TypePtr type = types.read(function.getResultTypes()[0],
                                   function.getResultAttr(0, kType));
    if (!type)
      return function.emitOpError()
             << "returns " << function.getResultTypes()[0]
             << ", which an archive cannot hold";
    results.emplace_back("", type);
  } else {
    results.emplace_back("", c10::NoneType::get());
  }
  return c10::FunctionSchema(name.str(), "", arguments, results);
}
