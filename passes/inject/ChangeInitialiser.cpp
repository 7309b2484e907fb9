//===- ChangeInitialiser.cpp - WCI: change weight initialisation ----------===//
//
// Another initialiser for a layer's weight (DeepCrime, ISSTA 2021). The choices
// are the initialisers of Keras under the names that PyTorch has for them
// (Glorot is xavier, He is kaiming), with Keras' default parameters: normal,
// uniform and truncated normal at 0.05. Keras' default constant is 0, which is
// `zeros`, so `constant` is 0.05 too.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/torch/ShapeInference.h"

#include <cmath>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

static constexpr double kScale = 0.05;

/// The weight whose site `op` is: of a linear or convolution layer, the input
/// weight of a recurrent one, or an embedding's table.
static torch::GlobalSlotOp getWeight(Operation *op) {
  if (auto layer = getWeightedLayer(op))
    return layer->weight;
  if (auto layer = getRecurrentLayer(op))
    return layer->parameters.front();
  if (torch::getBaseName(op) == "aten.embedding")
    return getSlot(op->getOperand(0));
  return {};
}

/// All weights that change together: those of every layer and direction of a
/// recurrent layer.
static SmallVector<torch::GlobalSlotOp> getWeights(Operation *op) {
  if (auto layer = getRecurrentLayer(op)) {
    SmallVector<torch::GlobalSlotOp> weights;
    for (torch::GlobalSlotOp slot : layer->parameters)
      if (getSlotSizes(slot).size() == 2)
        weights.push_back(slot);
    return weights;
  }
  return {getWeight(op)};
}

static InitAttr getInit(torch::GlobalSlotOp slot) {
  return slot->getAttrOfType<InitAttr>("dynfault.init");
}

static SmallVector<FaultSite> findSites(const Program &program) {
  return findModelSites(program, [](Operation *op) {
    torch::GlobalSlotOp weight = getWeight(op);
    auto info =
        weight ? torch::getTensorInfo(weight.getTypeBound()) : std::nullopt;
    return info && info->isStatic() && info->sizes->size() >= 2 &&
           isParameter(weight);
  });
}

static InitAttr makeInit(MLIRContext *context, StringRef to) {
  Builder builder(context);
  auto make = [&](ArrayRef<std::pair<StringRef, double>> values) {
    SmallVector<NamedAttribute> parameters;
    for (auto [name, value] : values)
      parameters.push_back(
          builder.getNamedAttr(name, builder.getF64FloatAttr(value)));
    return InitAttr::get(context, to, builder.getDictionaryAttr(parameters));
  };
  if (to == "constant")
    return make({{"value", kScale}});
  if (to == "uniform")
    return make({{"low", -kScale}, {"high", kScale}});
  if (to == "normal" || to == "truncated_normal")
    return make({{"mean", 0.0}, {"std", kScale}});
  return make({});
}

namespace {
/// A distribution and its scale, so that initialisers that draw alike compare
/// equal whatever they are called.
struct Distribution {
  StringRef family;
  double location = 0, scale = 0;
  bool operator==(const Distribution &other) const {
    return family == other.family && location == other.location &&
           std::abs(scale - other.scale) <= 1e-9 * std::abs(scale);
  }
};
} // namespace

/// What `init` draws for a weight of these sizes (torch.nn.init's formulas).
static Distribution getDistribution(InitAttr init, ArrayRef<int64_t> sizes) {
  StringRef kind = init.getKind();
  double receptive = 1;
  for (int64_t size : sizes.drop_front(2))
    receptive *= size;
  double fanIn = sizes[1] * receptive, fanOut = sizes[0] * receptive;
  if (kind == "zeros")
    return {"constant", 0, 0};
  if (kind == "ones")
    return {"constant", 1, 0};
  if (kind == "constant")
    return {"constant", init.getNumber("value"), 0};
  if (kind == "uniform")
    return {"uniform", (init.getNumber("low") + init.getNumber("high")) / 2,
            (init.getNumber("high") - init.getNumber("low")) / 2};
  if (kind == "normal" || kind == "truncated_normal")
    return {kind, init.getNumber("mean"), init.getNumber("std")};
  double gain = 1;
  if (kind.starts_with("xavier"))
    gain = init.getNumber("gain");
  else if (kind.starts_with("kaiming"))
    gain = std::sqrt(2 / (1 + init.getNumber("a") * init.getNumber("a")));
  double std = kind.starts_with("xavier")
                   ? gain * std::sqrt(2 / (fanIn + fanOut))
                   : gain / std::sqrt(fanIn);
  if (kind.ends_with("_uniform"))
    return {"uniform", 0, std * std::sqrt(3.0)};
  if (kind == "lecun_normal")
    return {"lecun_normal", 0, std};
  if (kind.ends_with("_normal"))
    return {"normal", 0, std};
  return {kind, 0, 1};
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  StringRef to = cast<StringAttr>(value).getValue();
  SmallVector<torch::GlobalSlotOp> weights = getWeights(site.op);
  if (to == "identity" && getSlotSizes(weights.front()).size() != 2)
    return impossible("an identity has two dimensions, and this weight has "
                      "more");
  InitAttr init = makeInit(site.op->getContext(), to);
  bool isSame = llvm::all_of(weights, [&](torch::GlobalSlotOp slot) {
    InitAttr old = getInit(slot);
    return old && getDistribution(old, getSlotSizes(slot)) ==
                      getDistribution(init, getSlotSizes(slot));
  });
  if (isSame)
    return equivalent("the weight is initialised like that already");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  InitAttr init = makeInit(site.op->getContext(), arguments.getText("to"));
  if (InitAttr old = getInit(getWeight(site.op)))
    llvm::raw_string_ostream(record.before) << old;
  llvm::raw_string_ostream(record.after) << init;
  for (torch::GlobalSlotOp slot : getWeights(site.op))
    slot->setAttr("dynfault.init", init);
  return success();
}

static const StringRef kLow[] = {"xavier_uniform",  "xavier_normal",
                                 "kaiming_uniform", "kaiming_normal",
                                 "lecun_uniform",   "lecun_normal"};
static const StringRef kMedium[] = {"normal", "uniform", "truncated_normal",
                                    "orthogonal"};
static const StringRef kHigh[] = {"zeros", "ones", "constant", "identity"};
static const FaultParameter kParameters[] = {FaultParameter::choice(
    "to", "the initialiser put in", kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeInitialiser =
    FaultOperator{
        "WCI",
        "change weight initialisation",
        "model",
        "Initialises a layer's weight in another way. Values drawn "
        "are scaled by "
        "0.05 where the initialiser has no scale of its own.",
        "a linear, convolution, recurrent or embedding layer",
        "DeepCrime (ISSTA 2021)",
        kParameters,
        findSites,
        refuses,
        apply,
    }
        .changing("initialiser");
