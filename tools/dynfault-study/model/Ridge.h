//===- Ridge.h - Ridge classifier -------------------------------*- C++ -*-===//
//
// One least-squares problem per class on targets -1 and 1, as scikit-learn's
// RidgeClassifier poses it.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_RIDGE_H
#define DYNFAULT_STUDY_MODEL_RIDGE_H

#include "tools/dynfault-study/model/Cholesky.h"

#include <Eigen/Core>
#include <vector>

namespace dynfault::study {

/// Minimises sum_i w_i (y_i - x_i'W - b)^2 + strength |W|^2 with balanced
/// weights (sum 1) for any number of strengths: the normal equations are made
/// once. RidgeClassifier minimises the same with alpha = strength and the
/// weights as sample_weight.
class RidgeTrainer {
public:
  /// `labels` lie in [0, classes).
  RidgeTrainer(const RowMatrix &rows, const std::vector<int> &labels,
               int classes);

  struct Fit {
    Eigen::MatrixXd coefficients; ///< Features x classes.
    Eigen::RowVectorXd intercepts;

    /// Rows x classes; the largest names the class.
    Eigen::MatrixXd scores(const RowMatrix &rows) const {
      return (rows * coefficients).rowwise() + intercepts;
    }
  };
  /// Conjugate gradients on the normal equations in double precision until no
  /// class's residual exceeds 1e-12 of where it began or 200 steps are over,
  /// with their Cholesky factor in single precision as preconditioner (Golub
  /// and Van Loan, 4th ed., section 11.5.2).
  Fit fit(double strength) const;

private:
  /// (scaled'scaled + strength) * vectors.
  Eigen::VectorXd normal(const Eigen::VectorXd &vectors, double strength) const;

  Eigen::Index classes;
  Design<double> scaled;  ///< Centred rows times the roots of their weights.
  GramMatrix gram;        ///< Of `scaled`.
  Eigen::VectorXd target; ///< Classes x stride: right-hand sides.
  Eigen::RowVectorXd center, targetCenter;
};

} // namespace dynfault::study

#endif
