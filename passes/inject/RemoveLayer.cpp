//===- RemoveLayer.cpp - LRM: remove a layer ------------------------------===//
//
// A linear, convolution or pooling layer that is missing (DeepMutation, ISSRE
// 2018); its activation stays. Where the layer changed a size, what follows is
// fitted.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Refit.h"
#include "passes/inject/Rewrites.h"
#include "passes/program/Sites.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

static SmallVector<FaultSite> findSites(const Program &program) {
  return findModelSites(program, [&](Operation *op) {
    if (isPooling(op))
      return true;
    auto layer = getWeightedLayer(op);
    return layer && layer->output == op;
  });
}

static std::string plan(Refit &refit, Operation *op) {
  auto layer = getWeightedLayer(op);
  refit.bypass(op, layer ? layer->inputIndex : 0);
  return refit.plan();
}

static MaybeRefusal refusesTogether(const FaultSite &site,
                                    const FaultArguments &) {
  Program program = getProgram(site.op);
  Refit refit(program);
  std::string reason = plan(refit, site.op);
  if (!reason.empty())
    return impossible(reason);
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site, const FaultArguments &,
                           uint64_t, FaultRecord &record) {
  record.before = torch::getTorchName(site.op);
  record.after = "nothing";
  Program program = getProgram(site.op);
  Refit refit(program);
  if (std::string reason = plan(refit, site.op); !reason.empty())
    return site.op->emitError(reason);
  // The place of an activation that was removed here stays one to probe.
  auto layer = getWeightedLayer(site.op);
  Value input = site.op->getOperand(layer ? layer->inputIndex : 0);
  if (auto mark = getPreActivation(site.op);
      mark && input.getDefiningOp() && !getPreActivation(input.getDefiningOp()))
    markPreActivation(input, mark->kind, mark->site);
  refit.commit();
  return success();
}

const FaultOperator dynfault::inject::kRemoveLayer =
    FaultOperator{
        "LRM",
        "remove layer",
        "model",
        "Removes a layer but not its activation, and fits what follows.",
        "a linear, convolution or pooling layer",
        "DeepMutation (ISSRE 2018), DEFault (ICSE 2025)",
        {},
        findSites,
        nullptr,
        apply,
    }
        .refusingTogether(refusesTogether)
        .structural();
