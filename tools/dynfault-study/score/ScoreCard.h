//===- ScoreCard.h - All scores of one set of predictions -------*- C++ -*-===//
//
// What a report says of an experiment.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_SCORE_SCORECARD_H
#define DYNFAULT_STUDY_SCORE_SCORECARD_H

#include "tools/dynfault-study/protocol/Evaluate.h"
#include "tools/dynfault-study/score/Bootstrap.h"
#include "tools/dynfault-study/score/SignFlip.h"
#include "tools/dynfault-study/task/TaskData.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace dynfault::study {

using Json = nlohmann::ordered_json;

/// A number, or null where it is not finite.
Json jsonOf(double value);
Json jsonOf(const std::vector<double> &values);
Json jsonOf(const Interval &interval);

/// Scores of pooled out-of-fold predictions.
struct ScoreCard {
  Confusion confusion;
  std::vector<Confusion> perProgram;
  double balancedAccuracy = 0;
  std::vector<double> resampled; ///< Balanced accuracy of each resample.
  Interval interval;             ///< 95%.
  int resamplesLackingClass = 0;
  double accuracy = 0, macroF1 = 0;
  double areaUnderCurve = 0;
  /// NaN where the model has no probabilities.
  double brier = 0, logLoss = 0, calibrationError = 0;
  std::vector<ReliabilityBin> reliability;
  double majorityBalancedAccuracy = 0; ///< Of the majority baseline.

  Json json(const TaskData &data) const;
};

ScoreCard scoreCard(const TaskData &data, const Predictions &predictions,
                    const ClusterBootstrap &bootstrap);

/// The difference of two sets of predictions of the same runs, on the same
/// resampled programs.
struct Difference {
  double value = 0;
  Interval interval;       ///< 95%.
  SignFlipResult signFlip; ///< On each program's own difference.
  double holm = 1;         ///< Adjusted p-value within the task's family.

  Json json() const;
};

Difference differenceOf(const ScoreCard &more, const ScoreCard &less,
                        uint64_t seed);

} // namespace dynfault::study

#endif
