//===- FunctionWriter.cpp - MLIR operations become graph nodes ------------===//
//
// The graph's text has no overload names, so each node's schema is looked up by
// name and overload first, and the finished node must resolve to that very
// schema: a silent switch to another overload would change the program.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/FunctionWriter.h"
#include "passes/torch/TorchOps.h"

#include <torch/csrc/jit/runtime/operator.h>
#include <torch/version.h>

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dynfault::torchscript;
// `torch` is both LibTorch's namespace and, inside ours, the dialect's.
namespace dialect = dynfault::torch;
namespace jit = ::torch::jit;

FunctionWriter::FunctionWriter(ModuleWriter &module,
                               const program::Program &program)
    : module(module), program(program), graph(std::make_shared<jit::Graph>()),
      self(graph->addInput("self")) {
  self->setType(module.getRoot().type());
}

void FunctionWriter::addInput(Value value, StringRef name) {
  jit::Value *input = graph->addInput(name.str());
  input->setType(c10::TensorType::get());
  values[value] = input;
}

void FunctionWriter::finish(StringRef methodName, jit::Value *result) {
  graph->registerOutput(result);
  graph->lint();
  auto classType = module.getRoot().type();
  auto *function =
      module.getRoot()._ivalue()->compilation_unit()->create_function(
          c10::QualifiedName(*classType->name(), methodName.str()), graph);
  classType->addMethod(function);
}

LogicalResult FunctionWriter::writeBlock(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(write(&op)))
      return failure();
  return success();
}

jit::Value *FunctionWriter::readAttribute(StringRef name) {
  if (jit::Value *known = attributes.lookup(name))
    return known;
  auto [scope, leaf] = name.rsplit('.');
  jit::Value *object = leaf.empty() ? self : readAttribute(scope);
  jit::Value *value =
      graph->insertGetAttr(object, (leaf.empty() ? scope : leaf).str());
  attributes[name] = value;
  return value;
}

void FunctionWriter::writeAttribute(StringRef name, jit::Value *value) {
  jit::Node *node = graph->create(c10::prim::SetAttr, {self, value}, 0);
  node->s_(c10::attr::name, name.str());
  graph->insertNode(node);
}

jit::Value *FunctionWriter::tensorList(ArrayRef<jit::Value *> tensors) {
  return graph
      ->insertNode(graph->createList(c10::TensorType::get(),
                                     {tensors.data(), tensors.size()}))
      ->output();
}

FailureOr<ArrayRef<jit::Value *>>
FunctionWriter::append(Operation *op, StringRef name, StringRef overload,
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
  if (operands.size() != schema.arguments().size())
    return op->emitError() << "'" << describe() << "' takes "
                           << schema.arguments().size()
                           << " operands, but there are " << operands.size()
                           << "; its schema is " << c10::str(schema);
  jit::Node *node = graph->create(symbol, {operands.data(), operands.size()},
                                  schema.returns().size());
  for (size_t i = 0; i < schema.returns().size(); ++i) {
    jit::TypePtr type = schema.returns()[i].type();
    // A type variable is resolved by the operation's own result type.
    if (type->hasFreeVariables() && i < op->getNumResults())
      type = TypeReader(nullptr).read(op->getResult(i).getType());
    if (!type)
      return op->emitError()
             << "result #" << i << " has type " << op->getResult(i).getType()
             << ", which an archive cannot hold";
    node->output(i)->setType(type);
  }
  graph->insertNode(node);
  const jit::Operator *resolved = node->maybeOperator();
  if (!resolved || resolved->schema().overload_name() != overload.str()) {
    std::string types;
    for (jit::Value *operand : operands)
      types += (types.empty() ? "" : ", ") + operand->type()->str();
    return op->emitError() << "the operands (" << types
                           << ") do not match the schema " << c10::str(schema);
  }
  outputs.assign(node->outputs().begin(), node->outputs().end());
  return ArrayRef<jit::Value *>(outputs);
}

LogicalResult FunctionWriter::appendVoid(Operation *op, StringRef name,
                                         ArrayRef<jit::Value *> operands) {
  return success(succeeded(append(op, name, "", operands)));
}

