//===- TensorOps.cpp - Casts, copies and checks of tensors ----------------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

LogicalResult DerefineOp::verify() {
  Type from = getOperand().getType(), to = getType();
  if (isAssignable(from, to))
    return success();
  return emitOpError() << "widens " << from << " to " << to
                       << ", which does not hold its values";
}

OpFoldResult DerefineOp::fold(FoldAdaptor) {
  return getOperand().getType() == getType() ? getOperand() : Value();
}

LogicalResult TensorStaticInfoCastOp::verify() {
  TensorInfo from = *getTensorInfo(getOperand().getType());
  TensorInfo to = *getTensorInfo(getType());
  if (from.valueSemantics != to.valueSemantics)
    return emitOpError(
        "cannot change between !torch.tensor and !torch.vtensor; "
        "use torch.copy.to_vtensor or torch.copy.to_tensor");
  bool agrees = !from.dtype || !to.dtype || from.dtype == to.dtype;
  if (agrees && from.sizes && to.sizes)
    agrees =
        from.sizes->size() == to.sizes->size() &&
        llvm::all_of(llvm::zip_equal(*from.sizes, *to.sizes), [](auto sizes) {
          auto [a, b] = sizes;
          return ShapedType::isDynamic(a) || ShapedType::isDynamic(b) || a == b;
        });
  if (agrees)
    return success();
  return emitOpError() << "says that a " << getOperand().getType() << " is a "
                       << getType() << ", which it cannot be";
}

OpFoldResult TensorStaticInfoCastOp::fold(FoldAdaptor) {
  return getOperand().getType() == getType() ? getOperand() : Value();
}
