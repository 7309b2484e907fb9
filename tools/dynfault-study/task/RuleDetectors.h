//===- RuleDetectors.h - Threshold rules of earlier techniques --*- C++ -*-===//
//
// AutoTrainer and DeepDiagnosis learn nothing: they hold symptoms against fixed
// thresholds. So they have no gap, and say what there is to beat in detection.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_TASK_RULEDETECTORS_H
#define DYNFAULT_STUDY_TASK_RULEDETECTORS_H

#include "tools/dynfault-study/table/FeatureTable.h"
#include "tools/dynfault-study/task/TaskData.h"

#include <string>
#include <vector>

namespace dynfault::study {

/// A rule: how often it fired over the task's runs.
struct RuleCount {
  std::string name;
  int fired = 0;
  /// False where the table lacks a feature that the rule needs.
  bool available = true;
};

struct RuleVerdicts {
  std::string detector;       ///< `autotrainer` or `deepdiagnosis`.
  std::vector<int> predicted; ///< Per run of the task: 1 where a rule fired.
  std::vector<RuleCount> rules;
};

/// Both detectors on the runs of fault detection, with the published
/// thresholds on the statistics of window `full`. A rule needs the values that
/// it names; where a run lacks one, the rule does not fire. Left out are rules
/// on single steps that the statistics do not hold (AutoTrainer: oscillation;
/// DeepDiagnosis: identical epochs in a row, variance of weights).
/// X. Zhang et al., "AutoTrainer", ICSE 2021; M. Wardat et al.,
/// "DeepDiagnosis", ICSE 2022.
std::vector<RuleVerdicts> ruleVerdicts(const FeatureTable &table,
                                       const TaskData &detection);

} // namespace dynfault::study

#endif
