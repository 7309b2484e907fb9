//===- Metrics.cpp - Scores of predictions --------------------------------===//
//
// Each definition stands in the header, next to its source.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/score/Metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace dynfault::study {

using Eigen::Index;

namespace {
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
} // namespace

Confusion confusionOf(const std::vector<int> &truth,
                      const std::vector<int> &predicted, int classes) {
  const std::vector<int> same(truth.size(), 0);
  return confusionPerGroup(truth, predicted, same, 1, classes).front();
}

std::vector<Confusion> confusionPerGroup(const std::vector<int> &truth,
                                         const std::vector<int> &predicted,
                                         const std::vector<int> &group,
                                         int groups, int classes) {
  std::vector<Confusion> result(static_cast<size_t>(groups),
                                Confusion::Zero(classes, classes));
  for (size_t i = 0; i < truth.size(); ++i)
    result[static_cast<size_t>(group[i])](truth[i], predicted[i]) += 1;
  return result;
}

Eigen::VectorXd recalls(const Confusion &confusion) {
  // 0 / 0 is NaN, as promised.
  return confusion.diagonal().array() / confusion.rowwise().sum().array();
}

double balancedAccuracy(const Confusion &confusion) {
  double sum = 0;
  int present = 0;
  for (Index c = 0; c < confusion.rows(); ++c) {
    const double runs = confusion.row(c).sum();
    if (runs <= 0)
      continue;
    sum += confusion(c, c) / runs;
    ++present;
  }
  return present > 0 ? sum / present : undefined;
}

double accuracy(const Confusion &confusion) {
  return confusion.trace() / confusion.sum();
}

double macroF1(const Confusion &confusion) {
  double sum = 0;
  int present = 0;
  for (Index c = 0; c < confusion.rows(); ++c) {
    const double runs = confusion.row(c).sum();
    if (runs <= 0)
      continue;
    sum += 2 * confusion(c, c) / (runs + confusion.col(c).sum());
    ++present;
  }
  return present > 0 ? sum / present : undefined;
}

double brierScore(const Eigen::MatrixXd &probabilities,
                  const std::vector<int> &truth) {
  Eigen::MatrixXd error = probabilities;
  for (size_t i = 0; i < truth.size(); ++i)
    error(static_cast<Index>(i), truth[i]) -= 1;
  return error.squaredNorm() / static_cast<double>(truth.size());
}

double logLoss(const Eigen::MatrixXd &probabilities,
               const std::vector<int> &truth) {
  double sum = 0;
  for (size_t i = 0; i < truth.size(); ++i)
    sum -= std::log(
        std::max(probabilities(static_cast<Index>(i), truth[i]), 1e-15));
  return sum / static_cast<double>(truth.size());
}

std::vector<ReliabilityBin>
reliabilityBins(const Eigen::MatrixXd &probabilities,
                const std::vector<int> &truth) {
  std::vector<ReliabilityBin> bins(10);
  for (size_t i = 0; i < truth.size(); ++i) {
    Index best = 0;
    const double confidence =
        probabilities.row(static_cast<Index>(i)).maxCoeff(&best);
    ReliabilityBin &bin = bins[static_cast<size_t>(
        std::clamp(static_cast<int>(confidence * 10), 0, 9))];
    ++bin.runs;
    bin.confidence += confidence;
    bin.accuracy += best == truth[i];
  }
  for (ReliabilityBin &bin : bins)
    if (bin.runs > 0) {
      bin.confidence /= bin.runs;
      bin.accuracy /= bin.runs;
    }
  return bins;
}

double calibrationError(const Eigen::MatrixXd &probabilities,
                        const std::vector<int> &truth) {
  double sum = 0;
  for (const ReliabilityBin &bin : reliabilityBins(probabilities, truth))
    sum += bin.runs * std::abs(bin.accuracy - bin.confidence);
  return sum / static_cast<double>(truth.size());
}

double areaUnderCurve(const Eigen::VectorXd &scores,
                      const std::vector<int> &truth, int positive) {
  std::vector<std::pair<double, bool>> order;
  for (size_t i = 0; i < truth.size(); ++i)
    order.emplace_back(scores(static_cast<Index>(i)), truth[i] == positive);
  std::sort(order.begin(), order.end());
  double right = 0, negatives = 0, positives = 0;
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    double tiedPositives = 0, tiedNegatives = 0;
    for (; end < order.size() && order[end].first == order[begin].first; ++end)
      (order[end].second ? tiedPositives : tiedNegatives) += 1;
    right += tiedPositives * (negatives + tiedNegatives / 2);
    negatives += tiedNegatives;
    positives += tiedPositives;
  }
  return positives > 0 && negatives > 0 ? right / (positives * negatives)
                                        : undefined;
}

double areaUnderCurve(const Eigen::MatrixXd &scores,
                      const std::vector<int> &truth) {
  if (scores.cols() == 2) {
    const Eigen::VectorXd difference = scores.col(1) - scores.col(0);
    return areaUnderCurve(difference, truth, 1);
  }
  double sum = 0;
  int present = 0;
  for (Index c = 0; c < scores.cols(); ++c) {
    const double area =
        areaUnderCurve(scores.col(c), truth, static_cast<int>(c));
    if (std::isnan(area))
      continue;
    sum += area;
    ++present;
  }
  return present > 0 ? sum / present : undefined;
}

} // namespace dynfault::study
