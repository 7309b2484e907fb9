//===- ShapeInference.cpp - Follows sizes through a program ---------------===//

#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

/// Calls nested deeper than this are recursive.
static constexpr unsigned kMaxCallDepth = 200;

StringRef dynfault::torch::getBaseName(Operation *op) {
  StringRef name = getTorchName(op);
  size_t space = name.find('.');
  if (space == StringRef::npos)
    return {};
  size_t overload = name.find('.', space + 1);
  name = name.take_front(overload);
  // Names such as `__and__` keep theirs.
  return name.ends_with("__") ? name : name.rtrim('_');
}

bool dynfault::torch::isInPlace(Operation *op) {
  StringRef name = getTorchName(op);
  size_t space = name.find('.');
  if (!name.starts_with("aten.") || space == StringRef::npos)
    return false;
  name = name.take_front(name.find('.', space + 1));
  return name.ends_with("_") && !name.ends_with("__");
}

static Fact getTypeSizes(Type type) {
  auto info = getTensorInfo(type);
  if (!info || !info->sizes)
    return std::nullopt;
  return Sizes(info->sizes->begin(), info->sizes->end());
}

/// What is known where both are: an agreed rank, and sizes that agree or are
/// known on one side.
static Fact meet(const Fact &a, const Fact &b) {
  if (!a || !b)
    return a ? a : b;
  if (a->size() != b->size())
    return a;
  Sizes both = *a;
  for (size_t i = 0; i < both.size(); ++i)
    if (ShapedType::isDynamic(both[i]))
      both[i] = (*b)[i];
  return both;
}

/// What is known where either may hold.
static Fact join(const Fact &a, const Fact &b) {
  if (!a || !b || a->size() != b->size())
    return std::nullopt;
  Sizes either = *a;
  for (size_t i = 0; i < either.size(); ++i)
    if (either[i] != (*b)[i])
      either[i] = ShapedType::kDynamic;
  return either;
}

Fact ShapeAnalysis::get(Value value) const { return facts.lookup(value); }

Fact ShapeAnalysis::getOperand(OpOperand &operand) const {
  return get(operand.get());
}

Fact ShapeAnalysis::getSlotSizes(GlobalSlotOp slot) const {
  return getTypeSizes(slot.getTypeBound());
}

void ShapeAnalysis::set(Value value, Fact fact) {
  facts[value] = std::move(fact);
}

Fact ShapeAnalysis::getDeclared(Value value) const {
  return getTypeSizes(value.getType());
}

void ShapeAnalysis::setDeclared(Value value) { set(value, getDeclared(value)); }

Inference ShapeAnalysis::infer(Operation *op) {
  Inference inference;
  if (auto get = dyn_cast<GlobalSlotGetOp>(op)) {
    auto slot = module.lookupSymbol<GlobalSlotOp>(get.getSlot());
    inference.results = {slot ? getSlotSizes(slot) : Fact()};
    inference.isKnown = true;
    return inference;
  }
  inference =
      inferShapes(op, [&](OpOperand &operand) { return getOperand(operand); });
  if (inference.conflict.empty())
    for (auto [fact, result] : llvm::zip(inference.results, op->getResults()))
      fact = meet(fact, getDeclared(result));
  return inference;
}

std::string ShapeAnalysis::visit(Operation *op) {
  StringRef name = op->getName().getStringRef();
  if (auto call = dyn_cast<func::CallOp>(op))
    return visitCall(call);
  if (name == "torch.prim.If")
    return visitIf(op);
  if (name == "torch.prim.Loop")
    return visitLoop(op);
  if (op->getNumResults() == 0)
    return {};
  if (std::string reason = prepare(op); !reason.empty()) {
    conflictOp = op;
    return reason;
  }
  Inference inference = infer(op);
  if (!inference.conflict.empty()) {
    conflictOp = op;
    return inference.conflict;
  }
  for (auto [i, result] : llvm::enumerate(op->getResults()))
    if (i < inference.results.size())
      set(result, inference.results[i]);
    else
      setDeclared(result);
  return {};
}

