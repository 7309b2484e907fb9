//===- ChangeActivation.cpp - ACH: change an activation -------------------===//
//
// Another activation function in a hidden layer (DeepCrime, ISSTA 2021).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/program/Losses.h"
#include "passes/torch/Activations.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using dynfault::program::Program;

static SmallVector<FaultSite> findSites(const Program &program) {
  return findModelSites(program, torch::getActivation);
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  const torch::Activation *current = torch::getActivation(site.op);
  if (cast<StringAttr>(value).getValue() == current->name)
    return equivalent("the activation is '" + current->name + "' already");
  StringRef to = cast<StringAttr>(value).getValue();
  bool isFrom0To1 = to == "sigmoid" || to == "hard_sigmoid" || to == "softmax";
  if (!isFrom0To1 && program::returnsProbability(site.op))
    return impossible("the loss takes numbers from 0 to 1 only");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  StringRef to = arguments.getText("to");
  record.before = torch::getActivation(site.op)->name;
  record.after = to;
  replaceActivation(site.op, to);
  return success();
}

static const FaultParameter kParameters[] = {FaultParameter::choice(
    "to", "the activation function put in", kMildActivations,
    kBoundedActivations, kSevereActivations)};

const FaultOperator dynfault::inject::kChangeActivation = {
    "ACH",
    "change activation",
    "model",
    "Replaces an activation function by another one.",
    "an element-wise activation function of the model",
    "DeepCrime (ISSTA 2021)",
    kParameters,
    findSites,
    refuses,
    apply};
