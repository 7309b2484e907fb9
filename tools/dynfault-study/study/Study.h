//===- Study.h - One study --------------------------------------*- C++ -*-===//
//
// Plans every experiment first, works all of them off together, then scores.
// The result is the JSON document that every report is made from
// (docs/study.md lists its members).
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_STUDY_STUDY_H
#define DYNFAULT_STUDY_STUDY_STUDY_H

#include "tools/dynfault-study/features/FeatureSets.h"
#include "tools/dynfault-study/score/ScoreCard.h"
#include "tools/dynfault-study/table/FeatureTable.h"
#include "tools/dynfault-study/task/TaskData.h"
#include "tools/dynfault-study/util/RowMatrix.h"

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace dynfault::study {

/// Value of the member `schema` of study.json.
inline constexpr const char *studySchema = "dynfault.study/2";

struct StudyOptions {
  /// Empty: every task that the table allows; of those that it does not, the
  /// reason is stated.
  std::vector<TaskId> tasks;
  LabelOptions labels;
  std::vector<Protocol> protocols{allProtocols.begin(), allProtocols.end()};
  std::vector<std::string> featureSets; ///< Empty: the default list.
  std::vector<Model> models = {Model::Logistic, Model::Ridge,
                               Model::KNearest, Model::Tree,
                               Model::Forest,   Model::Forest200};
  /// Tasks on which the methods that close the gap are tried.
  std::vector<TaskId> closing = {TaskId::FaultTyping};
  bool sources = true; ///< Also ask where the gap comes from.
  uint64_t seed = 0;
  int resamples = 10000;
  int folds = 5;
  int permutations = 2;
  int jobs = 1; ///< Threads; the result does not depend on it.
};

/// Experiments that are planned and then run together.
class Plan {
public:
  size_t add(Experiment experiment) {
    experiments.push_back(std::move(experiment));
    return experiments.size() - 1;
  }
  void run(int jobs) { results = runExperiments(experiments, jobs); }
  const Predictions &at(size_t experiment) const { return results[experiment]; }
  const Experiment &experiment(size_t index) const {
    return experiments[index];
  }

private:
  std::vector<Experiment> experiments;
  std::vector<Predictions> results;
};

/// One task's part of a study, from planning to scores.
struct TaskStudy {
  TaskData data;
  std::vector<FeatureSet> sets;
  size_t mainSet = 0;
  /// Matrices that experiments refer to; addresses stay.
  std::deque<RowMatrix> matrices;
  std::deque<TaskData> variants; ///< With other thresholds.

  /// An experiment of this task on some columns of its features.
  Experiment experiment(const StudyOptions &options, Protocol protocol,
                        const std::vector<Eigen::Index> &columns) const;
};

/// The study's results.
struct StudyOutput {
  Json study;
  /// Every out-of-fold prediction of the main model (CSV).
  std::string predictions;
};

/// Runs a study. Throws StudyError where no task is possible, or where one
/// that was asked for is not.
StudyOutput runStudy(const FeatureTable &table, const StudyOptions &options);

} // namespace dynfault::study

#endif
