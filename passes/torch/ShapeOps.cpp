//===- ShapeOps.cpp - Symbolic sizes and calculated shapes ----------------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

LogicalResult SymbolicIntOp::verify() {
  if (getMinVal() <= getMaxVal())
    return success();
  return emitOpError() << "has a minimum of " << getMinVal()
                       << " above its maximum of " << getMaxVal();
}

ParseResult BindSymbolicShapeOp::parse(OpAsmParser &parser,
                                       OperationState &result) {
  OpAsmParser::UnresolvedOperand operand;
  SmallVector<OpAsmParser::UnresolvedOperand> symbols;
  AffineMapAttr expressions;
  Type type;
  return failure(
      parser.parseOperand(operand) || parser.parseComma() ||
      parser.parseOperandList(symbols, OpAsmParser::Delimiter::Square) ||
      parser.parseComma() ||
      parser.parseAttribute(expressions,
                            getShapeExpressionsAttrName(result.name),
                            result.attributes) ||
      parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColonType(type) ||
      parser.resolveOperand(operand, type, result.operands) ||
      parser.resolveOperands(symbols, parser.getBuilder().getType<IntType>(),
                             result.operands));
}

void BindSymbolicShapeOp::print(OpAsmPrinter &printer) {
  // The map is written out, as torch-mlir does, and not by an alias.
  printer << ' ' << getOperand() << ", [" << getShapeSymbols()
          << "], affine_map<" << getShapeExpressions() << '>';
  printer.printOptionalAttrDict((*this)->getAttrs(),
                                {getShapeExpressionsAttrName()});
  printer << " : " << getOperand().getType();
}

LogicalResult BindSymbolicShapeOp::verify() {
  AffineMap map = getShapeExpressions();
  if (map.getNumDims() != 0)
    return emitOpError(
        "takes a map of symbols, '()[s0, ...] -> (...)', without "
        "dimensions");
  if (map.getNumSymbols() != getShapeSymbols().size())
    return emitOpError() << "has " << getShapeSymbols().size()
                         << " symbols, but its map takes "
                         << map.getNumSymbols();
  if (auto sizes = getTensorInfo(getOperand().getType())->sizes;
      sizes && sizes->size() != map.getNumResults())
    return emitOpError() << "binds " << map.getNumResults()
                         << " sizes of a tensor of rank " << sizes->size();
  for (Value symbol : getShapeSymbols())
    if (!symbol.getDefiningOp<SymbolicIntOp>())
      return emitOpError("takes symbols that 'torch.symbolic_int' makes");
  return success();
}

//===----------------------------------------------------------------------===//
// Calculations
//===----------------------------------------------------------------------===//

/// The first region gives the results; the second one gives, for each, a value
/// of type `calculated`.
template <typename YieldT, typename CalculationYieldT, typename OpT>
static LogicalResult verifyCalculation(OpT op, Type calculated) {
  auto getLast = [](Region &region) -> Operation * {
    return region.front().empty() ? nullptr : &region.front().back();
  };
  auto yield = dyn_cast_or_null<YieldT>(getLast(op.getBody()));
  auto values =
      dyn_cast_or_null<CalculationYieldT>(getLast(op.getCalculation()));
  if (!yield || !values)
    return op.emitOpError()
           << "needs a '" << YieldT::getOperationName()
           << "' at the end of its first region and a '"
           << CalculationYieldT::getOperationName() << "' at its second's";
  if (yield->getOperandTypes() != op->getResultTypes()) {
    InFlightDiagnostic diagnostic =
        yield->emitOpError("must yield values of the results' types");
    diagnostic.attachNote(op.getLoc()) << "the results are here";
    return diagnostic;
  }
  if (values->getNumOperands() != op->getNumResults() ||
      llvm::any_of(values->getOperandTypes(),
                   [&](Type type) { return type != calculated; })) {
    InFlightDiagnostic diagnostic = values->emitOpError()
                                    << "must yield a " << calculated
                                    << " for each of " << op->getNumResults()
                                    << " results";
    diagnostic.attachNote(op.getLoc()) << "the results are here";
    return diagnostic;
  }
  return success();
}

/// The calculation runs first, then the first region.
template <typename OpT>
static void
getCalculationSuccessors(OpT op, RegionBranchPoint point,
                         SmallVectorImpl<RegionSuccessor> &regions) {
  if (point.isParent())
    regions.push_back(RegionSuccessor(&op.getCalculation()));
  else if (point == &op.getCalculation())
    regions.push_back(RegionSuccessor(&op.getBody()));
  else
    regions.push_back(RegionSuccessor(op.getResults()));
}

LogicalResult ShapeCalculateOp::verify() {
  return verifyCalculation<ShapeCalculateYieldOp, ShapeCalculateYieldShapesOp>(
      *this, ListType::get(getContext(), IntType::get(getContext())));
}
void ShapeCalculateOp::getSuccessorRegions(
    RegionBranchPoint point, SmallVectorImpl<RegionSuccessor> &regions) {
  getCalculationSuccessors(*this, point, regions);
}
MutableOperandRange
ShapeCalculateYieldShapesOp::getMutableSuccessorOperands(RegionBranchPoint) {
  return MutableOperandRange(*this, 0, 0);
}

LogicalResult DtypeCalculateOp::verify() {
  return verifyCalculation<DtypeCalculateYieldOp, DtypeCalculateYieldDtypesOp>(
      *this, IntType::get(getContext()));
}
void DtypeCalculateOp::getSuccessorRegions(
    RegionBranchPoint point, SmallVectorImpl<RegionSuccessor> &regions) {
  getCalculationSuccessors(*this, point, regions);
}
MutableOperandRange
DtypeCalculateYieldDtypesOp::getMutableSuccessorOperands(RegionBranchPoint) {
  return MutableOperandRange(*this, 0, 0);
}
