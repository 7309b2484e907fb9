//===- ChangeTrainingData.cpp - TRD, TUD, TAN, TCO, TDR -------------------===//
//
// Faults that remove, repeat or blur a share of the training rows (DeepCrime,
// ISSTA 2021; DeepMutation, ISSRE 2018). The recipe gets one more step; the
// runtime carries it out (runtime/data/DataFaults.h says exactly what).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/DatasetRewrites.h"
#include "passes/inject/Operators.h"

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::DatasetOp;

template <const char *kind>
static LogicalResult apply(const FaultSite &site,
                           const FaultArguments &arguments, uint64_t seed,
                           FaultRecord &record) {
  record.before = "training rows as they are";
  appendShareTransform(cast<DatasetOp>(site.op), kind, arguments, seed, record);
  return success();
}

static SmallVector<FaultSite>
findNoiseSites(const dynfault::program::Program &program) {
  return findRows(program).empty() ? SmallVector<FaultSite>()
                                   : findFloatDataset(program);
}

static MaybeRefusal refusesNoise(const FaultSite &site, const FaultParameter &,
                                 Attribute) {
  if (getInputWidth(site) == 1)
    return equivalent("a row has one input value, whose standard deviation is "
                      "0");
  return std::nullopt;
}

static constexpr char kDelete[] = "delete_training_data";
static constexpr char kUnbalance[] = "unbalance_training_data";
static constexpr char kNoise[] = "add_noise";
static constexpr char kOverlap[] = "overlap_classes";
static constexpr char kRepeat[] = "repeat_data";

static const Interval kDeleteLow[] = {{0.3, 0.5}};
static const Interval kDeleteMedium[] = {{0.5, 0.8}};
static const Interval kDeleteHigh[] = {{0.8, 0.99}};
static const FaultParameter kDeleteParameters[] = {FaultParameter::number(
    "share", "share of each class that is removed", {0.3, 0.99}, kDeleteLow,
    kDeleteMedium, kDeleteHigh)};

static const Interval kLow[] = {{0.05, 0.2}};
static const Interval kMedium[] = {{0.2, 0.5}};
static const Interval kHigh[] = {{0.5, 1}};
static constexpr Interval kRange = {0.05, 1};
static const Interval kUnbalanceHigh[] = {{0.5, 0.99}};
static const FaultParameter kUnbalanceParameters[] = {FaultParameter::number(
    "share",
    "share that is removed from each class with fewer rows than the mean "
    "class; where all are equally frequent, from the upper half of the labels",
    {0.05, 0.99}, kLow, kMedium, kUnbalanceHigh)};
static const FaultParameter kNoiseParameters[] = {FaultParameter::number(
    "share",
    "share of the rows that get noise N(0, (share * s)^2), s being the "
    "standard deviation of the row's own values",
    kRange, kLow, kMedium, kHigh)};
static const FaultParameter kOverlapParameters[] = {FaultParameter::number(
    "share",
    "share of the most frequent class that is appended under the label of the "
    "second most frequent one",
    kRange, kLow, kMedium, kHigh)};
static const FaultParameter kRepeatParameters[] = {
    FaultParameter::number("share", "share of the rows that is appended again",
                           kRange, kLow, kMedium, kHigh)};

const FaultOperator dynfault::inject::kDeleteTrainingData =
    FaultOperator{
        "TRD",
        "delete training data",
        "data",
        "Removes a share of each class from the training rows. For a "
        "regression, a "
        "class is a range of the target: below, within or above one standard "
        "deviation of the mean.",
        "the data set of a program whose rows have one class each",
        "DeepCrime (ISSTA 2021)",
        kDeleteParameters,
        findClassedRows,
        nullptr,
        apply<kDelete>,
    }
        .random();

const FaultOperator dynfault::inject::kUnbalanceTrainingData =
    FaultOperator{
        "TUD",
        "unbalance training data",
        "data",
        "Removes training rows of the rarer classes. For a regression, a class "
        "is "
        "a range of the target, as for TRD.",
        "the data set of a program whose rows have one class each",
        "DeepCrime (ISSTA 2021)",
        kUnbalanceParameters,
        findClassedRows,
        nullptr,
        apply<kUnbalance>,
    }
        .random();

const FaultOperator dynfault::inject::kAddNoise =
    FaultOperator{
        "TAN",
        "add noise to inputs",
        "data",
        "Adds normal noise to the inputs of part of the training rows.",
        "the data set of a program with floating-point inputs and several "
        "training "
        "rows",
        "DeepCrime (ISSTA 2021)",
        kNoiseParameters,
        findNoiseSites,
        refusesNoise,
        apply<kNoise>,
    }
        .random();

const FaultOperator dynfault::inject::kOverlapClasses =
    FaultOperator{
        "TCO",
        "make classes overlap",
        "data",
        "Repeats training rows of the most frequent class under the label of "
        "another one. For a regression, a class is a range of the target, as "
        "for "
        "TRD.",
        "the data set of a program whose rows have one class each",
        "DeepCrime (ISSTA 2021)",
        kOverlapParameters,
        findClassedRows,
        nullptr,
        apply<kOverlap>,
    }
        .random();

const FaultOperator dynfault::inject::kRepeatData =
    FaultOperator{
        "TDR",
        "repeat data",
        "data",
        "Repeats part of the training rows.",
        "the data set of a program with several training rows",
        "DeepMutation (ISSRE 2018)",
        kRepeatParameters,
        findRows,
        nullptr,
        apply<kRepeat>,
    }
        .random();
