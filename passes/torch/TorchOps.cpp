//===- TorchOps.cpp - Structural operations of the torch dialect ----------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

// torch-mlir names constants after their values: %int1, %float1.000000e-05.

void ConstantNoneOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "none");
}
void ConstantStrOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "str");
}
void ConstantDeviceOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), getValue());
}
void ConstantIntOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), ("int" + Twine(getValueAttr().getInt())).str());
}
void ConstantFloatOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  std::string name;
  llvm::raw_string_ostream stream(name);
  stream << "float";
  getValueAttr().print(stream, /*elideType=*/true);
  // A `+` is no part of a name: %float1.000000e00.
  llvm::erase(name, '+');
  setName(getResult(), name);
}
void ConstantBoolOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), getValue() ? "true" : "false");
}
void ConstantNumberOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "number");
}

OpFoldResult ConstantNoneOp::fold(FoldAdaptor) {
  return UnitAttr::get(getContext());
}
OpFoldResult ConstantStrOp::fold(FoldAdaptor) { return getValueAttr(); }
OpFoldResult ConstantDeviceOp::fold(FoldAdaptor) { return getValueAttr(); }
OpFoldResult ConstantIntOp::fold(FoldAdaptor) { return getValueAttr(); }
OpFoldResult ConstantFloatOp::fold(FoldAdaptor) { return getValueAttr(); }
OpFoldResult ConstantBoolOp::fold(FoldAdaptor) { return getValueAttr(); }
OpFoldResult ConstantNumberOp::fold(FoldAdaptor) { return getValueAttr(); }

//===----------------------------------------------------------------------===//
// Literals
//===----------------------------------------------------------------------===//

void ValueTensorLiteralOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "literal");
}
void NonValueTensorLiteralOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), "literal");
}

/// Whether values of type `element` can be those of a tensor of type `dtype`.
/// Dumps write integers with and without their sign (`i64` for `si64`).
static bool isCompatible(Type element, Type dtype) {
  if (element.isInteger() && dtype.isInteger())
    return element.getIntOrFloatBitWidth() == dtype.getIntOrFloatBitWidth();
  // Quantized dtypes are stored as plain integers.
  return element == dtype || !dtype.isIntOrFloat();
}

/// The literal's shape and dtype must be ones that the result type allows.
template <typename LiteralT>
static LogicalResult verifyLiteral(LiteralT op) {
  auto shaped = cast<ShapedType>(op.getValue().getType());
  TensorInfo info = *getTensorInfo(op.getType());
  if (info.dtype && !isCompatible(shaped.getElementType(), info.dtype))
    return op.emitOpError() << "has a value of type " << shaped
                            << ", whose dtype the result type " << op.getType()
                            << " does not allow";
  if (!info.sizes)
    return success();
  bool matches = info.sizes->size() == static_cast<size_t>(shaped.getRank());
  for (size_t i = 0; matches && i < info.sizes->size(); ++i)
    matches = ShapedType::isDynamic((*info.sizes)[i]) ||
              (*info.sizes)[i] == shaped.getDimSize(i);
  if (matches)
    return success();
  return op.emitOpError() << "has a value of type " << shaped
                          << ", whose shape the result type " << op.getType()
                          << " does not allow";
}

LogicalResult ValueTensorLiteralOp::verify() { return verifyLiteral(*this); }
LogicalResult NonValueTensorLiteralOp::verify() { return verifyLiteral(*this); }

//===----------------------------------------------------------------------===//
// Containers
//===----------------------------------------------------------------------===//

LogicalResult PrimListConstructOp::verify() {
  Type element = getType().getContainedType();
  // Tensors may be listed under a less refined tensor type, and any value
  // under `any` or an optional of its type.
  auto isAllowed = [&](Type type) {
    if (type == element || isa<AnyType>(element))
      return true;
    if (auto optional = dyn_cast<OptionalType>(element))
      return type == optional.getContainedType() ||
             isa<torch::NoneType>(type) ||
             (getTensorInfo(type) &&
              getTensorInfo(optional.getContainedType()));
    return getTensorInfo(type) && getTensorInfo(element);
  };
  for (auto [index, type] : llvm::enumerate(getElements().getTypes()))
    if (!isAllowed(type))
      return emitOpError() << "element #" << index << " has type " << type
                           << ", which a list of " << element << " cannot hold";
  return success();
}

//===----------------------------------------------------------------------===//
// OperatorOp
//===----------------------------------------------------------------------===//

ParseResult OperatorOp::parse(OpAsmParser &parser, OperationState &result) {
  std::string name;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  FunctionType type;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseString(&name) ||
      parser.parseOperandList(operands, AsmParser::Delimiter::Paren) ||
      parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColonType(type) ||
      parser.resolveOperands(operands, type.getInputs(), loc, result.operands))
    return failure();
  result.addAttribute("name", parser.getBuilder().getStringAttr(name));
  result.addTypes(type.getResults());
  while (true) {
    auto region = std::make_unique<Region>();
    OptionalParseResult parsed = parser.parseOptionalRegion(*region);
    if (!parsed.has_value())
      return success();
    if (failed(*parsed))
      return failure();
    result.addRegion(std::move(region));
  }
}

void OperatorOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printString(getName());
  printer << '(';
  printer.printOperands(getOperands());
  printer << ')';
  printer.printOptionalAttrDict((*this)->getAttrs(), {"name"});
  printer << " : ";
  printer.printFunctionalType(getOperandTypes(), getResultTypes());
  for (Region &region : getRegions()) {
    printer << ' ';
    printer.printRegion(region);
  }
}

//===----------------------------------------------------------------------===//
// Global slots
//===----------------------------------------------------------------------===//

void GlobalSlotGetOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), getSlot());
}

/// The slot must exist and its type bound must go with `type`: equal, or both
/// tensors (a use may be more refined than the bound).
static LogicalResult verifySlotUse(Operation *op, FlatSymbolRefAttr slotRef,
                                   Type type, SymbolTableCollection &tables) {
  auto slot = tables.lookupNearestSymbolFrom<GlobalSlotOp>(op, slotRef);
  if (!slot)
    return op->emitOpError()
           << "names " << slotRef
           << ", which is no global slot of this module; declare it with "
              "'torch.global_slot "
           << slotRef << " : ...'";
  Type bound = slot.getTypeBound();
  if (bound == type || (getTensorInfo(bound) && getTensorInfo(type)))
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError()
                                  << "uses " << slotRef << " as " << type
                                  << ", but its type bound is " << bound;
  diagnostic.attachNote(slot.getLoc()) << "the slot is declared here";
  return diagnostic;
}

LogicalResult GlobalSlotGetOp::verifySymbolUses(SymbolTableCollection &tables) {
  return verifySlotUse(*this, getSlotAttr(), getType(), tables);
}
LogicalResult GlobalSlotSetOp::verifySymbolUses(SymbolTableCollection &tables) {
  return verifySlotUse(*this, getSlotAttr(), getValue().getType(), tables);
}

#define GET_OP_CLASSES
#include "passes/torch/TorchOps.cpp.inc"
