//===- ConversionDialect.cpp - The torch_c dialect ------------------------===//

#include "passes/torch/ConversionDialect.h"
#include "passes/torch/TorchDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch_c;

#include "passes/torch/ConversionDialect.cpp.inc"

void TorchCDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "passes/torch/ConversionOps.cpp.inc"
      >();
}

/// A cast of a cast back is the value itself.
template <typename InverseT, typename OpT>
static OpFoldResult foldInverse(OpT op) {
  auto inverse = op.getOperand().template getDefiningOp<InverseT>();
  if (inverse && inverse.getOperand().getType() == op.getType())
    return inverse.getOperand();
  return {};
}

OpFoldResult ToBuiltinTensorOp::fold(FoldAdaptor) {
  return foldInverse<FromBuiltinTensorOp>(*this);
}
OpFoldResult FromBuiltinTensorOp::fold(FoldAdaptor) {
  return foldInverse<ToBuiltinTensorOp>(*this);
}
OpFoldResult ToI1Op::fold(FoldAdaptor) { return foldInverse<FromI1Op>(*this); }
OpFoldResult FromI1Op::fold(FoldAdaptor) { return foldInverse<ToI1Op>(*this); }
OpFoldResult ToI64Op::fold(FoldAdaptor) {
  return foldInverse<FromI64Op>(*this);
}
OpFoldResult FromI64Op::fold(FoldAdaptor) {
  return foldInverse<ToI64Op>(*this);
}
OpFoldResult ToF64Op::fold(FoldAdaptor) {
  return foldInverse<FromF64Op>(*this);
}
OpFoldResult FromF64Op::fold(FoldAdaptor) {
  return foldInverse<ToF64Op>(*this);
}
OpFoldResult GeneratorToI64Op::fold(FoldAdaptor) {
  return foldInverse<I64ToGeneratorOp>(*this);
}
OpFoldResult I64ToGeneratorOp::fold(FoldAdaptor) {
  return foldInverse<GeneratorToI64Op>(*this);
}

/// A tensor's element type is its dtype without a sign; quantized dtypes are
/// stored as plain integers.
static LogicalResult verifyTensorCast(Operation *op, Type torchType,
                                      Type builtinType) {
  torch::TensorInfo info = *torch::getTensorInfo(torchType);
  auto shaped = cast<ShapedType>(builtinType);
  Type element = shaped.getElementType();
  bool agrees =
      !info.dtype || info.dtype == element || !info.dtype.isIntOrFloat();
  if (info.dtype && info.dtype.isInteger() && element.isInteger())
    agrees =
        info.dtype.getIntOrFloatBitWidth() == element.getIntOrFloatBitWidth();
  if (agrees && info.sizes && shaped.hasRank())
    agrees = info.sizes->size() == static_cast<size_t>(shaped.getRank()) &&
             succeeded(verifyCompatibleShape(*info.sizes, shaped.getShape()));
  if (agrees)
    return success();
  return op->emitOpError() << "casts between " << torchType << " and "
                           << builtinType
                           << ", which differ in sizes or element type";
}

LogicalResult ToBuiltinTensorOp::verify() {
  return verifyTensorCast(*this, getOperand().getType(), getType());
}
LogicalResult FromBuiltinTensorOp::verify() {
  return verifyTensorCast(*this, getType(), getOperand().getType());
}

#define GET_OP_CLASSES
#include "passes/torch/ConversionOps.cpp.inc"
