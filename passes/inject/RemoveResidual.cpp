//===- RemoveResidual.cpp - LRS: remove a residual connection -------------===//
//
// A block without its skip connection (DEFault++): what the branch computes
// goes on alone.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

static SmallVector<FaultSite> findSites(const Program &program) {
  return findModelSites(
      program, [](Operation *op) { return getResidual(op).has_value(); });
}

static MaybeRefusal refusesTogether(const FaultSite &site,
                                    const FaultArguments &) {
  Residual residual = *getResidual(site.op);
  torch::ShapeAnalysis shapes(getProgram(site.op).getModule());
  if (func::FuncOp forward = getProgram(site.op).getForward())
    shapes.run(forward);
  auto branch = shapes.get(site.op->getOperand(residual.branchIndex)),
       sum = shapes.get(site.op->getResult(0));
  if (branch && sum && *branch != *sum)
    return impossible("the branch is smaller than the sum");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site, const FaultArguments &,
                           uint64_t, FaultRecord &record) {
  record.before = "branch + skip";
  record.after = "branch";
  Residual residual = *getResidual(site.op);
  Value branch = site.op->getOperand(residual.branchIndex);
  // Of `skip.add_(branch)` the skip is read later only for the sum.
  replaceOp(site.op, branch);
  return success();
}

const FaultOperator dynfault::inject::kRemoveResidual =
    FaultOperator{
        "LRS",
        "remove residual connection",
        "model",
        "Removes the skip connection of a residual block.",
        "an addition of a branch to what the branch was computed from",
        "DEFault++ (2026)",
        {},
        findSites,
        nullptr,
        apply,
    }
        .refusingTogether(refusesTogether)
        .structural();
