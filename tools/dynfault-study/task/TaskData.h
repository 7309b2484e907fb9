//===- TaskData.h - The runs of one task ------------------------*- C++ -*-===//
//
// What the protocols see of a table: the runs that take part, their labels,
// the features that the task may use, and the clean runs as a reference.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_TASK_TASKDATA_H
#define DYNFAULT_STUDY_TASK_TASKDATA_H

#include "tools/dynfault-study/protocol/Folds.h"
#include "tools/dynfault-study/task/Labels.h"
#include "tools/dynfault-study/util/RowMatrix.h"

#include <string>
#include <utility>
#include <vector>

namespace dynfault::study {

/// The runs that take part in one task. `programs`, `mutants` and the numbers
/// in `keys` cover those runs only.
struct TaskData {
  TaskId task = TaskId::FaultTyping;
  std::vector<std::string> classes;
  std::vector<std::string> programs; ///< Sorted.
  std::vector<std::string> mutants;  ///< Sorted by program and key.
  FoldKeys keys;
  std::vector<size_t> row; ///< Index into FeatureTable::rows.
  /// Names without the window, sorted; columns of `features`.
  std::vector<std::string> featureNames;
  RowMatrix features; ///< Runs x features, through compress().
  /// Clean runs (of all programs of the task), features likewise.
  RowMatrix clean;
  std::vector<int> cleanProgram; ///< Program of each clean run.
  /// Runs that take no part, counted by reason, in the order of the words.
  std::vector<std::pair<std::string, int>> leftOut;
  int divergedRuns = 0;

  int size() const { return static_cast<int>(row.size()); }
};

/// Selects and labels runs. The task decides on the features: instability
/// triage uses the window `early`, the others `full`; train/validation
/// mismatch uses no validation signal and no training metric, which its label
/// is made from. Throws StudyError when no run is left, when a class has no
/// run, or when `classMap` names an operator that is not in the table.
TaskData makeTask(TaskId task, const FeatureTable &table,
                  const LabelOptions &options);

} // namespace dynfault::study

#endif
