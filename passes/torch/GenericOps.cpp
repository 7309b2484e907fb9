//===- GenericOps.cpp - The syntax shared by all generated operations -----===//
//
// torch-mlir generates several hundred operations from PyTorch's schemas. They
// share one custom syntax:
//
//   %r0, %r1 = torch.<ns>.<name>[.<overload>] %a, %b {attrs} : T0, T1 -> R0, R1
//
// Parsing and printing that syntax from a hook reads every one of them, those
// of later PyTorch releases included, without a declaration for each.
//
//===----------------------------------------------------------------------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace dynfault::torch;

static ParseResult parseGenericOp(OpAsmParser &parser, OperationState &state) {
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<Type> types;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseOperandList(operands) ||
      parser.parseOptionalAttrDict(state.attributes))
    return failure();

  if (failed(parser.parseOptionalColon())) {
    if (operands.empty())
      return success();
    return parser.emitError(parser.getCurrentLocation())
           << "has operands, so their types must follow: ': type, ... -> type, "
              "...' (an operation with a syntax of its own that this version "
              "does not know is read in MLIR's generic form)";
  }
  if (parser.parseTypeList(types))
    return failure();
  // Without operands the one type list holds the results (`: R`).
  if (operands.empty()) {
    state.addTypes(types);
    return success();
  }
  SmallVector<Type> results;
  if (succeeded(parser.parseOptionalArrow()) && parser.parseTypeList(results))
    return failure();
  state.addTypes(results);
  return parser.resolveOperands(operands, types, loc, state.operands);
}

static void printGenericOp(Operation *op, OpAsmPrinter &printer) {
  // The printer has written the operation's name.
  if (op->getNumOperands() > 0) {
    printer << ' ';
    printer.printOperands(op->getOperands());
  }
  printer.printOptionalAttrDict(op->getAttrs());
  if (op->getNumOperands() == 0 && op->getNumResults() == 0)
    return;
  printer << " : ";
  llvm::interleaveComma(op->getOperandTypes(), printer);
  if (op->getNumResults() == 0)
    return;
  if (op->getNumOperands() > 0)
    printer << " -> ";
  llvm::interleaveComma(op->getResultTypes(), printer);
}

/// Whether MLIR's lexer reads `name` without quotes: letters, digits, `_`, `$`
/// and `.`. A name that it has read with quotes may hold any byte.
static bool isBareIdentifier(StringRef name) {
  return llvm::all_of(name, [](char c) {
    return llvm::isAlnum(c) || c == '_' || c == '$' || c == '.';
  });
}

std::optional<Dialect::ParseOpHook>
TorchDialect::getParseOperationHook(StringRef) const {
  return ParseOpHook(parseGenericOp);
}

llvm::unique_function<void(Operation *, OpAsmPrinter &)>
TorchDialect::getOperationPrinter(Operation *op) const {
  // Regions, successors and properties (`<{...}>`, which MLIR keeps opaque for
  // an undeclared operation) have no place in the shared syntax, and names that
  // need quotes have none before it.
  if (op->isRegistered() || op->getNumRegions() || op->getNumSuccessors() ||
      op->getPropertiesAsAttribute() ||
      !isBareIdentifier(op->getName().getStringRef()))
    return nullptr;
  // A name alone would take the next line's results for its operands.
  if (!op->getNumOperands() && !op->getNumResults() && op->getAttrs().empty())
    return nullptr;
  return printGenericOp;
}

Operation *dynfault::torch::createTorchOp(OpBuilder &builder, Location loc,
                                          StringRef name, ValueRange operands,
                                          TypeRange results) {
  OperationState state(loc, ("torch." + name).str());
  state.addOperands(operands);
  state.addTypes(results);
  return builder.create(state);
}
