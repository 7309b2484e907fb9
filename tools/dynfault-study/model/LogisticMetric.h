//===- LogisticMetric.h - Curvature bound of softmax classifiers -*- C++ -*-==//
//
// The minimisers walk along a metric that is made once and serves many fits of
// similar rows, so that a fit costs few passes over its rows.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_LOGISTICMETRIC_H
#define DYNFAULT_STUDY_MODEL_LOGISTICMETRIC_H

#include "tools/dynfault-study/model/Cholesky.h"

#include <Eigen/Core>
#include <memory>
#include <vector>

namespace dynfault::study {

/// The quadratic upper bound of the log loss of a softmax classifier,
/// 1/2 X'diag(w)X + strength per class (D. Boehning, "Multinomial logistic
/// regression algorithm", 1992), in single precision: it only bends the steps,
/// never the solution. The bound of a similar training part serves as well, so
/// it can be shared. Intercepts are a column of ones without penalty: weighted
/// columns do not have mean 0, so that steps of coefficients and intercepts
/// that know nothing of each other undo each other.
///
/// Of fewer rows than columns the matrix that is factorised is the one of the
/// rows (matrix inversion lemma).
class LogisticMetric {
public:
  /// Of weighted rows (`weights` sum to 1).
  LogisticMetric(const Design<float> &rows, const Eigen::VectorXd &weights);

  Eigen::Index columns() const { return scaled.columns; }

  /// Replaces the parameters' gradient by its product with the inverse of the
  /// bound. `vector` holds classes x stride coefficients and then the
  /// intercepts.
  void applyInverse(double strength, Eigen::Index classes,
                    Eigen::VectorXd &vector);

  /// Gives the memory of the factors back; they are made again when needed.
  void forgetFactors() { factors.clear(); }

private:
  /// The bound for one strength, coefficients eliminated.
  struct Solver {
    double strength;
    std::shared_ptr<const CholeskyFactor> factor;
    Eigen::VectorXd alongOnes; ///< Coefficients that answer the ones.
    double ones; ///< What the coefficients leave of the ones' own entry.
  };
  const Solver &solver(double strength);
  /// Solves in place for `count` vectors of stride entries.
  void solveCoefficients(const CholeskyFactor &factor, Eigen::Index count,
                         Eigen::Ref<Eigen::VectorXd> vectors) const;

  Design<float> scaled; ///< By sqrt(w / 2); without rows where not `dual`.
  bool dual;
  GramMatrix gram;
  Eigen::VectorXd crossOnes; ///< Products of the columns with the ones.
  double onesSquared;
  std::vector<Solver> factors;
};

} // namespace dynfault::study

#endif
