//===- Bootstrap.cpp - Cluster bootstrap over programs --------------------===//
//
// Confusion matrices are sufficient for balanced accuracy, so a resample costs
// one weighted sum of small matrices and no look at a run.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/score/Bootstrap.h"

#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dynfault::study {

using Eigen::Index;

Interval percentileInterval(std::vector<double> values, double coverage) {
  values.erase(std::remove_if(values.begin(), values.end(),
                              [](double v) { return std::isnan(v); }),
               values.end());
  if (values.empty()) {
    const double undefined = std::numeric_limits<double>::quiet_NaN();
    return {undefined, undefined};
  }
  std::sort(values.begin(), values.end());
  auto quantile = [&](double q) {
    const double place = q * static_cast<double>(values.size() - 1);
    const auto below = static_cast<size_t>(place);
    const size_t above = std::min(below + 1, values.size() - 1);
    const double part = place - static_cast<double>(below);
    return values[below] + part * (values[above] - values[below]);
  };
  const double tail = (1 - coverage) / 2;
  return {quantile(tail), quantile(1 - tail)};
}

ClusterBootstrap::ClusterBootstrap(int clusters, int resamples, uint64_t seed)
    : multiplicities(Eigen::MatrixXd::Zero(resamples, clusters)) {
  Random random(deriveSeed(seed, "bootstrap"));
  for (Index r = 0; r < resamples; ++r)
    for (int draw = 0; draw < clusters; ++draw)
      ++multiplicities(
          r, static_cast<Index>(random.below(static_cast<uint64_t>(clusters))));
}

Eigen::MatrixXd ClusterBootstrap::sums(const std::vector<Confusion> &clusters,
                                       bool correct) const {
  Eigen::MatrixXd perCluster(static_cast<Index>(clusters.size()),
                             clusters.front().rows());
  for (size_t c = 0; c < clusters.size(); ++c)
    perCluster.row(static_cast<Index>(c)) =
        correct ? clusters[c].diagonal().transpose().eval()
                : clusters[c].rowwise().sum().transpose().eval();
  // Whole numbers: exact in any order of summation.
  return multiplicities * perCluster;
}

std::vector<double> ClusterBootstrap::balancedAccuracies(
    const std::vector<Confusion> &clusters) const {
  const Eigen::MatrixXd correct = sums(clusters, true);
  const Eigen::MatrixXd runs = sums(clusters, false);
  std::vector<double> values(static_cast<size_t>(multiplicities.rows()));
  for (Index r = 0; r < multiplicities.rows(); ++r) {
    double sum = 0;
    int present = 0;
    for (Index c = 0; c < runs.cols(); ++c)
      if (runs(r, c) > 0) {
        sum += correct(r, c) / runs(r, c);
        ++present;
      }
    values[static_cast<size_t>(r)] =
        present > 0 ? sum / present : std::numeric_limits<double>::quiet_NaN();
  }
  return values;
}

int ClusterBootstrap::lackingClass(
    const std::vector<Confusion> &clusters) const {
  const Eigen::MatrixXd runs = sums(clusters, false);
  Eigen::RowVectorXd all = Eigen::RowVectorXd::Zero(runs.cols());
  for (const Confusion &cluster : clusters)
    all += cluster.rowwise().sum().transpose();
  int lacking = 0;
  for (Index r = 0; r < runs.rows(); ++r)
    lacking += ((all.array() > 0) && (runs.row(r).array() <= 0)).any();
  return lacking;
}

} // namespace dynfault::study
