//===- ChangeOptimizerParameters.cpp - OMO and OEP ------------------------===//
//
// Momentum (or the decay of the first moment) and epsilon far from what the
// optimizer needs (Humbatova et al., ICSE 2020).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/StepRewrites.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::OptimizerAttr;
using dynfault::program::OptimizerStepOp;
using dynfault::program::Program;

/// What the optimizer calls its momentum, or an empty string.
static StringRef getMomentumName(OptimizerAttr optimizer) {
  for (StringRef name : {"momentum", "beta1"})
    if (hasParameter(optimizer, name))
      return name;
  return {};
}

static StringRef getEpsilonName(OptimizerAttr optimizer) {
  return hasParameter(optimizer, "eps") ? "eps" : "";
}

template <StringRef (*getName)(OptimizerAttr)>
static SmallVector<FaultSite> findSites(const Program &program) {
  SmallVector<FaultSite> sites = findOptimizer(program);
  llvm::erase_if(sites, [](const FaultSite &site) {
    return getName(cast<OptimizerStepOp>(site.op).getOptimizer()).empty();
  });
  return sites;
}

template <StringRef (*getName)(OptimizerAttr)>
static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  OptimizerAttr optimizer = cast<OptimizerStepOp>(site.op).getOptimizer();
  StringRef name = getName(optimizer);
  double number = cast<FloatAttr>(value).getValueAsDouble();
  if (optimizer.getNumber(name) == number)
    return equivalent("'" + name + "' is that already");
  if (name == "momentum" && number == 0 &&
      hasParameter(optimizer, "nesterov") &&
      optimizer.getNumber("nesterov") != 0)
    return impossible("nesterov needs a momentum above 0");
  return std::nullopt;
}

template <StringRef (*getName)(OptimizerAttr), const char *parameter>
static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  auto step = cast<OptimizerStepOp>(site.op);
  OptimizerAttr optimizer = step.getOptimizer();
  setOptimizer(step,
               optimizer.with(getName(optimizer), arguments.lookup(parameter)),
               record);
  return success();
}

static constexpr char kMomentum[] = "momentum", kEps[] = "eps";

static const StringRef kMomentumLow[] = {"0.5"};
static const StringRef kMomentumMedium[] = {"0", "0.99"};
static const StringRef kMomentumHigh[] = {"0.999"};
static const FaultParameter kMomentumParameters[] = {FaultParameter::choice(
    kMomentum, "the momentum, or beta1 where the optimizer has betas",
    kMomentumLow, kMomentumMedium, kMomentumHigh,
    FaultParameter::Type::Number)};

// 1e-16 is too small to do anything in float32: the quotient of a gradient by a
// root that underflows is what makes it a fault.
static const StringRef kEpsLow[] = {"1e-16"};
static const StringRef kEpsHigh[] = {"0.1"};
static const FaultParameter kEpsParameters[] = {FaultParameter::choice(
    kEps, "the epsilon", kEpsLow, {}, kEpsHigh, FaultParameter::Type::Number)};

const FaultOperator dynfault::inject::kChangeMomentum = {
    "OMO",
    "change momentum",
    "optimization",
    "Sets the momentum, or the decay of the first moment, far off.",
    "an optimizer update with momentum or betas (sgd, rmsprop, adam, adamw, "
    "adamax, nadam)",
    "Humbatova et al. (ICSE 2020)",
    kMomentumParameters,
    findSites<getMomentumName>,
    refuses<getMomentumName>,
    apply<getMomentumName, kMomentum>};

const FaultOperator dynfault::inject::kChangeEpsilon = {
    "OEP",
    "change epsilon",
    "optimization",
    "Sets the constant that keeps the update's quotient finite far too large "
    "or too small.",
    "an optimizer update with an epsilon (all but sgd)",
    "Humbatova et al. (ICSE 2020)",
    kEpsParameters,
    findSites<getEpsilonName>,
    refuses<getEpsilonName>,
    apply<getEpsilonName, kEps>};
