//===- LogisticRegression.h - Multinomial logistic regression ---*- C++ -*-===//
//
// Own code, because Debian has no library for it. The problem is strictly
// convex in the penalised coefficients, so there is one answer and the tests
// can compare with any other solver.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_LOGISTICREGRESSION_H
#define DYNFAULT_STUDY_MODEL_LOGISTICREGRESSION_H

#include "tools/dynfault-study/model/Kernels.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <memory>
#include <vector>

namespace dynfault::study {

/// A fitted model: scores are X * coefficients + intercepts, probabilities
/// their softmax.
struct LogisticFit {
  Eigen::MatrixXd coefficients; ///< Features x classes.
  /// One per class; -infinity for a class that the training rows lack, which
  /// is therefore never predicted.
  Eigen::RowVectorXd intercepts;
  double objective = 0;
  double gradientNorm = 0; ///< Largest absolute entry at the end.
  int iterations = 0;
  bool converged = false;

  /// Rows x classes; each row sums to 1.
  Eigen::MatrixXd probabilities(const Eigen::MatrixXd &rows) const;
};

/// Scores to probabilities, in place, nothing overflows. Returns log(sum exp)
/// per row.
Eigen::VectorXd softmaxInPlace(Eigen::MatrixXd &scores);

/// Row weights that give every class that occurs the same total, and sum to 1:
/// 1 / (present classes * rows of the class).
Eigen::VectorXd balancedWeights(const std::vector<int> &labels, int classes);

/// What is minimised:
///   - sum_i w_i log p(label_i | x_i) + strength / 2 * |coefficients|^2,
/// intercepts unpenalised. Fills the gradients when they are given.
/// scikit-learn's LogisticRegression minimises the same with
/// C = 1 / strength and the weights as sample_weight.
double logisticObjective(const Eigen::MatrixXd &rows,
                         const std::vector<int> &labels,
                         const Eigen::VectorXd &weights, double strength,
                         const Eigen::MatrixXd &coefficients,
                         const Eigen::RowVectorXd &intercepts,
                         Eigen::MatrixXd *coefficientGradient = nullptr,
                         Eigen::RowVectorXd *interceptGradient = nullptr);

/// The quadratic upper bound of the objective, 1/2 X'diag(w)X + strength per
/// class (D. Boehning, "Multinomial logistic regression algorithm", 1992), in
/// single precision: it only bends the steps, never the solution. The bound of
/// a similar training part serves as well, so it can be shared.
class LogisticMetric {
public:
  /// Of weighted rows (`weights` sum to 1).
  LogisticMetric(const RowMatrix &rows, const Eigen::VectorXd &weights);

  /// Factor for one strength; the same object for the same strength again.
  std::shared_ptr<const Eigen::LLT<Eigen::MatrixXf>> factor(double strength);

  Eigen::Index columns() const { return gram.cols(); }

private:
  Eigen::MatrixXf gram;
  std::vector<
      std::pair<double, std::shared_ptr<const Eigen::LLT<Eigen::MatrixXf>>>>
      factors;
};

/// Fits one training part for several penalties, each from the last solution,
/// by L-BFGS (J. Nocedal and S. Wright, "Numerical Optimization", 2nd ed.,
/// algorithm 7.5) with LogisticMetric as starting metric. Of fewer rows than
/// features, the rows are first rotated to the axes that they span (an L2
/// penalty does not see a rotation).
class LogisticTrainer {
public:
  /// `rows` should be standardised. `labels` lie in [0, classes); at least two
  /// classes must occur.
  LogisticTrainer(RowMatrix rows, const std::vector<int> &labels, int classes);

  /// Uses a metric of other rows with the same columns.
  void share(std::shared_ptr<LogisticMetric> other);
  /// The metric in use; made where there is none yet. Null after a rotation.
  std::shared_ptr<LogisticMetric> sharedMetric();

  /// Starts from another fit of the same columns.
  void startFrom(const LogisticFit &fit);

  /// Minimises for one `strength` > 0 until no gradient entry exceeds
  /// `tolerance` or 500 iterations are over.
  LogisticFit fit(double strength, double tolerance = 1e-6);

private:
  double objective(double strength, const Eigen::VectorXd &at,
                   Eigen::VectorXd &gradient) const;

  int classes;
  std::vector<int> present; ///< Classes that occur, ascending.
  std::vector<int> labels;  ///< Index into `present`.
  Eigen::VectorXd weights;
  RowMatrix rows;       ///< Rotated where there are fewer rows than features.
  Eigen::MatrixXd axes; ///< Of the rotation, orthonormal columns; else empty.
  Eigen::RowVectorXd center; ///< Of the rotation.
  std::shared_ptr<LogisticMetric> metric;
  Eigen::Index width = 0; ///< Padded number of present classes.
  /// (Features + 1) x width, row-major; the last row are the intercepts.
  Eigen::VectorXd parameters;
};

} // namespace dynfault::study

#endif
