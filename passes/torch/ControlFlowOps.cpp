//===- ControlFlowOps.cpp - Branches and loops ----------------------------===//
//
// The verifiers check counts and types of what regions take and give before
// MLIR's own check of control flow does, whose messages speak of edges.
//
//===----------------------------------------------------------------------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

/// `given` must be as many as `expected` and of the same types. The note stands
/// at `op`, whose types `expected` are.
static LogicalResult verifyTypes(Operation *at, TypeRange given, Operation *op,
                                 TypeRange expected, StringRef verb,
                                 StringRef what) {
  if (given == expected)
    return success();
  InFlightDiagnostic diagnostic = at->emitOpError();
  if (given.size() != expected.size()) {
    diagnostic << verb << " " << given.size() << " values, but the "
               << op->getName().getStringRef() << " has " << expected.size()
               << " " << what << "s";
  } else {
    for (auto [index, types] : llvm::enumerate(llvm::zip(given, expected))) {
      auto [type, wanted] = types;
      if (type == wanted)
        continue;
      diagnostic << verb << " " << type << " as value #" << index
                 << ", but that " << what << " is " << wanted;
      break;
    }
  }
  diagnostic.attachNote(op->getLoc()) << "it is here";
  return diagnostic;
}

/// The region's last operation if it is a `TerminatorT`, or else null with an
/// error. Nested operations are verified later, so it may be anything.
template <typename TerminatorT>
static TerminatorT verifyTerminator(Operation *op, Region &region,
                                    StringRef which) {
  Block &block = region.front();
  auto terminator =
      block.empty() ? TerminatorT() : dyn_cast<TerminatorT>(block.back());
  if (!terminator)
    op->emitOpError() << "needs a '" << TerminatorT::getOperationName()
                      << "' at the end of its " << which;
  return terminator;
}

//===----------------------------------------------------------------------===//
// PrimIfOp
//===----------------------------------------------------------------------===//

ParseResult PrimIfOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand condition;
  Region *thenRegion = result.addRegion(), *elseRegion = result.addRegion();
  return failure(
      parser.parseOperand(condition) ||
      parser.resolveOperand(condition, parser.getBuilder().getType<BoolType>(),
                            result.operands) ||
      parser.parseArrowTypeList(result.types) ||
      parser.parseRegion(*thenRegion) || parser.parseKeyword("else") ||
      parser.parseRegion(*elseRegion) ||
      parser.parseOptionalAttrDict(result.attributes));
}

void PrimIfOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getCondition() << " -> (" << getResultTypes() << ") ";
  printer.printRegion(getThenRegion(), /*printEntryBlockArgs=*/false);
  printer << " else ";
  printer.printRegion(getElseRegion(), /*printEntryBlockArgs=*/false);
  printer.printOptionalAttrDict((*this)->getAttrs());
}

LogicalResult PrimIfOp::verify() {
  for (Region *region : {&getThenRegion(), &getElseRegion()}) {
    bool isThen = region == &getThenRegion();
    auto yield = verifyTerminator<PrimIfYieldOp>(
        *this, *region, isThen ? "first region" : "else region");
    if (!yield || failed(verifyTypes(yield, yield.getOperandTypes(), *this,
                                     getResultTypes(), "yields", "result")))
      return failure();
  }
  return success();
}

void PrimIfOp::getSuccessorRegions(RegionBranchPoint point,
                                   SmallVectorImpl<RegionSuccessor> &regions) {
  if (!point.isParent()) {
    regions.push_back(RegionSuccessor(getResults()));
    return;
  }
  regions.push_back(RegionSuccessor(&getThenRegion()));
  regions.push_back(RegionSuccessor(&getElseRegion()));
}

void PrimIfOp::getRegionInvocationBounds(
    ArrayRef<Attribute> operands, SmallVectorImpl<InvocationBounds> &bounds) {
  auto condition = dyn_cast_or_null<BoolAttr>(operands.front());
  for (bool isThen : {true, false})
    bounds.push_back(
        InvocationBounds(condition && condition.getValue() == isThen,
                         !condition || condition.getValue() == isThen));
}

//===----------------------------------------------------------------------===//
// PrimLoopOp
//===----------------------------------------------------------------------===//

LogicalResult PrimLoopOp::verify() {
  if (failed(verifyTypes(*this, getIterArgsInit().getTypes(), *this,
                         getResultTypes(), "starts from", "result")))
    return failure();
  Block &body = getRegion().front();
  if (body.getNumArguments() == 0 ||
      !isa<IntType>(body.getArgument(0).getType()))
    return emitOpError("needs a region whose first argument is the iteration's "
                       "number, of type !torch.int");
  TypeRange carried = TypeRange(body.getArgumentTypes()).drop_front();
  if (failed(verifyTypes(*this, carried, *this, getResultTypes(),
                         "has a region that takes", "result")))
    return failure();
  auto condition =
      verifyTerminator<PrimLoopConditionOp>(*this, getRegion(), "region");
  if (!condition)
    return failure();
  // Nested operations are verified later: the operand that is counted off may
  // not be there yet.
  if (condition->getNumOperands() == 0)
    return condition.emitOpError("needs a condition");
  return verifyTypes(condition, condition.getIterArgs().getTypes(), *this,
                     getResultTypes(), "carries", "result");
}

OperandRange PrimLoopOp::getEntrySuccessorOperands(RegionBranchPoint) {
  return getIterArgsInit();
}

void PrimLoopOp::getSuccessorRegions(
    RegionBranchPoint, SmallVectorImpl<RegionSuccessor> &regions) {
  // From outside and from the region alike: once more, or on.
  regions.push_back(
      RegionSuccessor(&getRegion(), getRegion().getArguments().drop_front()));
  regions.push_back(RegionSuccessor(getResults()));
}

MutableOperandRange
PrimLoopConditionOp::getMutableSuccessorOperands(RegionBranchPoint) {
  return getIterArgsMutable();
}
