//===- ChangeDropout.cpp - RCD: change the dropout rate -------------------===//
//
// Another dropout rate (DeepCrime, ISSTA 2021, with its four rates).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/inject/Sampling.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

namespace {
struct Rate {
  unsigned index;
  double value;
  Value training;
};
} // namespace

/// The constant rate of a dropout, or of one between recurrent layers.
static std::optional<Rate> getRate(Operation *op) {
  if (auto dropout = getDropout(op)) {
    auto rate = getConstantNumber(op->getOperand(dropout->rateIndex));
    if (rate)
      return Rate{dropout->rateIndex, *rate,
                  op->getOperand(dropout->trainingIndex)};
  }
  auto layer = getRecurrentLayer(op);
  if (!layer || layer->isCell ||
      getConstantInt(op->getOperand(4)).value_or(1) == 1)
    return std::nullopt;
  auto rate = getConstantNumber(op->getOperand(5));
  if (!rate)
    return std::nullopt;
  return Rate{5, *rate, op->getOperand(6)};
}

static SmallVector<FaultSite> findSites(const Program &program) {
  return findModelSites(program,
                        [](Operation *op) { return getRate(op).has_value(); });
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  Rate rate = *getRate(site.op);
  double to = cast<FloatAttr>(value).getValueAsDouble();
  if (rate.value == to)
    return equivalent("the rate is " + Twine(formatNumber(to)) + " already");
  if (getConstantNumber(rate.training).value_or(1) == 0)
    return equivalent("the dropout is switched off while training");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  Rate rate = *getRate(site.op);
  double to = arguments.getNumber("rate");
  record.before = formatNumber(rate.value);
  record.after = formatNumber(to);
  OpBuilder builder(site.op);
  torch::TorchBuilder b(builder, site.op->getLoc());
  replaceOperand(site.op, rate.index, b.constant(to));
  return success();
}

static const StringRef kLow[] = {"0.125", "0.25"};
static const StringRef kMedium[] = {"0.75"};
static const StringRef kHigh[] = {"0.95"};
static const FaultParameter kParameters[] = {
    FaultParameter::choice("rate", "the share of values that is dropped", kLow,
                           kMedium, kHigh, FaultParameter::Type::Number)};

const FaultOperator dynfault::inject::kChangeDropout = {
    "RCD",
    "change dropout rate",
    "objective",
    "Gives a dropout another rate.",
    "a dropout with a constant rate, also between recurrent layers",
    "DeepCrime (ISSTA 2021)",
    kParameters,
    findSites,
    refuses,
    apply};
