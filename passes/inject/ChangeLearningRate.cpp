//===- ChangeLearningRate.cpp - HLR: change the learning rate -------------===//
//
// A learning rate that is orders of magnitude off, in either direction
// (DeepCrime, ISSTA 2021; DeepFD, ICSE 2022; Humbatova et al., ICSE 2020).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/StepRewrites.h"

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::OptimizerAttr;
using dynfault::program::OptimizerStepOp;

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  double lr = cast<OptimizerStepOp>(site.op).getOptimizer().getNumber("lr");
  if (lr == 0)
    return equivalent("the learning rate is 0");
  if (cast<FloatAttr>(value).getValueAsDouble() == 1)
    return equivalent("a factor of 1 changes nothing");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  auto step = cast<OptimizerStepOp>(site.op);
  OptimizerAttr optimizer = step.getOptimizer();
  double lr = optimizer.getNumber("lr") * arguments.getNumber("factor");
  setOptimizer(step,
               optimizer.with("lr", getRoundedAttr(step.getContext(), lr)),
               record);
  return success();
}

static const Interval kLow[] = {{0.1, 0.5}, {2, 10}};
static const Interval kMedium[] = {{0.01, 0.1}, {10, 100}};
static const Interval kHigh[] = {{1e-4, 0.01}, {100, 1000}};
static const FaultParameter kParameters[] = {FaultParameter::logarithmic(
    "factor", "what the learning rate is multiplied by", {1e-4, 1e3}, kLow,
    kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeLearningRate = {
    "HLR",
    "change learning rate",
    "optimization",
    "Multiplies the learning rate.",
    "the optimizer update of the training step",
    "DeepCrime (ISSTA 2021), DeepFD (ICSE 2022), Humbatova et al. (ICSE 2020)",
    kParameters,
    findOptimizer,
    refuses,
    apply};
