//===- LogisticRegression.h - Multinomial logistic regression ---*- C++ -*-===//
//
// Own code, because Debian has no library for it. The problem is strictly
// convex in the penalised coefficients, so there is one answer and the tests
// can compare with any other solver.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_LOGISTICREGRESSION_H
#define DYNFAULT_STUDY_MODEL_LOGISTICREGRESSION_H

#include <Eigen/Core>
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

/// Fits one training part for several penalties, each from the last solution.
///
/// The rows are rotated once to the principal axes of their weighted covariance
/// (an L2 penalty does not see a rotation), which leaves min(rows, features)
/// coordinates and makes the quadratic upper bound of the objective diagonal
/// (D. Boehning, "Multinomial logistic regression algorithm", 1992). That
/// bound is the starting metric of L-BFGS (J. Nocedal and S. Wright, "Numerical
/// Optimization", 2nd ed., algorithm 7.5).
class LogisticTrainer {
public:
  /// `rows` should be standardised. `labels` lie in [0, classes); at least two
  /// classes must occur.
  LogisticTrainer(const Eigen::MatrixXd &rows, const std::vector<int> &labels,
                  int classes);

  /// Minimises for one `strength` > 0 until no gradient entry exceeds
  /// `tolerance` or 500 iterations are over.
  LogisticFit fit(double strength, double tolerance = 1e-6);

private:
  int classes;
  std::vector<int> present; ///< Classes that occur, ascending.
  std::vector<int> labels;  ///< Index into `present`.
  Eigen::VectorXd weights;
  Eigen::RowVectorXd center;  ///< Weighted mean of the rows.
  Eigen::MatrixXd axes;       ///< Features x rank, orthonormal columns.
  Eigen::VectorXd variance;   ///< Per axis, descending, > 0.
  Eigen::MatrixXd reduced;    ///< Rows x rank.
  Eigen::VectorXd parameters; ///< Last solution.
};

} // namespace dynfault::study

#endif
