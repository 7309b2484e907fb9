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
    : multiplicities(Eigen::MatrixXi::Zero(resamples, clusters)) {
  Random random(deriveSeed(seed, "bootstrap"));
  for (Index r = 0; r < resamples; ++r)
    for (int draw = 0; draw < clusters; ++draw)
      ++multiplicities(
          r, static_cast<Index>(random.below(static_cast<uint64_t>(clusters))));
}

Confusion ClusterBootstrap::sum(const std::vector<Confusion> &clusters,
                                Index resample) const {
  Confusion total =
      Confusion::Zero(clusters.front().rows(), clusters.front().cols());
  for (size_t c = 0; c < clusters.size(); ++c)
    if (const int times = multiplicities(resample, static_cast<Index>(c)))
      total += times * clusters[c];
  return total;
}

std::vector<double> ClusterBootstrap::balancedAccuracies(
    const std::vector<Confusion> &clusters) const {
  std::vector<double> values(static_cast<size_t>(multiplicities.rows()));
  for (size_t r = 0; r < values.size(); ++r)
    values[r] = balancedAccuracy(sum(clusters, static_cast<Index>(r)));
  return values;
}

int ClusterBootstrap::lackingClass(
    const std::vector<Confusion> &clusters) const {
  Eigen::VectorXd all = Eigen::VectorXd::Zero(clusters.front().rows());
  for (const Confusion &cluster : clusters)
    all += cluster.rowwise().sum();
  int lacking = 0;
  for (Index r = 0; r < multiplicities.rows(); ++r) {
    const Eigen::VectorXd runs = sum(clusters, r).rowwise().sum();
    lacking += ((all.array() > 0) && (runs.array() <= 0)).any();
  }
  return lacking;
}

} // namespace dynfault::study
