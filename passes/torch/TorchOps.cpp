//===- TorchOps.cpp - Structural operations of the torch dialect ----------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

/// A list of types that may be empty, which MLIR's own may not.
static ParseResult parseTypes(OpAsmParser &parser,
                              SmallVectorImpl<Type> &types) {
  Type first;
  OptionalParseResult parsed = parser.parseOptionalType(first);
  if (!parsed.has_value())
    return success();
  if (failed(*parsed))
    return failure();
  types.push_back(first);
  return failed(parser.parseOptionalComma()) ? success()
                                             : parser.parseTypeList(types);
}

static void printTypes(OpAsmPrinter &printer, Operation *, TypeRange types) {
  llvm::interleaveComma(types, printer);
}

#define GET_OP_CLASSES
#include "passes/torch/TorchOps.cpp.inc"
