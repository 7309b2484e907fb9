//===- MisnormalizeInputs.cpp - TNP and TLK -------------------------------===//
//
// Inputs on a wrong scale (TNP: DeepFD, ICSE 2022; Humbatova et al., ICSE
// 2020), or a validation part that is prepared in another way than what the
// model is trained on (TLK: a common mistake where two pipelines are written by
// hand). Only recipes that normalise can be broken so.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/DatasetRewrites.h"
#include "passes/inject/Operators.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::DatasetOp;
using dynfault::program::Program;
using dynfault::program::TransformAttr;

static bool normalizes(TransformAttr transform) {
  StringRef kind = transform.getKind();
  return kind == "unit" || kind == "standardize" || kind == "normalize" ||
         kind == "standardize_rows";
}

/// A scaling by constants: twice is not the same as once.
static bool scales(TransformAttr transform) {
  return transform.getKind() == "unit" || transform.getKind() == "normalize";
}

static bool anyOf(const FaultSite &site, bool (*property)(TransformAttr)) {
  return llvm::any_of(getRecipe(cast<DatasetOp>(site.op)), property);
}

static SmallVector<FaultSite> findSites(const Program &program) {
  SmallVector<FaultSite> sites = findFloatDataset(program);
  llvm::erase_if(
      sites, [](const FaultSite &site) { return !anyOf(site, normalizes); });
  return sites;
}

static MaybeRefusal refuses(const FaultSite &site, const FaultParameter &,
                            Attribute value) {
  StringRef which = cast<StringAttr>(value).getValue();
  if (which == "twice" && !anyOf(site, scales))
    return equivalent("standardized data do not change when they are "
                      "standardized once more");
  if (which == "separate_statistics" &&
      !anyOf(site, [](TransformAttr transform) {
        return transform.getKind() == "standardize" &&
               transform.getNumber("validation") != 0;
      }))
    return impossible("the recipe has no 'standardize' of the validation part");
  bool needsFeatures = which == "wrong_axis" || which == "reversed_features";
  if (needsFeatures && getInputWidth(site) == 1)
    return impossible("a row has one input value");
  if (which == "wrong_axis" && anyOf(site, [](TransformAttr transform) {
        return transform.getKind() == "standardize_rows";
      }))
    return equivalent("rows are standardized one by one already");
  return std::nullopt;
}

static TransformAttr withFlag(TransformAttr transform, StringRef name,
                              bool value) {
  return transform.with(name, BoolAttr::get(transform.getContext(), value));
}

/// Wrong normalisation of both parts.
static Recipe misnormalize(const Recipe &recipe, StringRef which) {
  MLIRContext *context = recipe.front().getContext();
  Builder builder(context);
  Recipe result;
  for (TransformAttr transform : recipe) {
    if (!normalizes(transform)) {
      result.push_back(transform);
      continue;
    }
    if (which == "missing" || which == "wrong_axis")
      continue;
    if (which == "separate_statistics" && transform.getKind() == "standardize")
      transform = withFlag(transform, "separate", true);
    result.push_back(transform);
    if (which == "twice" && scales(transform))
      result.push_back(transform);
  }
  if (which == "wrong_axis") {
    const auto *first = llvm::find_if(recipe, normalizes);
    result.insert(result.begin() + (first - recipe.begin()),
                  makeTransform(context, "standardize_rows"));
  }
  if (which == "wrong_statistics") {
    auto number = [&](StringRef name, double value) {
      return builder.getNamedAttr(name, builder.getF64FloatAttr(value));
    };
    // Right after the last step that put the inputs on their scale.
    auto last = std::find_if(result.rbegin(), result.rend(), normalizes);
    result.insert(last.base(),
                  makeTransform(context, "normalize",
                                {number("mean", 127.5), number("std", 127.5)}));
  }
  return result;
}

/// Another preparation of the validation part.
static Recipe mismatch(const Recipe &recipe, StringRef which) {
  MLIRContext *context = recipe.front().getContext();
  Recipe result;
  for (TransformAttr transform : recipe) {
    bool isNormal = normalizes(transform);
    if (isNormal && which == "raw")
      transform = withFlag(transform, "validation", false);
    result.push_back(transform);
    if (isNormal && which == "twice" && scales(transform))
      result.push_back(withFlag(transform, "train", false));
  }
  if (which == "reversed_features")
    result.push_back(
        withFlag(makeTransform(context, "reverse_features"), "train", false));
  return result;
}

template <Recipe (*rewrite)(const Recipe &, StringRef)>
static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t,
                           FaultRecord &record) {
  auto dataset = cast<DatasetOp>(site.op);
  Recipe recipe = getRecipe(dataset);
  record.before = describe(recipe);
  recipe = rewrite(recipe, arguments.getText("which"));
  record.after = describe(recipe);
  setRecipe(dataset, recipe);
  return success();
}

static const StringRef kNormalizationLow[] = {"separate_statistics",
                                              "wrong_axis"};
static const StringRef kNormalizationMedium[] = {"twice"};
static const StringRef kNormalizationHigh[] = {"missing", "wrong_statistics"};
static const FaultParameter kNormalizationParameters[] = {
    FaultParameter::choice(
        "which",
        "separate_statistics: the validation part is standardized by its own "
        "mean and deviation; wrong_axis: each row by the statistics of its own "
        "values; twice: scaled twice; missing: not at all; wrong_statistics: "
        "by mean and deviation 127.5 although the values are scaled already",
        kNormalizationLow, kNormalizationMedium, kNormalizationHigh)};

static const StringRef kMismatchLow[] = {"twice"};
static const StringRef kMismatchMedium[] = {"reversed_features"};
static const StringRef kMismatchHigh[] = {"raw"};
static const FaultParameter kMismatchParameters[] = {FaultParameter::choice(
    "which",
    "what happens to the validation part only; twice: scaled twice; "
    "reversed_features: values along the last dimension in reverse order "
    "(columns of a table, a mirrored image); raw: not normalised",
    kMismatchLow, kMismatchMedium, kMismatchHigh)};

const FaultOperator dynfault::inject::kMisnormalizeInputs = {
    "TNP",
    "missing or wrong normalisation",
    "data",
    "Leaves out or breaks the normalisation of the inputs.",
    "the data set of a program with floating-point inputs, whose recipe "
    "normalises them",
    "DeepFD (ICSE 2022), Humbatova et al. (ICSE 2020)",
    kNormalizationParameters,
    findSites,
    refuses,
    apply<misnormalize>};

const FaultOperator dynfault::inject::kMismatchPreprocessing = {
    "TLK",
    "training/validation preprocessing mismatch",
    "data",
    "Prepares the validation part in another way than the training part.",
    "the data set of a program with floating-point inputs, whose recipe "
    "normalises them",
    "common PyTorch training mistake",
    kMismatchParameters,
    findSites,
    refuses,
    apply<mismatch>};
