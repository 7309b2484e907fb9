//===- FunctionWriter.cpp - A function becomes a method -------------------===//

#include "passes/torchscript/FunctionWriter.h"
#include "passes/torch/TorchOps.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dynfault::torchscript;
// `torch` is both LibTorch's namespace and, inside ours, the dialect's.
namespace dialect = dynfault::torch;
namespace jit = ::torch::jit;

FunctionWriter::FunctionWriter(ModuleWriter &module,
                               const program::Program &program)
    : GraphWriter(module.getRoot()._ivalue()->compilation_unit()),
      module(module), program(program), self(graph->addInput("self")) {
  self->setType(module.getRoot().type());
  ModuleOp moduleOp = program.getModule();
  moduleOp.walk([&](dialect::GlobalSlotSetOp set) {
    writtenSlots.insert(set.getSlot());
  });
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

void FunctionWriter::finish(const c10::FunctionSchema &schema,
                            ValueRange results) {
  finish(schema.name(),
         results.empty() ? constant({}) : lookup(results.front()));
  module.getRoot().type()->getMethod(schema.name()).setSchema(schema);
}

LogicalResult FunctionWriter::writeBlock(Block &block) {
  // What is read inside a branch is not visible behind it.
  llvm::StringMap<jit::Value *> outside = attributes;
  LogicalResult result = GraphWriter::writeBlock(block);
  if (block.getParentOp()->getParentOfType<func::FuncOp>())
    attributes = std::move(outside);
  return result;
}

jit::Value *FunctionWriter::readAttribute(StringRef name) {
  bool isWritten = writtenSlots.contains(name);
  if (jit::Value *known = attributes.lookup(name); known && !isWritten)
    return known;
  auto [scope, leaf] = name.rsplit('.');
  jit::Value *object = leaf.empty() ? self : readAttribute(scope);
  jit::Value *value =
      graph->insertGetAttr(object, (leaf.empty() ? scope : leaf).str());
  attributes[name] = value;
  return value;
}

void FunctionWriter::writeAttribute(StringRef name, jit::Value *value) {
  auto [scope, leaf] = name.rsplit('.');
  jit::Value *object = leaf.empty() ? self : readAttribute(scope);
  jit::Node *node = graph->create(c10::prim::SetAttr, {object, value}, 0);
  node->s_(c10::attr::name, (leaf.empty() ? scope : leaf).str());
  graph->insertNode(node);
}

LogicalResult FunctionWriter::writeForwardBegin(func::FuncOp forward) {
  // What the probes of the training step would look at, for a step that is not
  // the archive's own.
  program::ProbeOpInterface probe;
  program.getTrainingStep().walk([&](Operation *op) {
    if (isa<program::ProbeGradientsOp, program::ProbeOptimizerOp>(op))
      probe = cast<program::ProbeOpInterface>(op);
  });
  SmallVector<jit::Value *> tensors;
  c10::List<std::string> names;
  uint64_t schedule[3] = {0, 0, 0};
  if (probe) {
    schedule[0] = probe.getEvery();
    schedule[1] = probe.getWarmUp();
    schedule[2] = probe.getEpochs();
    auto only = probe->getAttrOfType<ArrayAttr>("parameters");
    for (dialect::GlobalSlotOp slot : program.getParameters()) {
      if (only && !llvm::is_contained(only.getAsValueRange<StringAttr>(),
                                      slot.getSymName()))
        continue;
      tensors.push_back(readAttribute(slot.getSymName()));
      names.push_back(slot.getSymName().str());
    }
  }
  SmallVector<jit::Value *> operands{readAttribute(kRecorder),
                                     readAttribute(kTraining),
                                     tensorList(tensors), constant(names)};
  for (uint64_t number : schedule)
    operands.push_back(constant(static_cast<int64_t>(number)));
  return appendVoid(forward, "dynfault::begin_forward", operands);
}

LogicalResult FunctionWriter::writeCall(func::CallOp op) {
  auto callee = program.getModule().lookupSymbol<func::FuncOp>(op.getCallee());
  if (!callee || callee.isExternal())
    return op.emitError() << "calls '" << op.getCallee()
                          << "', which has no body here";
  if (op.getNumResults() != 1)
    return op.emitError("only functions that return one value can be called in "
                        "an archive");
  SmallVector<jit::Value *> operands{self};
  llvm::append_range(operands, lookup(op.getOperands()));
  auto node = appendNode(op, c10::prim::CallMethod, operands);
  if (failed(node))
    return failure();
  (*node)->s_(c10::attr::name, op.getCallee().str());
  return success();
}

LogicalResult FunctionWriter::writeSlotGet(dialect::GlobalSlotGetOp op) {
  define(op.getResult(), readAttribute(op.getSlot()));
  return success();
}

LogicalResult FunctionWriter::write(Operation *op) {
  auto integer = [&](uint64_t value) {
    return constant(static_cast<int64_t>(value));
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](dialect::GlobalSlotGetOp g) { return writeSlotGet(g); })
      .Case([&](dialect::GlobalSlotSetOp s) {
        writeAttribute(s.getSlot(), lookup(s.getValue()));
        return success();
      })
      .Case([&](func::CallOp c) { return writeCall(c); })
      .Case([&](program::ProbeActivationOp p) -> LogicalResult {
        auto result =
            append(p, "dynfault::record_activation", "",
                   {readAttribute(kRecorder), lookup(p.getInput()),
                    constant(p.getSite().str()), constant(p.getKind().str()),
                    integer(p.getEvery()), integer(p.getWarmUp()),
                    integer(p.getEpochs()), integer(p.getUnitDim())});
        if (failed(result))
          return failure();
        define(p.getResult(), result->front());
        return success();
      })
      .Default([&](Operation *) { return GraphWriter::write(op); });
}
