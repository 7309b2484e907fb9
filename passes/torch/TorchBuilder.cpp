//===- TorchBuilder.cpp - Builds torch operations -------------------------===//

#include "passes/torch/TorchBuilder.h"
#include "passes/torch/TorchOps.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

Value TorchBuilder::none() {
  return builder.create<ConstantNoneOp>(loc,
                                        builder.getType<torch::NoneType>());
}
Value TorchBuilder::constant(int64_t value) {
  return builder.create<ConstantIntOp>(loc, builder.getType<IntType>(),
                                       builder.getI64IntegerAttr(value));
}
Value TorchBuilder::constant(double value) {
  return builder.create<ConstantFloatOp>(
      loc, builder.getType<torch::FloatType>(), builder.getF64FloatAttr(value));
}
Value TorchBuilder::constant(bool value) {
  return builder.create<ConstantBoolOp>(loc, builder.getType<BoolType>(),
                                        builder.getBoolAttr(value));
}

Value TorchBuilder::op(StringRef name, ValueRange operands, Type result) {
  return createTorchOp(builder, loc, name, operands, result)->getResult(0);
}

Value TorchBuilder::op(StringRef name, ValueRange operands) {
  return op(name, operands, operands.front().getType());
}

Value TorchBuilder::mean(Value tensor, Type result) {
  return op("aten.mean", {tensor, none()}, result);
}
