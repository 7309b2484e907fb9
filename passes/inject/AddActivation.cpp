//===- AddActivation.cpp - AAL: add an activation to a linear layer -------===//
//
// An activation function after a layer that has none, the output layer included
// (DeepCrime, ISSTA 2021).
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
using dynfault::program::getWeightedLayer;

/// Whether an activation function reads the layer's output.
static bool hasActivation(Value output) {
  return llvm::any_of(output.getUsers(), [](Operation *user) {
    if (auto probe = dyn_cast<program::ProbeActivationOp>(user))
      return hasActivation(probe.getResult());
    return torch::getActivation(user) != nullptr;
  });
}

static SmallVector<FaultSite> findSites(const program::Program &program) {
  return findModelSites(program, [](Operation *op) {
    auto layer = getWeightedLayer(op);
    return layer && !hasActivation(layer->getOutput());
  });
}

/// Whether all that reads `value` gives the same after a rectifier: another
/// rectifier, also behind operations that only pick or place elements.
static bool isRectifiedLater(Value value) {
  return !value.use_empty() &&
         llvm::all_of(value.getUsers(), [](Operation *user) {
           StringRef name = torch::getBaseName(user);
           if (name == "aten.relu")
             return true;
           bool onlyPlaces = name.starts_with("aten.max_pool") ||
                             name == "aten.flatten" || name == "aten.view" ||
                             name == "aten.reshape";
           return onlyPlaces && user->getNumResults() == 1 &&
                  isRectifiedLater(user->getResult(0));
         });
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  StringRef to = cast<StringAttr>(value).getValue();
  if (to == "linear")
    return equivalent("the layer has no activation function already");
  if (to == "relu" && isRectifiedLater(getWeightedLayer(site.op)->getOutput()))
    return equivalent("a rectifier follows behind a pooling or a view");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  StringRef to = arguments.getText("to");
  record.before = "linear";
  record.after = to;
  Value output = getWeightedLayer(site.op)->getOutput();
  OpBuilder builder(site.op->getContext());
  builder.setInsertionPointAfterValue(output);
  torch::TorchBuilder b(builder, site.op->getLoc());
  Operation *last = output.getDefiningOp()->getNextNode();
  Value result = torch::findActivation(to)->build(b, output);
  for (Operation *op = output.getDefiningOp()->getNextNode(); op != last;
       op = op->getNextNode())
    markInjected(op);
  output.replaceUsesWithIf(result, [](OpOperand &use) {
    return !use.getOwner()->hasAttr("dynfault.injected");
  });
  return success();
}

static const FaultParameter kParameters[] = {FaultParameter::choice(
    "to", "the activation function put in", kMildActivations,
    kBoundedActivations, kSevereActivations)};

const FaultOperator dynfault::inject::kAddActivation = {
    "AAL",
    "add activation to linear layer",
    "model",
    "Adds an activation function to a layer that has none, the output layer "
    "included.",
    "a linear or convolution layer whose output no activation function reads",
    "DeepCrime (ISSTA 2021)",
    kParameters,
    findSites,
    refuses,
    apply};
