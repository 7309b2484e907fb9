//===- ConstantOps.cpp - Constants and tensor literals --------------------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

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
static bool isStorageOf(Type element, Type dtype) {
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
  if (info.dtype && !isStorageOf(shaped.getElementType(), info.dtype))
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
