//===- Metrics.h - Scores of predictions ------------------------*- C++ -*-===//
//
// Scores are functions of a confusion matrix where they can be: confusion
// matrices add up over programs, which makes ten thousand resamples cheap.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_SCORE_METRICS_H
#define DYNFAULT_STUDY_SCORE_METRICS_H

#include <Eigen/Core>
#include <vector>

namespace dynfault::study {

/// Counts: row = true class, column = predicted class.
using Confusion = Eigen::MatrixXd;

Confusion confusionOf(const std::vector<int> &truth,
                      const std::vector<int> &predicted, int classes);

/// One confusion matrix per group (e.g. program); `group` lies in [0, groups).
std::vector<Confusion> confusionPerGroup(const std::vector<int> &truth,
                                         const std::vector<int> &predicted,
                                         const std::vector<int> &group,
                                         int groups, int classes);

/// Share of each class that is recognised; NaN for a class without runs.
Eigen::VectorXd recalls(const Confusion &confusion);

/// Mean recall over the classes that occur; NaN for an empty matrix.
double balancedAccuracy(const Confusion &confusion);

/// Share of runs on the diagonal; NaN for an empty matrix.
double accuracy(const Confusion &confusion);

/// Mean F1 over the classes that occur as truth (F1 is 0 where a class is
/// never predicted).
double macroF1(const Confusion &confusion);

/// Mean squared distance between the probabilities and the one-hot truth
/// (G. Brier 1950); 0 is perfect, 2 the worst.
double brierScore(const Eigen::MatrixXd &probabilities,
                  const std::vector<int> &truth);

/// Mean negative log probability of the truth, in nats, probabilities not
/// below 1e-15.
double logLoss(const Eigen::MatrixXd &probabilities,
               const std::vector<int> &truth);

/// Expected calibration error of the most probable class: ten bins of equal
/// width, |accuracy - confidence| weighted by the share of runs in the bin
/// (M. Pakdaman Naeini et al., AAAI 2015).
double calibrationError(const Eigen::MatrixXd &probabilities,
                        const std::vector<int> &truth);

/// Area under the receiver operating characteristic of scores for one class
/// against the rest: the share of pairs that are in the right order, ties
/// half. NaN where either side is empty.
double areaUnderCurve(const Eigen::VectorXd &scores,
                      const std::vector<int> &truth, int positive);

/// Of two classes the area of the second; of more the mean over the classes
/// that occur, each against the rest.
double areaUnderCurve(const Eigen::MatrixXd &scores,
                      const std::vector<int> &truth);

/// One of ten bins of the most probable class's probability.
struct ReliabilityBin {
  int runs = 0;
  double confidence = 0; ///< Mean probability; 0 without runs.
  double accuracy = 0;   ///< Share that is right; 0 without runs.
};
std::vector<ReliabilityBin>
reliabilityBins(const Eigen::MatrixXd &probabilities,
                const std::vector<int> &truth);

} // namespace dynfault::study

#endif
