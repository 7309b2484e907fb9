//===- SortTrainingData.cpp - TDS: no shuffling ---------------------------===//
//
// Batches of one class after the other (DeepMutation, ISSRE 2018): the training
// rows are sorted by class or target, and the schedule stops shuffling them.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/DatasetRewrites.h"
#include "passes/inject/Operators.h"

using namespace mlir;
using namespace dynfault::inject;
using dynfault::program::DatasetOp;
using dynfault::program::Program;
using dynfault::program::ScheduleOp;

static ScheduleOp getSchedule(Operation *dataset) {
  return Program(dataset->getParentOfType<ModuleOp>()).getSchedule();
}

static SmallVector<FaultSite> findSites(const Program &program) {
  if (!program.getSchedule())
    return {};
  return findClassedRows(program);
}

static MaybeRefusal refuses(const FaultSite &site, const FaultArguments &) {
  auto dataset = cast<DatasetOp>(site.op);
  ScheduleOp schedule = getSchedule(dataset);
  if (schedule.getBatchSize() >= dataset.getTrain())
    return equivalent("the whole training part is one batch");
  Recipe recipe = getRecipe(dataset);
  if (!schedule.getShuffle() && !recipe.empty() &&
      recipe.back().getKind() == "sort_by_target")
    return equivalent("the training rows are sorted already");
  return std::nullopt;
}

static LogicalResult apply(const FaultSite &site, const FaultArguments &,
                           uint64_t, FaultRecord &record) {
  auto dataset = cast<DatasetOp>(site.op);
  ScheduleOp schedule = getSchedule(dataset);
  record.before = schedule.getShuffle() ? "shuffled in each epoch"
                                        : "in the order of the data set";
  record.after = "sorted by target, not shuffled";
  Recipe recipe = getRecipe(dataset);
  recipe.push_back(makeTransform(dataset.getContext(), "sort_by_target"));
  setRecipe(dataset, recipe);
  schedule.setShuffle(false);
  return success();
}

const FaultOperator dynfault::inject::kSortTrainingData =
    FaultOperator{
        "TDS",
        "no shuffling",
        "data",
        "Sorts the training rows by class or target and does not shuffle them.",
        "the data set of a program with a schedule whose rows have one class "
        "each",
        "DeepMutation (ISSRE 2018)",
        {},
        findSites,
        nullptr,
        apply,
    }
        .refusingTogether(refuses);
