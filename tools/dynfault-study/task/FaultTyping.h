//===- FaultTyping.h - Which runs are typed, and as what --------*- C++ -*-===//
//
// Fault typing asks for the class of the fault in a run that visibly fails.
// What is left out is counted by reason, because a score without its
// denominator says little.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_TASK_FAULTTYPING_H
#define DYNFAULT_STUDY_TASK_FAULTTYPING_H

#include "tools/dynfault-study/corpus/Corpus.h"
#include "tools/dynfault-study/protocol/Folds.h"
#include "tools/dynfault-study/task/Labels.h"

#include <Eigen/Core>
#include <map>
#include <string>
#include <vector>

namespace dynfault::study {

struct TaskOptions {
  bool includeSurviving = false; ///< Also mutants not killed or not tested.
  /// Operator id to class, in place of the corpus's own class.
  std::map<std::string, std::string> classMap;
  std::vector<std::string> classes = faultClasses(); ///< To be told apart.
};

/// Runs (and, where it says so, mutants) of a corpus that are not typed, each
/// counted once, under the first reason that holds in this order.
struct LeftOut {
  int cleanRuns = 0;
  int otherClassMutants = 0, otherClassRuns = 0;
  int survivingMutants = 0, survivingRuns = 0;
  int untestedMutants = 0, untestedRuns = 0;
  int failedRuns = 0;
  int timeoutRuns = 0;
  int noFeatureRuns = 0; ///< Ended well, but without rows for the window.
};

/// The runs that are typed. `programs`, `mutants` and the numbers in `keys`
/// cover those runs only.
struct TaskData {
  std::vector<std::string> classes;
  std::vector<std::string> programs; ///< Sorted.
  std::vector<std::string> mutants;  ///< Keys, sorted by program and key.
  FoldKeys keys;
  std::vector<size_t> run;  ///< Index into Corpus::runs.
  Eigen::MatrixXd features; ///< Typed runs x features, raw.
  LeftOut leftOut;
  int divergedRuns = 0; ///< Typed runs that diverged; the rest completed.
  /// Typed mutants that the killed test did not kill or did not see.
  int survivingTyped = 0, untestedTyped = 0;

  int size() const { return static_cast<int>(run.size()); }
};

/// Selects and labels runs. Throws StudyError when none is left, when a class
/// has no run, or when `classMap` names an operator that is not in the corpus.
TaskData makeFaultTyping(const Corpus &corpus, const TaskOptions &options);

} // namespace dynfault::study

#endif