std::string ShapeAnalysis::visit(Block &block) {
  for (Operation &op : block.without_terminator())
    if (std::string reason = visit(&op); !reason.empty())
      return reason;
  return {};
}

std::string ShapeAnalysis::visitIf(Operation *op) {
  Fact condition = getOperand(op->getOpOperand(0));
  bool isDecided = condition && condition->size() == 1 &&
                   !ShapedType::isDynamic(condition->front());
  SmallVector<Fact> results;
  bool isFirst = true;
  for (auto [index, region] : llvm::enumerate(op->getRegions())) {
    if (region.empty() ||
        (isDecided && (condition->front() != 0) != (index == 0)))
      continue;
    if (std::string reason = visit(region.front()); !reason.empty())
      return reason;
    Operation *yield = region.front().getTerminator();
    for (auto [i, operand] : llvm::enumerate(yield->getOpOperands())) {
      Fact fact = getOperand(operand);
      // A branch that raises yields a value that nobody sees.
      Operation *source = operand.get().getDefiningOp();
      bool isUninitialised = source && source->getName().getStringRef() ==
                                           "torch.prim.Uninitialized";
      if (i >= results.size())
        results.push_back(fact);
      else if (isFirst)
        results[i] = fact;
      else if (!isUninitialised)
        results[i] = results[i] ? join(results[i], fact) : Fact();
    }
    isFirst = false;
  }
  for (auto [result, fact] : llvm::zip(op->getResults(), results))
    set(result, meet(fact, getDeclared(result)));
  return {};
}

std::string ShapeAnalysis::visitLoop(Operation *op) {
  // Trip count and condition come before the values that go round.
  Block &body = op->getRegion(0).front();
  for (auto [i, argument] : llvm::enumerate(body.getArguments())) {
    if (i == 0)
      setDeclared(argument);
    else if (i + 1 < op->getNumOperands())
      set(argument, getOperand(op->getOpOperand(i + 1)));
  }
  // Twice: what changes in the first round is unknown in the second.
  for (int round = 0; round < 2; ++round) {
    if (std::string reason = visit(body); !reason.empty())
      return reason;
    Operation *condition = body.getTerminator();
    for (unsigned i = 1; i < condition->getNumOperands(); ++i)
      if (i < body.getNumArguments()) {
        Value argument = body.getArgument(i);
        set(argument,
            join(get(argument), getOperand(condition->getOpOperand(i))));
      }
  }
  for (auto [i, result] : llvm::enumerate(op->getResults()))
    set(result,
        i + 1 < body.getNumArguments() ? get(body.getArgument(i + 1)) : Fact());
  return {};
}

std::string ShapeAnalysis::visitCall(func::CallOp call) {
  auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
  if (!callee || callee.isExternal() || depth == kMaxCallDepth ||
      !llvm::hasSingleElement(callee.getBody())) {
    for (Value result : call.getResults())
      setDeclared(result);
    return {};
  }
  for (auto [argument, operand] :
       llvm::zip(callee.getArguments(), call->getOpOperands()))
    set(argument, meet(getOperand(operand), getDeclared(argument)));
  ++depth;
  std::string reason = visit(callee.getBody().front());
  --depth;
  if (!reason.empty())
    return reason;
  Operation *end = callee.getBody().front().getTerminator();
  for (auto [result, operand] :
       llvm::zip(call.getResults(), end->getOpOperands()))
    set(result, getOperand(operand));
  return {};
}

std::string ShapeAnalysis::run(func::FuncOp function) {
  facts.clear();
  conflictOp = nullptr;
  depth = 0;
  if (function.isExternal() || !llvm::hasSingleElement(function.getBody()))
    return "the function has no single block";
  for (BlockArgument argument : function.getArguments()) {
    auto bound = function.getArgAttrOfType<TypeAttr>(argument.getArgNumber(),
                                                     "torch.type_bound");
    set(argument, meet(getTypeSizes(argument.getType()),
                       bound ? getTypeSizes(bound.getValue()) : Fact()));
  }
  return visit(function.getBody().front());
}
