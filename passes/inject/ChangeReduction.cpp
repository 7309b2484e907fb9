//===- ChangeReduction.cpp - LRD: sum instead of mean ---------------------===//
//
// A loss that is summed over the batch instead of averaged, or the reverse: the
// learning rate is off by the batch's size (a common PyTorch bug).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/Rewrites.h"
#include "passes/program/Losses.h"
#include "passes/program/Sites.h"
#include "passes/torch/ShapeInference.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;

/// `mean` or `sum` of the whole tensor, which is no weight penalty.
static bool isReduction(Operation *op) {
  StringRef name = torch::getBaseName(op);
  return (name == "aten.mean" || name == "aten.sum") &&
         op->getNumOperands() == 2 && dependsOnInput(op->getOperand(0)) &&
         !op->hasAttr("dynfault.injected");
}

/// PyTorch's code for the reduction: 1 mean, 2 sum; 0 where there is none.
static int64_t getReduction(Operation *op) {
  if (auto loss = getLossOp(op))
    return getConstantInt(op->getOperand(loss->reductionIndex)).value_or(0);
  if (isReduction(op))
    return torch::getBaseName(op) == "aten.mean" ? 1 : 2;
  return 0;
}

static SmallVector<FaultSite> findSites(const Program &program) {
  SmallVector<FaultSite> sites;
  if (func::FuncOp loss = program.getLoss())
    loss.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (getReduction(op))
        sites.push_back({getSite(op).str(), op});
    });
  return sites;
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  bool toSum = cast<StringAttr>(value).getValue() == "sum";
  if (getReduction(site.op) == (toSum ? 2 : 1))
    return equivalent("the reduction is '" +
                      cast<StringAttr>(value).getValue() + "' already");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  StringRef to = arguments.getText("to");
  record.before = to == "sum" ? "mean" : "sum";
  record.after = to;
  OpBuilder builder(site.op);
  torch::TorchBuilder b(builder, site.op->getLoc());
  if (auto loss = getLossOp(site.op)) {
    replaceOperand(site.op, loss->reductionIndex,
                   b.constant(static_cast<int64_t>(to == "sum" ? 2 : 1)));
    return success();
  }
  Value result = b.op(("aten." + to).str(), site.op->getOperands(),
                      site.op->getResult(0).getType());
  result.getDefiningOp()->setAttr("dynfault.site",
                                  site.op->getAttr("dynfault.site"));
  replaceOp(site.op, result);
  return success();
}

static const StringRef kMedium[] = {"mean"};
static const StringRef kHigh[] = {"sum"};
static const FaultParameter kParameters[] = {
    FaultParameter::choice("to", "the reduction put in", {}, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeReduction =
    FaultOperator{
        "LRD",
        "change reduction",
        "objective",
        "Sums the loss over the batch instead of averaging it, or the reverse.",
        "a loss, mean or sum in @loss",
        "common PyTorch bug",
        kParameters,
        findSites,
        refuses,
        apply,
    }
        .changing("reduction");
