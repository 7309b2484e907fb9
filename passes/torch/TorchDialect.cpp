//===- TorchDialect.cpp - The torch dialect -------------------------------===//

#include "passes/torch/TorchDialect.h"
#include "passes/torch/TorchOps.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace dynfault::torch;

#include "passes/torch/TorchDialect.cpp.inc"

void TorchDialect::initialize() {
  registerTypes();
  addOperations<
#define GET_OP_LIST
#include "passes/torch/TorchOps.cpp.inc"
      >();
  // The generated operations are not declared one by one (GenericOps.cpp).
  allowUnknownOperations();
}

/// `torch.*` attributes of other dialects' operations
/// (`torch.debug_module_name`, `torch.onnx_meta.*`) are information for other
/// tools and kept as they are.
LogicalResult TorchDialect::verifyOperationAttribute(Operation *,
                                                     NamedAttribute) {
  return success();
}

LogicalResult TorchDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                     unsigned,
                                                     NamedAttribute attr) {
  if (attr.getName() == "torch.type_bound" && !isa<TypeAttr>(attr.getValue()))
    return op->emitError("'torch.type_bound' must be a type, e.g. "
                         "!torch.vtensor<[?,3],f32>");
  return success();
}

StringRef dynfault::torch::getTorchName(Operation *op) {
  if (op->getName().getDialectNamespace() != "torch")
    return {};
  StringRef name = op->getName().stripDialect();
  if (auto operatorOp = dyn_cast<OperatorOp>(op)) {
    name = operatorOp.getName();
    name.consume_front("torch.");
  }
  return name;
}