LogicalResult FunctionWriter::writeTorchOp(Operation *op) {
  // `aten.add.Tensor`: namespace, name, overload.
  auto [space, rest] = dialect::getTorchName(op).split('.');
  auto [name, overload] = rest.split('.');
  SmallVector<jit::Value *> operands;
  for (Value operand : op->getOperands())
    operands.push_back(lookup(operand));
  auto results = append(op, (space + "::" + name).str(), overload, operands);
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

LogicalResult FunctionWriter::writeCall(func::CallOp op) {
  auto callee = program.getModule().lookupSymbol<func::FuncOp>(op.getCallee());
  if (!callee || callee.isExternal())
    return op.emitError() << "calls '" << op.getCallee()
                          << "', which has no body here";
  if (op.getNumResults() != 1 ||
      !dialect::getTensorInfo(op.getResult(0).getType()))
    return op.emitError("only functions that return one tensor can be called "
                        "in an archive");
  SmallVector<jit::Value *> operands{self};
  for (Value operand : op.getOperands())
    operands.push_back(lookup(operand));
  jit::Node *node = graph->create(c10::prim::CallMethod,
                                  {operands.data(), operands.size()}, 1);
  node->s_(c10::attr::name, op.getCallee().str());
  node->output()->setType(c10::TensorType::get());
  graph->insertNode(node);
  values[op.getResult(0)] = node->output();
  return success();
}

LogicalResult FunctionWriter::writeList(dialect::PrimListConstructOp op) {
  jit::TypePtr element =
      TypeReader(nullptr).read(op.getType().getContainedType());
  if (!element)
    return op.emitError() << "an archive cannot hold a list of "
                          << op.getType().getContainedType();
  SmallVector<jit::Value *> elements;
  for (Value operand : op.getElements())
    elements.push_back(lookup(operand));
  values[op.getResult()] = graph
                               ->insertNode(graph->createList(
                                   element, {elements.data(), elements.size()}))
                               ->output();
  return success();
}

LogicalResult FunctionWriter::writeSlotGet(dialect::GlobalSlotGetOp op) {
  values[op.getResult()] = readAttribute(op.getSlot());
  return success();
}

LogicalResult FunctionWriter::writeLiteral(Operation *op,
                                           ElementsAttr elements) {
  auto type = cast<ShapedType>(elements.getType());
  auto dense = dyn_cast<DenseIntOrFPElementsAttr>(elements);
  auto dtype =
      getScalarType(dialect::getTensorInfo(op->getResult(0).getType())->dtype);
  if (!dtype)
    dtype = getScalarType(type.getElementType());
  if (!dense || !dtype)
    return op->emitError("the literal's values are not in this file or have a "
                         "type that LibTorch has not");
  at::Tensor tensor = at::empty(
      at::IntArrayRef(type.getShape().data(), type.getShape().size()), *dtype);
  ArrayRef<char> raw = dense.getRawData();
  if (dense.isSplat() && tensor.numel() > 0) {
    std::vector<char> all;
    for (int64_t i = 0; i < tensor.numel(); ++i)
      all.insert(all.end(), raw.begin(), raw.end());
    if (all.size() == tensor.nbytes())
      std::memcpy(tensor.data_ptr(), all.data(), all.size());
    else
      return op->emitError("the literal's values do not have its size");
  } else if (raw.size() == tensor.nbytes()) {
    std::memcpy(tensor.data_ptr(), raw.data(), raw.size());
  } else {
    return op->emitError("Boolean literals of several values cannot be written "
                         "yet");
  }
  values[op->getResult(0)] = constant(tensor);
  return success();
}

LogicalResult FunctionWriter::write(Operation *op) {
  auto setConstant = [&](const jit::IValue &value) {
    values[op->getResult(0)] = constant(value);
    return success();
  };
  if (op->getNumRegions())
    return op->emitError("operations with regions (torch.prim.If, "
                         "torch.prim.Loop) cannot be written to an archive "
                         "yet");
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
      // Subtyping is implicit in TorchScript.
      .Case([&](dialect::DerefineOp d) {
        values[d.getResult()] = lookup(d.getOperand());
        return success();
      })
      .Case([&](dialect::PrimListConstructOp l) { return writeList(l); })
      .Case([&](dialect::GlobalSlotGetOp g) { return writeSlotGet(g); })
      .Case([&](dialect::GlobalSlotSetOp s) -> LogicalResult {
        return s.emitOpError("cannot be written to an archive yet; let an "
                             "in-place operation change the slot's value");
      })
      .Case([&](func::CallOp c) { return writeCall(c); })
      .Case([&](program::ProbeActivationOp p) -> LogicalResult {
        auto result =
            append(p, "dynfault::record_activation", "",
                   {readAttribute(kRecorder), lookup(p.getInput()),
                    constant(p.getSite().str()), constant(p.getKind().str()),
                    constant(static_cast<int64_t>(p.getEvery()))});
        if (failed(result))
          return failure();
        values[p.getResult()] = result->front();
        return success();
      })
      .Default([&](Operation *) -> LogicalResult {
        if (!dialect::getTorchName(op).empty())
          return writeTorchOp(op);
        return op->emitError()
               << "'" << op->getName() << "' has no counterpart in TorchScript";
      });
}
