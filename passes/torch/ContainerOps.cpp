//===- ContainerOps.cpp - Lists, tuples, dictionaries ---------------------===//

#include "passes/torch/TorchOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

LogicalResult PrimListConstructOp::verify() {
  Type element = getType().getContainedType();
  for (auto [index, type] : llvm::enumerate(getElements().getTypes()))
    if (!isAssignable(type, element))
      return emitOpError() << "element #" << index << " has type " << type
                           << ", which a list of " << element << " cannot hold";
  return success();
}

LogicalResult PrimListUnpackOp::verify() {
  auto list = dyn_cast<ListType>(getOperand().getType());
  if (!list)
    return emitOpError() << "unpacks " << getOperand().getType()
                         << ", which is no list";
  for (auto [index, type] : llvm::enumerate(getResultTypes()))
    if (!isAssignable(list.getContainedType(), type))
      return emitOpError() << "result #" << index << " has type " << type
                           << ", but the list holds "
                           << list.getContainedType();
  return success();
}

/// A tuple's type must have one element for each of `types`, each of which must
/// go with the other: assignable to the element if `toElement`, from it else.
static LogicalResult verifyTuple(Operation *op,
                                 dynfault::torch::TupleType tuple,
                                 TypeRange types, bool toElement,
                                 StringRef what) {
  ArrayRef<Type> elements = tuple.getContainedTypes();
  if (elements.size() != types.size())
    return op->emitOpError()
           << "has " << types.size() << " " << what << "s, but the tuple "
           << tuple << " has " << elements.size() << " elements";
  for (auto [index, type, element] : llvm::enumerate(types, elements))
    if (!(toElement ? isAssignable(type, element)
                    : isAssignable(element, type)))
      return op->emitOpError()
             << what << " #" << index << " has type " << type
             << ", but that element of the tuple is " << element;
  return success();
}

LogicalResult PrimTupleConstructOp::verify() {
  return verifyTuple(*this, getType(), getElements().getTypes(),
                     /*toElement=*/true, "operand");
}

LogicalResult PrimTupleUnpackOp::verify() {
  return verifyTuple(*this, getTup().getType(), getResultTypes(),
                     /*toElement=*/false, "result");
}

LogicalResult PrimDictConstructOp::verify() {
  auto verifyAll = [&](ValueRange values, Type expected,
                       StringRef what) -> LogicalResult {
    for (auto [index, type] : llvm::enumerate(values.getTypes()))
      if (!isAssignable(type, expected))
        return emitOpError() << what << " #" << index << " has type " << type
                             << ", but the dictionary's are " << expected;
    return success();
  };
  if (failed(verifyAll(getKeys(), getType().getKeyType(), "key")))
    return failure();
  return verifyAll(getValues(), getType().getValueType(), "value");
}
