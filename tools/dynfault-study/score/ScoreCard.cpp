//===- ScoreCard.cpp - All scores of one set of predictions ---------------===//
//
// Confusion matrices per program are all that intervals need.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/score/ScoreCard.h"

#include <cmath>
#include <limits>

namespace dynfault::study {

using Eigen::Index;

Json jsonOf(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json jsonOf(const std::vector<double> &values) {
  Json array = Json::array();
  for (double value : values)
    array.push_back(jsonOf(value));
  return array;
}

Json jsonOf(const Interval &interval) {
  return Json::array({jsonOf(interval.low), jsonOf(interval.high)});
}

namespace {

Json matrixJson(const Confusion &confusion) {
  Json rows = Json::array();
  for (Index r = 0; r < confusion.rows(); ++r) {
    Json row = Json::array();
    for (Index c = 0; c < confusion.cols(); ++c)
      row.push_back(static_cast<int64_t>(confusion(r, c)));
    rows.push_back(row);
  }
  return rows;
}

} // namespace

ScoreCard scoreCard(const TaskData &data, const Predictions &predictions,
                    const ClusterBootstrap &bootstrap) {
  const auto classes = static_cast<int>(data.classes.size());
  const auto programs = static_cast<int>(data.programs.size());
  const std::vector<int> &truth = data.keys.label;
  ScoreCard card;
  card.perProgram = confusionPerGroup(truth, predictions.predicted,
                                      data.keys.program, programs, classes);
  card.confusion = confusionOf(truth, predictions.predicted, classes);
  card.balancedAccuracy = balancedAccuracy(card.confusion);
  card.resampled = bootstrap.balancedAccuracies(card.perProgram);
  card.interval = percentileInterval(card.resampled);
  card.resamplesLackingClass = bootstrap.lackingClass(card.perProgram);
  card.accuracy = accuracy(card.confusion);
  card.macroF1 = macroF1(card.confusion);
  card.areaUnderCurve = areaUnderCurve(predictions.scores, truth);
  if (predictions.areProbabilities) {
    card.brier = brierScore(predictions.scores, truth);
    card.logLoss = logLoss(predictions.scores, truth);
    card.calibrationError = calibrationError(predictions.scores, truth);
    card.reliability = reliabilityBins(predictions.scores, truth);
  } else {
    card.brier = card.logLoss = card.calibrationError =
        std::numeric_limits<double>::quiet_NaN();
  }
  card.majorityBalancedAccuracy =
      balancedAccuracy(confusionOf(truth, predictions.majority, classes));
  return card;
}

Json ScoreCard::json(const TaskData &data) const {
  const Eigen::VectorXd recall = recalls(confusion);
  Json perClass = Json::object();
  for (size_t c = 0; c < data.classes.size(); ++c)
    perClass[data.classes[c]] = study::jsonOf(recall(static_cast<Index>(c)));
  Json programs = Json::array();
  for (const Confusion &own : perProgram)
    programs.push_back(study::jsonOf(study::balancedAccuracy(own)));
  Json bins = Json::array();
  for (const ReliabilityBin &bin : reliability)
    bins.push_back(Json::array({bin.runs, study::jsonOf(bin.confidence),
                                study::jsonOf(bin.accuracy)}));
  return {{"balanced_accuracy", study::jsonOf(balancedAccuracy)},
          {"interval_95", study::jsonOf(interval)},
          {"resamples_lacking_a_class", resamplesLackingClass},
          {"accuracy", study::jsonOf(accuracy)},
          {"macro_f1", study::jsonOf(macroF1)},
          {"area_under_curve", study::jsonOf(areaUnderCurve)},
          {"brier", study::jsonOf(brier)},
          {"log_loss", study::jsonOf(logLoss)},
          {"expected_calibration_error", study::jsonOf(calibrationError)},
          {"majority_baseline", study::jsonOf(majorityBalancedAccuracy)},
          {"recall", perClass},
          {"confusion", matrixJson(confusion)},
          {"per_program", programs},
          {"reliability", bins}};
}

Difference differenceOf(const ScoreCard &more, const ScoreCard &less,
                        uint64_t seed) {
  Difference difference;
  difference.value = more.balancedAccuracy - less.balancedAccuracy;
  std::vector<double> resampled(more.resampled.size());
  for (size_t r = 0; r < resampled.size(); ++r)
    resampled[r] = more.resampled[r] - less.resampled[r];
  difference.interval = percentileInterval(std::move(resampled));
  std::vector<double> perProgram;
  for (size_t p = 0; p < more.perProgram.size(); ++p)
    perProgram.push_back(study::balancedAccuracy(more.perProgram[p]) -
                         study::balancedAccuracy(less.perProgram[p]));
  difference.signFlip = signFlipTest(perProgram, seed);
  return difference;
}

Json Difference::json() const {
  return {{"value", jsonOf(value)},
          {"interval_95", jsonOf(interval)},
          {"mean_over_programs", jsonOf(signFlip.mean)},
          {"p_value", jsonOf(signFlip.pValue)},
          {"p_value_holm", jsonOf(holm)},
          {"exact", signFlip.exact},
          {"smallest_possible_p_value", jsonOf(signFlip.smallestPossible)}};
}

} // namespace dynfault::study
