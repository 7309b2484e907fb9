//===- ChangeOptimizer.cpp - OCH: change the optimizer --------------------===//
//
// Another optimizer at its own default learning rate (DeepCrime, ISSTA 2021).
// The rates are the defaults of Keras, where DeepCrime's subjects come from,
// and of PyTorch where Keras has none of its own.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/StepRewrites.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::OptimizerAttr;
using dynfault::program::OptimizerStepOp;

static OptimizerAttr makeOptimizer(MLIRContext *context, StringRef kind) {
  static const struct {
    StringRef kind;
    double lr;
  } kDefaults[] = {{"sgd", 0.01},   {"rmsprop", 0.001}, {"adagrad", 0.01},
                   {"adam", 0.001}, {"adamax", 0.002},  {"nadam", 0.002}};
  Builder builder(context);
  const auto *known = llvm::find_if(
      kDefaults, [&](const auto &entry) { return entry.kind == kind; });
  return OptimizerAttr::get(context, kind,
                            builder.getDictionaryAttr(builder.getNamedAttr(
                                "lr", builder.getF64FloatAttr(known->lr))));
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  OptimizerAttr current = cast<OptimizerStepOp>(site.op).getOptimizer();
  StringRef to = cast<StringAttr>(value).getValue();
  if (makeOptimizer(current.getContext(), to) == current)
    return equivalent("the optimizer is '" + to + "' at its default already");
  if (to == current.getKind())
    return impossible("the optimizer is '" + to +
                      "' already; HLR, OMO and OEP change its parameters");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  auto step = cast<OptimizerStepOp>(site.op);
  setOptimizer(step, makeOptimizer(step.getContext(), arguments.getText("to")),
               record);
  return success();
}

static const StringRef kLow[] = {"adam", "nadam", "rmsprop"};
static const StringRef kMedium[] = {"adamax", "adagrad"};
static const StringRef kHigh[] = {"sgd"};
static const FaultParameter kParameters[] = {FaultParameter::choice(
    "to",
    "the optimizer put in, at its default learning rate: adam, rmsprop 0.001; "
    "adamax, nadam 0.002; sgd, adagrad 0.01",
    kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeOptimizer = {
    "OCH",
    "change optimizer",
    "optimization",
    "Replaces the optimizer by another one with its default parameters.",
    "the optimizer update of the training step",
    "DeepCrime (ISSTA 2021)",
    kParameters,
    findOptimizer,
    refuses,
    apply};
