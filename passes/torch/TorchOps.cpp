//===- TorchOps.cpp - Structural operations of the torch dialect ----------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/DialectResourceBlobManager.h"

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

/// A literal without values, `dense_resource<__elided__>`.
static ElementsAttr getElided(ShapedType type) {
  using Handle = DenseResourceElementsHandle;
  StringRef key = "__elided__";
  auto &manager = Handle::getManagerInterface(type.getContext());
  if (auto *entry = manager.getBlobManager().lookup(key))
    return DenseResourceElementsAttr::get(
        type, Handle(entry, cast<BuiltinDialect>(manager.getDialect())));
  return DenseResourceElementsAttr::get(type,
                                        manager.insert(key, std::nullopt));
}

/// An elements attribute. Dumps of 2021 write one whose values were left out as
/// `opaque<"elided_large_const", "0xDEADBEEF">`, which MLIR reads no longer.
static ParseResult parseLiteral(OpAsmParser &parser, ElementsAttr &value) {
  SMLoc loc = parser.getCurrentLocation();
  if (failed(parser.parseOptionalKeyword("opaque")))
    return parser.parseAttribute(value);
  std::string dialect, bytes;
  ShapedType type;
  if (parser.parseLess() || parser.parseString(&dialect) ||
      parser.parseComma() || parser.parseString(&bytes) ||
      parser.parseGreater() || parser.parseColonType(type))
    return failure();
  if (dialect != "elided_large_const" || !type.hasStaticShape())
    return parser.emitError(loc,
                            "only elided literals of static shape are read "
                            "from this old form: opaque<"
                            "\"elided_large_const\", \"0xDEADBEEF\">");
  value = getElided(type);
  return success();
}

static void printLiteral(OpAsmPrinter &printer, Operation *,
                         ElementsAttr value) {
  printer << value;
}

#define GET_OP_CLASSES
#include "passes/torch/TorchOps.cpp.inc"
