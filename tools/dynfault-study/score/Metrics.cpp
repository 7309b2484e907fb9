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

double calibrationError(const Eigen::MatrixXd &probabilities,
                        const std::vector<int> &truth) {
  constexpr int bins = 10;
  // Sum of (hit - confidence) per bin; the bin's size cancels out.
  std::array<double, bins> excess{};
  for (size_t i = 0; i < truth.size(); ++i) {
    Index best = 0;
    const double confidence =
        probabilities.row(static_cast<Index>(i)).maxCoeff(&best);
    const int bin = std::min(bins - 1, static_cast<int>(confidence * bins));
    excess[static_cast<size_t>(bin)] += (best == truth[i] ? 1 : 0) - confidence;
  }
  double sum = 0;
  for (double e : excess)
    sum += std::abs(e);
  return sum / static_cast<double>(truth.size());
}

} // namespace dynfault::study
