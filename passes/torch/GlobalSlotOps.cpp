//===- GlobalSlotOps.cpp - Global slots -----------------------------------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

void GlobalSlotGetOp::getAsmResultNames(OpAsmSetValueNameFn setName) {
  setName(getResult(), getSlot());
}

/// The slot must exist and its type bound must go with `type`: one holds the
/// other's values (a use may be more refined than the bound).
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
  if (isAssignable(type, bound) || isAssignable(bound, type))
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

//===----------------------------------------------------------------------===//
// First values
//===----------------------------------------------------------------------===//

void GlobalSlotOp::build(OpBuilder &builder, OperationState &state,
                         StringRef name, Type typeBound) {
  build(builder, state, builder.getStringAttr(name), /*sym_visibility=*/{},
        TypeAttr::get(typeBound), /*initializerCount=*/0);
}

LogicalResult GlobalSlotOp::verify() {
  if (getInitializer().empty())
    return success();
  if (getInitializer().size() > 1)
    return emitOpError("has several initialiser regions; it takes one");
  Block &block = getInitializer().front().front();
  auto init = block.empty() ? GlobalSlotInitOp()
                            : dyn_cast<GlobalSlotInitOp>(block.back());
  if (!init)
    return emitOpError("needs a 'torch.global_slot.init' at the end of its "
                       "initialiser region");
  for (Type type : init->getOperandTypes())
    if (!isAssignable(type, getTypeBound()))
      return init.emitOpError()
             << "gives @" << getSymName() << " a value of type " << type
             << ", but its type bound is " << getTypeBound();
  return success();
}

LogicalResult GlobalSlotModuleInitializerOp::verify() {
  for (auto other : (*this)
                        ->getParentOfType<ModuleOp>()
                        .getOps<GlobalSlotModuleInitializerOp>()) {
    if (other == *this)
      break;
    InFlightDiagnostic diagnostic = emitOpError(
        "stands twice; a module has one, which names all of its slots");
    diagnostic.attachNote(other.getLoc()) << "the other one is here";
    return diagnostic;
  }
  Block &block = getInitializer().front();
  if (block.empty() || !isa<InitializeGlobalSlotsOp>(block.back()))
    return emitOpError("needs a 'torch.initialize.global_slots' at its end");
  return success();
}

// [ @name(%value : type) ... ], one line each.

ParseResult InitializeGlobalSlotsOp::parse(OpAsmParser &parser,
                                           OperationState &result) {
  SmallVector<Attribute> names;
  if (parser.parseOptionalAttrDict(result.attributes) || parser.parseLSquare())
    return failure();
  while (failed(parser.parseOptionalRSquare())) {
    StringAttr name;
    OpAsmParser::UnresolvedOperand value;
    Type type;
    if (parser.parseSymbolName(name) || parser.parseLParen() ||
        parser.parseOperand(value) || parser.parseColonType(type) ||
        parser.resolveOperand(value, type, result.operands) ||
        parser.parseRParen())
      return failure();
    names.push_back(FlatSymbolRefAttr::get(name));
    (void)parser.parseOptionalComma();
  }
  result.addAttribute(getSlotSymNamesAttrName(result.name),
                      parser.getBuilder().getArrayAttr(names));
  return success();
}

void InitializeGlobalSlotsOp::print(OpAsmPrinter &printer) {
  printer.printOptionalAttrDict((*this)->getAttrs(),
                                {getSlotSymNamesAttrName()});
  printer << " [";
  printer.increaseIndent();
  for (auto [name, value] : llvm::zip(getSlotSymNames(), getInitialValues())) {
    printer.printNewline();
    printer << name << '(' << value << " : " << value.getType() << ')';
  }
  printer.decreaseIndent();
  printer.printNewline();
  printer << ']';
}

LogicalResult InitializeGlobalSlotsOp::verify() {
  if (getSlotSymNames().size() != getInitialValues().size())
    return emitOpError() << "names " << getSlotSymNames().size()
                         << " slots, but has " << getInitialValues().size()
                         << " values";
  llvm::DenseSet<Attribute> seen;
  for (Attribute name : getSlotSymNames())
    if (!seen.insert(name).second)
      return emitOpError() << "gives " << name << " two values; a slot has one";
  return success();
}

LogicalResult
InitializeGlobalSlotsOp::verifySymbolUses(SymbolTableCollection &tables) {
  for (auto [name, value] : llvm::zip(getSlotSymNames(), getInitialValues()))
    if (failed(verifySlotUse(*this, cast<FlatSymbolRefAttr>(name),
                             value.getType(), tables)))
      return failure();
  return success();
}
