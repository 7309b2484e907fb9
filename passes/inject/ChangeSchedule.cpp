//===- ChangeSchedule.cpp - HBS, HDB and HNE ------------------------------===//
//
// Batch sizes that are too small or too large, and too few epochs (DeepCrime,
// ISSTA 2021).
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/StepRewrites.h"

#include <cmath>

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::DatasetOp;
using dynfault::program::Program;
using dynfault::program::ScheduleOp;

/// The rows of the training part, or 0 where the module has no data set.
static int64_t getRows(Operation *op) {
  DatasetOp dataset = Program(op->getParentOfType<ModuleOp>()).getDataset();
  return dataset ? dataset.getTrain() : 0;
}

static void setBatchSize(ScheduleOp schedule, int64_t size,
                         FaultRecord &record) {
  record.before = "batches of " + std::to_string(schedule.getBatchSize());
  record.after = "batches of " + std::to_string(size);
  schedule.setBatchSize(size);
}

//===----------------------------------------------------------------------===//
// HBS
//===----------------------------------------------------------------------===//

static MaybeRefusal refusesSize(const FaultSite &site, const FaultParameter &,
                                Attribute value) {
  int64_t size = cast<IntegerAttr>(value).getInt();
  int64_t current = cast<ScheduleOp>(site.op).getBatchSize();
  int64_t rows = getRows(site.op);
  if (size == current)
    return equivalent("batches have " + Twine(size) + " rows already");
  if (rows && size >= rows)
    return impossible("the training part has " + Twine(rows) +
                      " rows; HDB makes one batch of them");
  return std::nullopt;
}

static LogicalResult applySize(const FaultSite &site,
                               const FaultArguments &arguments, uint64_t,
                               FaultRecord &record) {
  setBatchSize(cast<ScheduleOp>(site.op), arguments.getInteger("size"), record);
  return success();
}

static const StringRef kSizeLow[] = {"8", "256"};
static const StringRef kSizeMedium[] = {"4", "512"};
static const StringRef kSizeHigh[] = {"1", "2"};
static const FaultParameter kSizeParameters[] = {
    FaultParameter::choice("size", "the rows of a batch", kSizeLow, kSizeMedium,
                           kSizeHigh, FaultParameter::Type::Integer)};

const FaultOperator dynfault::inject::kChangeBatchSize =
    FaultOperator{
        "HBS",           "change batch size",
        "optimization",  "Trains on much smaller or larger batches.",
        "the schedule",  "DeepCrime (ISSTA 2021)",
        kSizeParameters, findSchedule,
        refusesSize,     applySize,
    }
        .changing("batch_size");

//===----------------------------------------------------------------------===//
// HDB
//===----------------------------------------------------------------------===//

static SmallVector<FaultSite> findBatches(const Program &program) {
  if (!program.getDataset())
    return {};
  return findSchedule(program);
}

static MaybeRefusal refusesWhole(const FaultSite &site,
                                 const FaultArguments &) {
  if (static_cast<int64_t>(cast<ScheduleOp>(site.op).getBatchSize()) >=
      getRows(site.op))
    return equivalent("the whole training part is one batch already");
  return std::nullopt;
}

static LogicalResult applyWhole(const FaultSite &site, const FaultArguments &,
                                uint64_t, FaultRecord &record) {
  setBatchSize(cast<ScheduleOp>(site.op), getRows(site.op), record);
  return success();
}

const FaultOperator dynfault::inject::kDisableBatching =
    FaultOperator{
        "HDB",
        "disable batching",
        "optimization",
        "Trains on the whole training part as one batch.",
        "the schedule of a program with a data set",
        "DeepCrime (ISSTA 2021)",
        {},
        findBatches,
        nullptr,
        applyWhole,
    }
        .refusingTogether(refusesWhole)
        .changing("batch_size");

//===----------------------------------------------------------------------===//
// HNE
//===----------------------------------------------------------------------===//

static int64_t getEpochs(const FaultSite &site, double factor) {
  auto epochs = cast<ScheduleOp>(site.op).getEpochs();
  return std::max<int64_t>(1, std::llround(epochs * factor));
}

static MaybeRefusal refusesEpochs(const FaultSite &site, const FaultParameter &,
                                  Attribute value) {
  double factor = cast<FloatAttr>(value).getValueAsDouble();
  int64_t epochs = cast<ScheduleOp>(site.op).getEpochs();
  if (getEpochs(site, factor) == epochs)
    return equivalent("of " + Twine(epochs) + " epochs it leaves " +
                      Twine(epochs));
  return std::nullopt;
}

static LogicalResult applyEpochs(const FaultSite &site,
                                 const FaultArguments &arguments, uint64_t,
                                 FaultRecord &record) {
  auto schedule = cast<ScheduleOp>(site.op);
  int64_t epochs = getEpochs(site, arguments.getNumber("factor"));
  record.before = std::to_string(schedule.getEpochs()) + " epochs";
  record.after = std::to_string(epochs) + " epochs";
  schedule.setEpochs(epochs);
  return success();
}

static const Interval kEpochsLow[] = {{0.3, 0.5}};
static const Interval kEpochsMedium[] = {{0.15, 0.3}};
static const Interval kEpochsHigh[] = {{0.05, 0.15}};
static const FaultParameter kEpochsParameters[] = {FaultParameter::number(
    "factor",
    "what the number of epochs is multiplied by; the result is rounded, and at "
    "least 1",
    {0.05, 0.5}, kEpochsLow, kEpochsMedium, kEpochsHigh)};

const FaultOperator dynfault::inject::kChangeEpochs =
    FaultOperator{
        "HNE",
        "change epochs",
        "optimization",
        "Trains for too few epochs.",
        "the schedule",
        "DeepCrime (ISSTA 2021)",
        kEpochsParameters,
        findSchedule,
        refusesEpochs,
        applyEpochs,
    }
        .changing("epochs");
