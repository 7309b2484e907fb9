//===- ChangeBias.cpp - WAB, WRB: add or remove a bias --------------------===//
//
// A layer with a bias that it should not have, or without the one that it
// should (DeepCrime, ISSTA 2021).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

/// A layer with a place for a bias.
static bool isSite(Operation *op, bool hasBias) {
  auto layer = getWeightedLayer(op);
  if (!layer)
    return false;
  if (layer->bias)
    return hasBias;
  // A bias that is a tensor but no slot is somebody's computation.
  bool isTensor =
      layer->biasIndex && isTensorOperand(layer->output, *layer->biasIndex);
  return !hasBias && !isTensor;
}
static SmallVector<FaultSite> findAddSites(const Program &program) {
  return findModelSites(program,
                        [](Operation *op) { return isSite(op, false); });
}
static SmallVector<FaultSite> findRemoveSites(const Program &program) {
  return findModelSites(program,
                        [](Operation *op) { return isSite(op, true); });
}

/// Batch normalisation subtracts the mean, and a bias with it.
static bool isNormalisedAway(Value output) {
  return !output.use_empty() &&
         llvm::all_of(output.getUsers(), [&](Operation *user) {
           auto norm = getNormLayer(user);
           return norm && norm->trainingIndex &&
                  user->getOperand(0) == output &&
                  getConstantNumber(user->getOperand(*norm->trainingIndex))
                          .value_or(1) != 0;
         });
}

static MaybeRefusal refusesTogether(const FaultSite &site,
                                    const FaultArguments &) {
  if (isNormalisedAway(getWeightedLayer(site.op)->getOutput()))
    return equivalent("the normalisation that follows subtracts any bias");
  return std::nullopt;
}

static LogicalResult add(const FaultSite &site, const FaultArguments &,
                         uint64_t, FaultRecord &record) {
  WeightedLayer layer = *getWeightedLayer(site.op);
  ArrayRef<int64_t> weight = getSlotSizes(layer.weight);
  double fanIn = 1;
  for (int64_t size : weight.drop_front())
    fanIn *= size;
  int64_t outputs = weight.front();
  if (layer.isInOut) {
    fanIn = weight.front();
    outputs = weight[1];
  } else if (layer.kind == WeightedLayer::Kind::TransposedConvolution) {
    outputs = weight[1] *
              getConstantInt(
                  site.op->getOperand(getConvolutionArguments(site.op).groups))
                  .value_or(1);
  }
  torch::GlobalSlotOp bias =
      addParameter(layer.weight, (getScope(layer.weight) + ".bias").str(),
                   outputs, getDefaultBiasInit(site.op->getContext(), fanIn));
  record.before = "no bias";
  record.after = "bias " + bias.getSymName().str();
  OpBuilder builder(site.op);
  if (layer.biasIndex) {
    replaceOperand(site.op, *layer.biasIndex,
                   readSlot(builder, bias, site.op->getLoc()));
    return success();
  }
  // A plain product: its bias is an addition.
  builder.setInsertionPointAfter(site.op);
  torch::TorchBuilder b(builder, site.op->getLoc());
  Value product = site.op->getResult(0);
  Value read = readSlot(builder, bias, site.op->getLoc());
  Value sum = b.op("aten.add.Tensor",
                   {product, read, b.constant(static_cast<int64_t>(1))});
  markInjected(sum.getDefiningOp());
  product.replaceAllUsesExcept(sum, sum.getDefiningOp());
  return success();
}

static LogicalResult remove(const FaultSite &site, const FaultArguments &,
                            uint64_t, FaultRecord &record) {
  WeightedLayer layer = *getWeightedLayer(site.op);
  record.before = "bias " + layer.bias.getSymName().str();
  record.after = "no bias";
  OpBuilder builder(site.op);
  torch::TorchBuilder b(builder, site.op->getLoc());
  if (layer.output != layer.op) {
    replaceOp(layer.output, layer.op->getResult(0));
    return success();
  }
  if (torch::getBaseName(site.op) != "aten.addmm") {
    replaceOperand(site.op, *layer.biasIndex, b.none());
    return success();
  }
  // addmm has no form without the term that is added.
  Value product =
      b.op("aten.mm", {site.op->getOperand(1), site.op->getOperand(2)},
           site.op->getResult(0).getType());
  product.getDefiningOp()->setAttr("dynfault.site",
                                   site.op->getAttr("dynfault.site"));
  replaceOp(site.op, product);
  return success();
}

const FaultOperator dynfault::inject::kAddBias =
    FaultOperator{
        "WAB",
        "add bias",
        "model",
        "Adds a bias, initialised as PyTorch's layers do, to a layer "
        "without one.",
        "a linear or convolution layer without a bias",
        "DeepCrime (ISSTA 2021)",
        {},
        findAddSites,
        nullptr,
        add,
    }
        .refusingTogether(refusesTogether);

const FaultOperator dynfault::inject::kRemoveBias =
    FaultOperator{
        "WRB",
        "remove bias",
        "model",
        "Removes a layer's bias.",
        "a linear or convolution layer with a bias",
        "DeepCrime (ISSTA 2021)",
        {},
        findRemoveSites,
        nullptr,
        remove,
    }
        .refusingTogether(refusesTogether);
