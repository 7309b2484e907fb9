//===- Attention.cpp - Attention in a model -------------------------------===//

#include "passes/program/Attention.h"
#include "passes/torch/Activations.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::program;
using dynfault::torch::getBaseName;

/// A product of two tensors that both depend on the input.
static bool isProduct(Operation *op) {
  StringRef name = getBaseName(op);
  if (name == "aten.matmul" || name == "aten.bmm")
    return dependsOnInput(op->getOperand(0)) &&
           dependsOnInput(op->getOperand(1));
  return name == "aten.baddbmm";
}

/// Views that only rearrange.
static bool isView(Operation *op) {
  StringRef name = getBaseName(op);
  return name == "aten.transpose" || name == "aten.permute" ||
         name == "aten.view" || name == "aten.reshape" ||
         name == "aten.contiguous" || name == "aten.unsqueeze" ||
         name == "aten.unflatten" || name == "aten.expand";
}

/// A multiplication or division of a tensor by a number.
static bool isScale(Operation *op) {
  StringRef name = getBaseName(op);
  if ((name != "aten.mul" && name != "aten.div") || op->getNumOperands() != 2 ||
      op->getNumResults() != 1)
    return false;
  if (getConstantNumber(op->getOperand(1)))
    return true;
  // sqrt(d), computed from sizes.
  Value factor = op->getOperand(1);
  auto info = torch::getTensorInfo(factor.getType());
  bool isScalar = !info || (info->sizes && info->sizes->empty());
  return isScalar && !dependsOnInput(factor);
}

/// A scale on the way from a projection to the product.
static void findOperandScales(Value value, Attention &attention) {
  while (Operation *op = value.getDefiningOp()) {
    if (isScale(op))
      attention.scales.push_back(op);
    else if (!isView(op))
      return;
    value = op->getOperand(0);
  }
}

std::optional<Attention> dynfault::program::getAttention(Operation *op) {
  Attention attention;
  attention.op = op;
  StringRef name = getBaseName(op);
  if (name == "aten.scaled_dot_product_attention" ||
      name == "aten._scaled_dot_product_attention") {
    attention.maskIndex = 3;
    if (isTensorOperand(op, 3))
      attention.mask = op;
    return attention;
  }
  if (name != "aten.softmax" && name != "aten._softmax")
    return std::nullopt;

  // Downwards: the weights, perhaps dropped out, meet the values in a product.
  Value weights = op->getResult(0);
  bool meetsValues = false;
  SmallVector<Value> worklist{weights};
  while (!worklist.empty() && !meetsValues) {
    Value value = worklist.pop_back_val();
    for (Operation *user : value.getUsers()) {
      if (isProduct(user))
        meetsValues = true;
      else if (getDropout(user) || isView(user) || isa<ProbeActivationOp>(user))
        worklist.push_back(user->getResult(0));
    }
  }
  if (!meetsValues)
    return std::nullopt;

  // Upwards: masks and scales, until the product of queries and keys, or, below
  // an activation, the sum of what queries and keys are worth each.
  Value value = op->getOperand(0);
  bool isActivated = false;
  while (Operation *source = value.getDefiningOp()) {
    StringRef sourceName = getBaseName(source);
    if (isProduct(source)) {
      attention.scores = source;
      break;
    }
    if (isActivated && sourceName == "aten.add" && isTensorOperand(source, 1) &&
        dependsOnInput(source->getOperand(0)) &&
        dependsOnInput(source->getOperand(1))) {
      attention.scores = source;
      break;
    }
    if (isScale(source)) {
      attention.scales.push_back(source);
    } else if (torch::getActivation(source)) {
      isActivated = true;
    } else if (sourceName == "aten.add" && source->getNumOperands() == 3 &&
               isTensorOperand(source, 1)) {
      // The scores are the side that comes from a product.
      unsigned scores = 0;
      Operation *right = source->getOperand(1).getDefiningOp();
      if (right && (isProduct(right) ||
                    (isScale(right) && dependsOnInput(source->getOperand(1)) &&
                     !dependsOnInput(source->getOperand(0)))))
        scores = 1;
      attention.mask = source;
      attention.maskIndex = 1 - scores;
      value = source->getOperand(scores);
      continue;
    } else if (sourceName == "aten.masked_fill") {
      attention.mask = source;
      attention.maskIndex = 1;
    } else if (sourceName == "aten.where") {
      // where(mask, scores, fill)
      attention.mask = source;
      attention.maskIndex = 0;
      value = source->getOperand(1);
      continue;
    } else if (!isView(source) && !isa<ProbeActivationOp>(source)) {
      return std::nullopt;
    }
    value = source->getOperand(0);
  }
  if (!attention.scores)
    return std::nullopt;
  unsigned query = 0;
  if (getBaseName(attention.scores) == "aten.baddbmm") {
    query = 1;
    if (!attention.mask) {
      attention.mask = attention.scores;
      attention.maskIndex = 0;
    }
  }
  findOperandScales(attention.scores->getOperand(query), attention);
  findOperandScales(attention.scores->getOperand(query + 1), attention);
  return attention;
}

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

/// Whether a tensor of this type varies in at least two dimensions.
static bool isTable(Value value) {
  auto info = torch::getTensorInfo(value.getType());
  if (!info)
    return false;
  if (info->sizes)
    return llvm::count_if(*info->sizes, [](int64_t s) { return s != 1; }) >= 2;
  // Without a type: a slot's bound says it, and an embedding is one.
  if (torch::GlobalSlotOp slot = getSlot(value)) {
    auto bound = torch::getTensorInfo(slot.getTypeBound());
    return bound->sizes &&
           llvm::count_if(*bound->sizes, [](int64_t s) { return s != 1; }) >= 2;
  }
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  StringRef name = getBaseName(op);
  if (name == "aten.embedding")
    return true;
  if (name == "aten.slice" || name == "aten.unsqueeze" || name == "aten.to" ||
      name == "aten.expand" || name == "aten.select")
    return isTable(op->getOperand(0));
  return false;
}

std::optional<PositionalEncoding>
dynfault::program::getPositionalEncoding(Operation *op) {
  if (getBaseName(op) != "aten.add" || op->getNumOperands() != 3)
    return std::nullopt;
  for (unsigned positions : {1u, 0u}) {
    Value table = op->getOperand(positions),
          sequence = op->getOperand(1 - positions);
    if (!torch::getTensorInfo(table.getType()) ||
        !torch::getTensorInfo(sequence.getType()) || dependsOnInput(table) ||
        !dependsOnInput(sequence) || !isTable(table))
      continue;
    // A mask on an attention's scores is none.
    bool isMask =
        llvm::any_of(op->getResult(0).getUsers(), [](Operation *user) {
          return getSoftmaxDim(user).has_value();
        });
    if (!isMask)
      return PositionalEncoding{op, 1 - positions, positions};
  }
  return std::nullopt;
}
