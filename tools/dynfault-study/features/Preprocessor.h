//===- Preprocessor.h - From features to a design matrix --------*- C++ -*-===//
//
// Everything that is estimated from rows (medians, means, scales, which columns
// are constant) is estimated in fit() from the training part and only applied
// in transform(); this split is what keeps the test part out.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_FEATURES_PREPROCESSOR_H
#define DYNFAULT_STUDY_FEATURES_PREPROCESSOR_H

#include "tools/dynfault-study/features/FeatureStatistics.h"
#include "tools/dynfault-study/model/Kernels.h"

#include <Eigen/Core>
#include <vector>

namespace dynfault::study {

/// The fixed monotone compression of raw features, entry by entry:
/// asinh(x / 1e-4). It is linear well below 1e-4 and logarithmic above, keeps
/// the sign, and has no fitted parameter, so it may be applied to all rows at
/// once. NaN stays NaN.
RowMatrix compress(const RowMatrix &raw);

/// Median imputation with missing indicators, removal of constant columns, and
/// standardisation, in that order, of features that went through compress().
class Preprocessor {
public:
  Preprocessor() = default;

  /// Of some features (ascending) of a training part.
  Preprocessor(const FeatureStatistics &statistics,
               const std::vector<Eigen::Index> &features);

  /// Estimates everything from `train` (rows x features, NaN = missing; at
  /// least one row).
  static Preprocessor fit(const RowMatrix &train);

  /// Rows x columns() of `features` (the same as in training). A value of a
  /// feature that the training part never had is ignored.
  RowMatrix transform(const RowMatrix &features) const;
  /// Of some rows.
  RowMatrix transform(const RowMatrix &features,
                      const std::vector<int> &rows) const;
  /// Likewise for the kernels; `T` is float or double.
  template <typename T>
  Design<T> design(const RowMatrix &features,
                   const std::vector<int> &rows) const;

  /// Number of columns that transform() makes.
  Eigen::Index columns() const { return mean.size(); }

  /// What the columns are: the feature of a value column, or -1 - the feature
  /// of an indicator. Two parts with the same names have the same columns.
  std::vector<Eigen::Index> columnNames() const;

private:
  template <typename T>
  void transformInto(const RowMatrix &features, const std::vector<int> &rows,
                     T *out, Eigen::Index stride) const;

  std::vector<Eigen::Index> valueSource;     ///< Feature of a value column.
  std::vector<Eigen::Index> indicatorSource; ///< Feature of an indicator.
  Eigen::VectorXd median;                    ///< Per value column.
  Eigen::VectorXd mean;  ///< Per column, values then indicators.
  Eigen::VectorXd scale; ///< Population standard deviation, likewise.
};

} // namespace dynfault::study

#endif
