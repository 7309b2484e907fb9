//===- RefitCommit.cpp - Carries out a plan of sizes ----------------------===//

#include "passes/inject/Refit.h"
#include "passes/inject/Rewrites.h"
#include "passes/torch/TorchBuilder.h"

#include <cmath>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;
using dynfault::torch::Fact;
using dynfault::torch::GlobalSlotOp;
using dynfault::torch::Sizes;

/// `type` with other sizes; a type without sizes stays as it is.
static Type withSizes(Type type, ArrayRef<int64_t> sizes) {
  auto info = torch::getTensorInfo(type);
  if (!info || !info->sizes)
    return type;
  if (auto tensor = dyn_cast<torch::ValueTensorType>(type))
    return torch::ValueTensorType::get(type.getContext(), true, sizes,
                                       tensor.getDtype(), tensor.getSparsity());
  auto tensor = cast<torch::NonValueTensorType>(type);
  return torch::NonValueTensorType::get(
      type.getContext(), true, sizes, tensor.getDtype(), tensor.getSparsity());
}

/// 1 / sqrt(fan) as PyTorch's layers draw biases and recurrent weights; the
/// bound of a uniform initialiser that says so changes with the fan.
static void moveBound(GlobalSlotOp slot, double oldFan, double newFan) {
  auto init =
      slot ? slot->getAttrOfType<InitAttr>("dynfault.init") : InitAttr();
  if (!init || init.getKind() != "uniform" || oldFan == newFan)
    return;
  double bound = 1 / std::sqrt(oldFan);
  if (std::abs(init.getNumber("high") - bound) > 1e-6 * bound ||
      std::abs(init.getNumber("low") + bound) > 1e-6 * bound)
    return;
  Builder builder(slot->getContext());
  double moved = 1 / std::sqrt(newFan);
  slot->setAttr("dynfault.init",
                init.with("low", builder.getF64FloatAttr(-moved))
                    .with("high", builder.getF64FloatAttr(moved)));
}

static double getFanIn(ArrayRef<int64_t> weight) {
  double fan = 1;
  for (int64_t size : weight.drop_front())
    fan *= size;
  return fan;
}

void Refit::commitBounds() {
  walkModel(program, [&](Operation *op) {
    if (auto layer = getWeightedLayer(op)) {
      auto found = slots.find(layer->weight);
      if (found == slots.end())
        return;
      Fact old = ShapeAnalysis::getSlotSizes(layer->weight);
      Sizes oldSizes = *old, newSizes = found->second;
      if (layer->isInOut) {
        std::swap(oldSizes[0], oldSizes[1]);
        std::swap(newSizes[0], newSizes[1]);
      }
      double oldFan = getFanIn(oldSizes), newFan = getFanIn(newSizes);
      moveBound(layer->weight, oldFan, newFan);
      moveBound(layer->bias, oldFan, newFan);
    } else if (auto layer = getRecurrentLayer(op)) {
      auto found = slots.find(layer->parameters[1]);
      if (found == slots.end())
        return;
      Fact old = ShapeAnalysis::getSlotSizes(layer->parameters[1]);
      for (GlobalSlotOp slot : layer->parameters)
        moveBound(slot, (*old)[1], found->second[1]);
    }
  });
}

void Refit::commitParameter(GlobalSlotOp slot, const Sizes &sizes) {
  slot.setTypeBoundAttr(TypeAttr::get(withSizes(slot.getTypeBound(), sizes)));
}

void Refit::commit() {
  // Values first: slots and constants are read to find what has changed.
  llvm::SmallVector<std::pair<Value, Type>> types;
  auto note = [&](Value value) {
    Fact now = get(value);
    if (!now || now == before.get(value))
      return;
    Type type = withSizes(value.getType(), *now);
    if (type != value.getType())
      types.push_back({value, type});
  };
  module.walk([&](Operation *op) {
    if (auto read = dyn_cast<torch::GlobalSlotGetOp>(op)) {
      // Also where no visited operation reads it (a loss's weight penalty).
      auto slot = module.lookupSymbol<GlobalSlotOp>(read.getSlot());
      if (auto found = slots.find(slot); slot && found != slots.end())
        types.push_back(
            {read.getResult(), withSizes(read.getType(), found->second)});
      return;
    }
    for (Value result : op->getResults())
      note(result);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (BlockArgument argument : block.getArguments())
          note(argument);
  });
  commitBounds();
  for (auto [value, type] : types)
    value.setType(type);
  for (auto &[slot, sizes] : slots)
    commitParameter(cast<GlobalSlotOp>(slot), sizes);

  for (auto &[place, values] : constants) {
    auto [op, index] = place;
    OpBuilder builder(op);
    torch::TorchBuilder b(builder, op->getLoc());
    Type type = op->getOperand(index).getType();
    if (isa<torch::IntType>(type)) {
      op->setOperand(index, b.constant(values.front()));
      continue;
    }
    // Elements that are not known stay what they are.
    auto list =
        op->getOperand(index).getDefiningOp<torch::PrimListConstructOp>();
    SmallVector<Value> elements;
    for (auto [i, value] : llvm::enumerate(values)) {
      Value old =
          list && i < list->getNumOperands() ? list->getOperand(i) : Value();
      elements.push_back(
          old && (ShapedType::isDynamic(value) || getConstantInt(old) == value)
              ? old
              : b.constant(value));
    }
    op->setOperand(index, builder.create<torch::PrimListConstructOp>(
                              op->getLoc(), type, elements));
    if (list && list->use_empty())
      list->erase();
  }
  for (auto [op, index] : bypassed)
    replaceOp(op, op->getOperand(index));
  // Functions between the model's have the types of their bodies.
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal() && llvm::hasSingleElement(function.getBody())) {
      Block &block = function.getBody().front();
      function.setFunctionType(
          FunctionType::get(function.getContext(), block.getArgumentTypes(),
                            block.getTerminator()->getOperandTypes()));
    }
}
