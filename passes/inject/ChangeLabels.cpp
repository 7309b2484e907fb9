//===- ChangeLabels.cpp - TCL: change labels ------------------------------===//
//
// Wrong labels in the training data (DeepCrime, ISSTA 2021). The recipe gets
// one more step; the runtime carries it out (docs/archive.md).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/DatasetRewrites.h"
#include "passes/inject/Operators.h"

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::DatasetOp;

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t seed,
                           FaultRecord &record) {
  record.before = "labels as they are";
  appendShareTransform(cast<DatasetOp>(site.op), "change_labels", arguments,
                       seed, record);
  return success();
}

static const Interval kLow[] = {{0.03, 0.1}};
static const Interval kMedium[] = {{0.1, 0.3}};
static const Interval kHigh[] = {{0.3, 0.6}};
static const FaultParameter kParameters[] = {FaultParameter::number(
    "share",
    "share of the most frequent class that gets random other labels, where "
    "there is one for each of several places of a row of these; for "
    "regression every target gets noise N(0, (share * std)^2)",
    {0.03, 0.6}, kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeLabels =
    FaultOperator{
        "TCL",          "change labels",
        "data",         "Gives part of the training rows wrong labels.",
        "the data set", "DeepCrime (ISSTA 2021)",
        kParameters,    findDataset,
        nullptr,        apply,
    }
        .random();
