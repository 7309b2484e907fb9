//===- RemoveActivation.cpp - ARM: remove an activation -------------------===//
//
// A hidden layer without its activation function (DeepCrime, ISSTA 2021): two
// linear layers in a row are one.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/program/Losses.h"
#include "passes/torch/Activations.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;

static SmallVector<FaultSite> findSites(const program::Program &program) {
  return findModelSites(program, torch::getActivation);
}

static MaybeRefusal refuses(const FaultSite &site, const FaultArguments &) {
  if (program::returnsProbability(site.op))
    return impossible("the loss takes numbers from 0 to 1 only");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site, const FaultArguments &,
                           uint64_t, FaultRecord &record) {
  record.before = torch::getActivation(site.op)->name;
  record.after = "linear";
  replaceActivation(site.op, "linear");
  return success();
}

const FaultOperator dynfault::inject::kRemoveActivation = {
    "ARM",
    "remove activation",
    "model",
    "Removes an activation function.",
    "an element-wise activation function of the model",
    "DeepCrime (ISSTA 2021)",
    {},
    findSites,
    nullptr,
    apply,
    /*isRandom=*/false,
    refuses};
