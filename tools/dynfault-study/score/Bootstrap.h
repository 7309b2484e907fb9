//===- Bootstrap.h - Cluster bootstrap over programs ------------*- C++ -*-===//
//
// Runs of one program resemble each other, so programs and not runs are drawn.
// A program that is drawn twice counts twice; keeping only the set of drawn
// programs would make every interval too narrow.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_SCORE_BOOTSTRAP_H
#define DYNFAULT_STUDY_SCORE_BOOTSTRAP_H

#include "tools/dynfault-study/score/Metrics.h"

#include <cstdint>
#include <vector>

namespace dynfault::study {

struct Interval {
  double low = 0;
  double high = 0;
};

/// Percentile interval that holds the middle `coverage` of the values, with
/// linear interpolation between order statistics. NaN values are left out.
Interval percentileInterval(std::vector<double> values, double coverage = 0.95);

/// Resampled clusters, drawn once and used for everything that is compared, so
/// that differences are paired.
class ClusterBootstrap {
public:
  ClusterBootstrap(int clusters, int resamples, uint64_t seed);

  /// From given multiplicities (resamples x clusters).
  explicit ClusterBootstrap(const Eigen::MatrixXi &multiplicities)
      : multiplicities(multiplicities.cast<double>()) {}

  /// Balanced accuracy of every resample: that of the sum of the clusters'
  /// confusion matrices, each times its multiplicity. In a resample without
  /// any run of a class, the mean is over the classes that occur.
  std::vector<double>
  balancedAccuracies(const std::vector<Confusion> &clusters) const;

  /// Number of resamples that lack a class which the clusters together have.
  int lackingClass(const std::vector<Confusion> &clusters) const;

  int resamples() const { return static_cast<int>(multiplicities.rows()); }

private:
  /// Runs of each class per resample, the correct ones or all.
  Eigen::MatrixXd sums(const std::vector<Confusion> &clusters,
                       bool correct) const;

  Eigen::MatrixXd multiplicities; ///< Whole numbers; resamples x clusters.
};

} // namespace dynfault::study

#endif
