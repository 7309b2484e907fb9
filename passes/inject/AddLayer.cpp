//===- AddLayer.cpp - LAD: duplicate a layer ------------------------------===//
//
// A layer that stands twice (DeepMutation, ISSRE 2018): after the layer and its
// activation comes another one of the same kind and width with parameters of
// its own, and the same activation. A convolution's copy has stride 1 and keeps
// its input's size.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/program/Sites.h"
#include "passes/torch/Activations.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

static bool isSite(Operation *op) {
  auto layer = getWeightedLayer(op);
  if (!layer || layer->kind == WeightedLayer::Kind::TransposedConvolution)
    return false;
  return torch::getTensorInfo(layer->weight.getTypeBound())->isStatic() &&
         layer->weight->hasAttr("dynfault.init");
}
static SmallVector<FaultSite> findSites(const Program &program) {
  return findModelSites(program, isSite);
}

static std::optional<SmallVector<int64_t>> getDilation(Operation *op) {
  return getConstantInts(op->getOperand(getConvolutionArguments(op).dilation));
}

static MaybeRefusal refusesTogether(const FaultSite &site,
                                    const FaultArguments &) {
  WeightedLayer layer = *getWeightedLayer(site.op);
  if (!layer.isConvolution())
    return std::nullopt;
  auto dilation = getDilation(site.op);
  ArrayRef<int64_t> kernel = getSlotSizes(layer.weight).drop_front(2);
  if (!dilation || !getConstantInt(site.op->getOperand(
                       getConvolutionArguments(site.op).groups)))
    return impossible("the convolution's arguments are no constants");
  for (auto [i, size] : llvm::enumerate(kernel))
    if ((*dilation)[i % dilation->size()] * (size - 1) % 2)
      return impossible("a kernel of even size cannot keep its input's size");
  return std::nullopt;
}

/// The layer's weight with as many inputs as it has outputs.
static SmallVector<int64_t> getCopySizes(const WeightedLayer &layer) {
  SmallVector<int64_t> sizes(getSlotSizes(layer.weight));
  if (!layer.isConvolution()) {
    int64_t width = sizes[layer.isInOut ? 1 : 0];
    return {width, width};
  }
  int64_t groups = *getConstantInt(
      layer.op->getOperand(getConvolutionArguments(layer.op).groups));
  sizes[1] = sizes[0] / groups;
  return sizes;
}

static double getFanIn(ArrayRef<int64_t> sizes) {
  double fan = 1;
  for (int64_t size : sizes.drop_front())
    fan *= size;
  return fan;
}

static Operation *findActivation(Value output) {
  if (!output.hasOneUse())
    return nullptr;
  Operation *user = *output.getUsers().begin();
  if (auto probe = dyn_cast<ProbeActivationOp>(user))
    return findActivation(probe.getResult());
  return torch::getActivation(user) ? user : nullptr;
}

static LogicalResult apply(const FaultSite &site, const FaultArguments &,
                           uint64_t, FaultRecord &record) {
  WeightedLayer layer = *getWeightedLayer(site.op);
  Operation *activation = findActivation(layer.getOutput());
  Value from = activation ? activation->getResult(0) : layer.getOutput();
  SmallVector<int64_t> sizes = getCopySizes(layer);
  StringRef scope = getScope(layer.weight);
  auto init = layer.weight->getAttrOfType<InitAttr>("dynfault.init");
  torch::GlobalSlotOp weight =
      addParameter(layer.bias ? layer.bias : layer.weight,
                   (scope + "_copy.weight").str(), sizes, init);

  OpBuilder builder(site.op->getContext());
  builder.setInsertionPointAfterValue(from);
  torch::TorchBuilder b(builder, site.op->getLoc());
  auto makeList = [&](ArrayRef<int64_t> values) -> Value {
    SmallVector<Value> elements;
    for (int64_t value : values)
      elements.push_back(b.constant(value));
    return builder.create<torch::PrimListConstructOp>(
        site.op->getLoc(),
        torch::ListType::get(builder.getContext(),
                             builder.getType<torch::IntType>()),
        elements);
  };
  Value weightValue = readSlot(builder, weight, site.op->getLoc());
  Value biasValue = b.none();
  if (layer.bias) {
    auto biasInit = layer.bias->getAttrOfType<InitAttr>("dynfault.init");
    // PyTorch's bound follows the fan-in, any other initialiser stays.
    auto original = getDefaultBiasInit(builder.getContext(),
                                       getFanIn(getSlotSizes(layer.weight)));
    if (!biasInit || biasInit == original)
      biasInit = getDefaultBiasInit(builder.getContext(), getFanIn(sizes));
    torch::GlobalSlotOp bias = addParameter(
        weight, (getScope(weight) + ".bias").str(), sizes[0], biasInit);
    biasValue = readSlot(builder, bias, site.op->getLoc());
  }
  Operation *copy;
  if (!layer.isConvolution()) {
    copy = b.op("aten.linear", {from, weightValue, biasValue}, from.getType())
               .getDefiningOp();
  } else {
    ConvolutionArguments arguments = getConvolutionArguments(site.op);
    auto dilation = *getDilation(site.op);
    SmallVector<int64_t> padding, ones;
    for (auto [i, size] : llvm::enumerate(ArrayRef(sizes).drop_front(2))) {
      padding.push_back(dilation[i % dilation.size()] * (size - 1) / 2);
      ones.push_back(1);
    }
    builder.setInsertionPointAfter(biasValue.getDefiningOp());
    SmallVector<Value> operands(site.op->getOperands());
    operands[layer.inputIndex] = from;
    operands[layer.weightIndex] = weightValue;
    operands[*layer.biasIndex] = biasValue;
    operands[arguments.stride] = makeList(ones);
    operands[arguments.padding] = makeList(padding);
    copy = builder.clone(*site.op);
    copy->setOperands(operands);
    copy->removeAttr("dynfault.site");
    copy->removeAttr("dynfault.pre_activation");
    copy->getResult(0).setType(from.getType());
  }
  markInjected(copy);
  Value result = copy->getResult(0);
  if (activation) {
    builder.setInsertionPointAfter(copy);
    Operation *second = builder.clone(*activation);
    second->setOperand(0, result);
    second->removeAttr("dynfault.site");
    markInjected(second);
    result = second->getResult(0);
  }
  from.replaceUsesWithIf(result, [&](OpOperand &use) {
    return use.getOwner() != copy && use.getOwner() != activation;
  });
  record.before = "once";
  record.after = "twice";
  return success();
}

const FaultOperator dynfault::inject::kAddLayer =
    FaultOperator{
        "LAD",
        "duplicate layer",
        "model",
        "Puts a second layer of the same kind and width, with "
        "parameters of its "
        "own, after a layer and its activation.",
        "a linear layer or a convolution",
        "DeepMutation (ISSRE 2018), DEFault (ICSE 2025)",
        {},
        findSites,
        nullptr,
        apply,
    }
        .refusingTogether(refusesTogether)
        .structural();
