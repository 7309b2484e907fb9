//===- ChangeLabels.cpp - TCL: change labels ------------------------------===//
//
// Wrong labels in the training data (DeepCrime, ISSTA 2021). The recipe gets
// one more step; the runtime carries it out (docs/archive.md).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::DatasetOp;
using dynfault::program::Program;
using dynfault::program::TransformAttr;

static SmallVector<FaultSite> findSites(const Program &program) {
  DatasetOp dataset = program.getDataset();
  if (!dataset)
    return {};
  return {{dataset.getSymName().str(), dataset}};
}

static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t seed,
                           FaultRecord &record) {
  auto dataset = cast<DatasetOp>(site.op);
  Builder builder(dataset.getContext());
  SmallVector<Attribute> transforms(dataset.getTransforms().getValue());
  record.before = "labels as they are";
  auto changed = TransformAttr::get(
      builder.getContext(), "change_labels",
      builder.getDictionaryAttr(
          {builder.getNamedAttr("share", arguments.lookup("share")),
           builder.getNamedAttr("seed", builder.getI64IntegerAttr(seed))}));
  transforms.push_back(changed);
  dataset.setTransformsAttr(builder.getArrayAttr(transforms));
  llvm::raw_string_ostream(record.after) << changed;
  return success();
}

static const Interval kLow[] = {{0.03, 0.1}};
static const Interval kMedium[] = {{0.1, 0.3}};
static const Interval kHigh[] = {{0.3, 0.6}};
static const FaultParameter kParameters[] = {FaultParameter::number(
    "share",
    "share of the most frequent class that gets random other labels; for "
    "regression every target gets noise N(0, (share * std)^2)",
    {0.03, 0.6}, kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kChangeLabels = {
    "TCL",
    "change labels",
    "data",
    "Gives part of the training rows wrong labels.",
    "the data set",
    "DeepCrime (ISSTA 2021)",
    kParameters,
    findSites,
    nullptr,
    apply,
    /*isRandom=*/true};
