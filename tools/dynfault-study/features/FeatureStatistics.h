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

#include "tools/dynfault-study/util/RowMatrix.h"

#include <vector>

namespace dynfault::study {

/// Of each column, over the rows that have a value in it: their number, mean
/// and sum of squares around the mean.
struct Moments {
  /// Of no rows.
  explicit Moments(Eigen::Index columns)
      : count(Eigen::VectorXd::Zero(columns)), mean(count), squares(count) {}
  /// Of some rows of `features`, in two passes.
  Moments(const RowMatrix &features, const std::vector<int> &rows);

  /// Adds other rows' (T. Chan, G. Golub and R. LeVeque, "Algorithms for
  /// computing the sample variance", 1983, eq. 2.1).
  void add(const Moments &other);

  Eigen::VectorXd count, mean, squares;
};

/// Features (rows x features, NaN = missing), the order of their values, and
/// the moments of each program's rows. The order of some of the rows, and the
/// moments of some of the programs, do not depend on the others, so that
/// nothing of a test part reaches a statistic of its training part.
class SortedFeatures {
public:
  /// Keeps the address of `values`. Sorts features that are missing somewhere:
  /// the others need no median. `programs` are numbers from 0, one per row.
  SortedFeatures(const RowMatrix &values, const std::vector<int> &programs);
  SortedFeatures(RowMatrix &&, const std::vector<int> &) = delete;

  const RowMatrix &values() const { return *features; }

  /// The median of a feature that is missing somewhere, over the rows that are
  /// `inside` (a byte per row), which have `present` > 0 values.
  double median(Eigen::Index feature, const std::vector<unsigned char> &inside,
                Eigen::Index present) const;

  /// Over some rows, by column: of programs that are in it with all their rows
  /// the moments are known.
  Moments moments(const std::vector<int> &rows) const;

  /// Sets of rows (ascending) where features are missing.
  const std::vector<std::vector<int>> &missing() const { return missingRows; }
  /// Which of them a feature has; -1 where nothing is missing.
  int gap(Eigen::Index feature) const {
    return gaps[static_cast<size_t>(feature)];
  }

private:
  const RowMatrix *features;
  /// Per feature: rows with a value, ascending by it.
  std::vector<std::vector<int>> order;
  std::vector<std::vector<int>> missingRows;
  std::vector<int> gaps;
  struct Program {
    size_t rows;
    Moments moments;
  };
  std::vector<int> program;
  std::vector<Program> whole;
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
