//===- PrimOps.cpp - Operations of TorchScript's interpreter --------------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

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
    (void)parser.parseOptionalComma();
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
  if (!getRegions().empty())
    printer << ' ';
  llvm::interleaveComma(getRegions(), printer,
                        [&](Region &region) { printer.printRegion(region); });
}
