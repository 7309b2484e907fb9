//===- Labels.h - The four tasks and their labels ---------------*- C++ -*-===//
//
// Thresholds stand here and nowhere else. Labels are made from the table's
// `label/` quantities, never from a feature.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_TASK_LABELS_H
#define DYNFAULT_STUDY_TASK_LABELS_H

#include "tools/dynfault-study/table/FeatureTable.h"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace dynfault::study {

enum class TaskId {
  FaultTyping,
  FaultDetection,
  InstabilityTriage,
  TrainValidationMismatch
};

inline constexpr std::array<TaskId, 4> allTasks = {
    TaskId::FaultTyping, TaskId::FaultDetection, TaskId::InstabilityTriage,
    TaskId::TrainValidationMismatch};

/// The name on the command line, in tables and in reports.
std::string taskName(TaskId task);
/// Throws UsageError for an unknown name.
TaskId parseTask(const std::string &name);

/// The four fault classes, in the order in which reports show them.
const std::vector<std::string> &faultClasses();

/// What a label quantity is held against.
struct Thresholds {
  double lossRatio = 3; ///< Unstable: label/late_loss_ratio at least this.
  double lossRise = 5;  ///< Unstable: label/late_loss_rise at least this.
  double alternatingShare = 0.2; ///< Unstable: at least this.
  double relativeGap = 0.5;      ///< Over-fit: at least this.
  /// Under-fit: training metric this far below the median of the program's
  /// clean runs (accuracy or R^2, absolute).
  double metricDeficit = 0.1;
  /// With `calibrated`, the two limits of train/validation mismatch are the
  /// median of the program's clean runs plus (minus) this many scaled median
  /// absolute deviations of theirs, at least 0.05 (0.02) away from it.
  bool calibrated = false;
  double spread = 3;

  /// All limits but `spread` times `factor`.
  Thresholds scaled(double factor) const;
};

struct LabelOptions {
  bool includeSurviving = false; ///< Fault typing: mutants not killed as well.
  /// Operator id to class, in place of the table's own class.
  std::map<std::string, std::string> classMap;
  std::vector<std::string> classes = faultClasses(); ///< Of fault typing.
  Thresholds thresholds;
};

/// Labels of one task.
struct Labels {
  std::vector<std::string> classes;
  std::vector<int> label; ///< Per row of the table; -1: takes no part.
  /// Per row: why it takes no part; empty where it does.
  std::vector<std::string> reason;
};

/// Labels every row of the table:
///  - fault typing: the class of each killed mutant;
///  - fault detection: `clean` against `faulty` (killed mutants);
///  - instability triage: `stable` against `unstable` after the early window,
///    runs that become non-finite within it left out;
///  - train/validation mismatch: `matched`, `over-fit`, `under-fit` of
///    completed runs, under-fit first where both hold.
Labels labelRows(TaskId task, const FeatureTable &table,
                 const LabelOptions &options);

/// The word that corpora and tables have for a status.
std::string statusName(RunStatus status);

} // namespace dynfault::study

#endif
