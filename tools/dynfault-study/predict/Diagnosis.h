//===- Diagnosis.h - Diagnosing the runs of a new trace ---------*- C++ -*-===//
//
// A classifier names one of its classes for anything. A diagnosis may also say
// that it does not know: when no class is probable, or when the run lies
// outside of what the corpus covers.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_PREDICT_DIAGNOSIS_H
#define DYNFAULT_STUDY_PREDICT_DIAGNOSIS_H

#include "tools/dynfault-study/table/FeatureTable.h"
#include "tools/dynfault-study/task/TaskData.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dynfault::study {

struct DiagnosisOptions {
  LabelOptions labels;
  std::string featureSet = "all";
  double minProbability = 0.5;
  uint64_t seed = 0;
};

/// A feature that speaks for the diagnosis.
struct Evidence {
  std::string feature;
  double value = 0; ///< As recorded; NaN: it is missing, which is what speaks.
  /// How much it raises the log odds of the class against the mean class.
  double weight = 0;
};

/// What one task's model says of one run.
struct Verdict {
  Eigen::VectorXd probabilities; ///< In the order of TaskSummary::classes.
  int best = 0;                  ///< Most probable class.
  double distance = 0;
  bool improbable = false;        ///< Below the least probability.
  bool outOfRange = false;        ///< Distance above the limit.
  std::vector<Evidence> evidence; ///< Strongest first, at most five.

  bool known() const { return !improbable && !outOfRange; }
};

/// What a task's model was made from.
struct TaskSummary {
  TaskId task = TaskId::FaultTyping;
  std::vector<std::string> classes;
  std::vector<std::string> members; ///< Sets that corpus and trace both have.
  double strength = 0;              ///< Chosen L2 strength.
  /// Scores are divided by this, which makes the probabilities of held-out
  /// programs' runs as right as they say (C. Guo et al., "On Calibration of
  /// Modern Neural Networks", ICML 2017); 1 with a single program.
  double temperature = 1;
  double distanceLimit = 0;
  /// What the distance limit is made from: programs or mutants.
  std::string neighbours;
  int trainingRuns = 0;
};

struct RunDiagnosis {
  TableRow run;
  std::vector<Verdict> verdicts; ///< One per task of Diagnosis::tasks.
  float relativeGap = 0; ///< Measured in the trace; NaN where it is not.
};

struct Diagnosis {
  std::vector<TaskSummary> tasks; ///< Fault typing first.
  /// Tasks for which the corpus has no model, with the reason.
  std::vector<std::pair<TaskId, std::string>> excluded;
  std::vector<RunDiagnosis> runs;
  int skippedRuns = 0; ///< Failed, timed out, or without features.
};

/// Fits fault typing, instability triage (on the early window) and
/// train/validation mismatch on the corpus and applies them to every usable run
/// of the trace (clean ones included: what a user's own run is, is not known).
///
/// Only features that both have are used. The distance of a run is the root
/// mean square difference, over the columns of the design matrix, to the
/// nearest training run. The limit is the 95th percentile, over training runs,
/// of the distance to the nearest run of another program (of another mutant
/// where the corpus has one program): a new program may lie as far from the
/// corpus as its programs lie from each other.
Diagnosis diagnose(const FeatureTable &corpus, const FeatureTable &trace,
                   const DiagnosisOptions &options);

/// The temperature that gives scores (log probabilities up to a constant per
/// row) the least log loss; 0.05 to 20.
double fittedTemperature(const Eigen::MatrixXd &logProbabilities,
                         const std::vector<int> &labels);

} // namespace dynfault::study

#endif
