//===- FeatureStatistics.h - What a training part says of features -*- C++ -*-//
//
// Most experiments of a study differ in columns, labels or model and share
// their training parts. So what preprocessing estimates is estimated once per
// part, and a median, which costs more than all the rest, is read off an order
// that is made once for all parts.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_FEATURES_FEATURESTATISTICS_H
#define DYNFAULT_STUDY_FEATURES_FEATURESTATISTICS_H

#include <Eigen/Core>
#include <vector>

namespace dynfault::study {

/// Features (rows x features, NaN = missing) and the order of their values.
/// The order of some of the rows does not depend on the others, so that
/// nothing of a test part reaches a statistic of its training part.
class SortedFeatures {
public:
  /// Keeps the address of `values`. Sorts features that are missing somewhere:
  /// the others need no median.
  explicit SortedFeatures(const Eigen::MatrixXd &values);

  const Eigen::MatrixXd &values() const { return *features; }

  /// The median of a feature that is missing somewhere, over the rows that are
  /// `inside` (a byte per row), which have `present` > 0 values.
  double median(Eigen::Index feature, const std::vector<unsigned char> &inside,
                Eigen::Index present) const;

private:
  const Eigen::MatrixXd *features;
  /// Per feature: rows with a value, ascending by it.
  std::vector<std::vector<int>> order;
};

/// Estimates of each feature over a training part.
struct FeatureStatistics {
  /// Of the features `columns` (ascending) over `rows` (ascending, at least
  /// one).
  FeatureStatistics(const SortedFeatures &features,
                    const std::vector<Eigen::Index> &columns,
                    const std::vector<int> &rows);

  struct Feature {
    Eigen::Index missing = 0; ///< Rows without a value.
    double median = 0;        ///< 0 where nothing is missing.
    /// Of the values with the median in the place of missing ones; the
    /// deviation is the population's.
    double mean = 0, deviation = 0;
    /// Equal for features that are missing in the same rows; -1 where nothing
    /// is missing.
    int pattern = -1;
  };
  /// By number of the feature; those that were not asked for are not set.
  std::vector<Feature> features;
  Eigen::Index rows;
};

} // namespace dynfault::study

#endif
