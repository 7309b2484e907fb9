//===- ChangeWidth.cpp - LCN, LCF, LCO: change a layer's width ------------===//
//
// Another number of neurons, filters or recurrent units (DEFault's faulty
// programs); what follows is fitted to it.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Refit.h"
#include "passes/inject/Rewrites.h"

#include <cmath>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

/// Neurons, filters or units of the layer that `op` is; 0 where unknown.
static int64_t getWidth(Operation *op) {
  auto sizesOf = [](torch::GlobalSlotOp slot) -> ArrayRef<int64_t> {
    auto info = torch::getTensorInfo(slot.getTypeBound());
    return info && info->isStatic() ? *info->sizes : ArrayRef<int64_t>();
  };
  if (auto layer = getWeightedLayer(op)) {
    ArrayRef<int64_t> sizes = sizesOf(layer->weight);
    if (sizes.empty())
      return 0;
    if (layer->kind != WeightedLayer::Kind::TransposedConvolution)
      return sizes[layer->isInOut ? 1 : 0];
    return sizes[1] *
           getConstantInt(op->getOperand(getConvolutionArguments(op).groups))
               .value_or(0);
  }
  if (auto layer = getRecurrentLayer(op))
    if (layer->parameters.size() > 1)
      if (ArrayRef<int64_t> sizes = sizesOf(layer->parameters[1]);
          sizes.size() == 2)
        return sizes[1];
  return 0;
}

static SmallVector<FaultSite> findNeuronSites(const Program &program) {
  return findModelSites(program, [&](Operation *op) {
    auto layer = getWeightedLayer(op);
    return layer && !layer->isConvolution() && getWidth(op) > 0 &&
           !isOutputLayer(program, *layer);
  });
}
static SmallVector<FaultSite> findFilterSites(const Program &program) {
  return findModelSites(program, [&](Operation *op) {
    auto layer = getWeightedLayer(op);
    return layer && layer->isConvolution() && getWidth(op) > 0 &&
           !isOutputLayer(program, *layer);
  });
}
static SmallVector<FaultSite> findUnitSites(const Program &program) {
  return findModelSites(program, [](Operation *op) {
    return getRecurrentLayer(op) && getWidth(op) > 0;
  });
}

static int64_t getNewWidth(Operation *op, double factor) {
  return std::max<int64_t>(1, std::llround(factor * getWidth(op)));
}

static std::string plan(Refit &refit, Operation *op, double factor) {
  int64_t width = getNewWidth(op, factor);
  auto layer = getWeightedLayer(op);
  std::string reason = layer ? refit.resizeOutputs(*layer, width)
                             : refit.resizeUnits(*getRecurrentLayer(op), width);
  return reason.empty() ? refit.plan() : reason;
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  double factor = cast<FloatAttr>(value).getValueAsDouble();
  if (getNewWidth(site.op, factor) == getWidth(site.op))
    return equivalent("the layer's width of " + Twine(getWidth(site.op)) +
                      " stays");
  Program program = getProgram(site.op);
  Refit refit(program);
  std::string reason = plan(refit, site.op, factor);
  if (!reason.empty())
    return impossible(reason);
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  double factor = arguments.getNumber("factor");
  record.before = std::to_string(getWidth(site.op));
  record.after = std::to_string(getNewWidth(site.op, factor));
  Program program = getProgram(site.op);
  Refit refit(program);
  if (std::string reason = plan(refit, site.op, factor); !reason.empty())
    return site.op->emitError(reason);
  refit.commit();
  return success();
}

static const Interval kLow[] = {{0.5, 0.8}, {1.25, 2}};
static const Interval kMedium[] = {{0.25, 0.5}, {2, 3}};
static const Interval kHigh[] = {{0.1, 0.25}, {3, 4}};
static const FaultParameter kParameters[] = {FaultParameter::logarithmic(
    "factor", "what the layer's width is multiplied by; at least 1 stays",
    {0.1, 4}, kLow, kMedium, kHigh)};

static constexpr FaultOperator makeOperator(StringRef id, StringRef name,
                                            StringRef description,
                                            StringRef requirement,
                                            decltype(&findNeuronSites) find) {
  return {id,
          name,
          "model",
          description,
          requirement,
          "DEFault (ICSE 2025)",
          kParameters,
          find,
          refuses,
          apply,
          false,
          nullptr,
          nullptr,
          /*isStructural=*/true};
}

const FaultOperator dynfault::inject::kChangeNeurons = makeOperator(
    "LCN", "change number of neurons",
    "Gives a linear layer another number of outputs, and fits what follows.",
    "a linear layer that is not the output layer", findNeuronSites);
const FaultOperator dynfault::inject::kChangeFilters = makeOperator(
    "LCF", "change number of filters",
    "Gives a convolution another number of filters, and fits what follows.",
    "a convolution that is not the output layer", findFilterSites);
const FaultOperator dynfault::inject::kChangeUnits = makeOperator(
    "LCO", "change number of recurrent units",
    "Gives a recurrent layer another number of units, and fits what follows.",
    "an LSTM, GRU or plain recurrent layer or cell", findUnitSites);
