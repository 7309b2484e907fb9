//===- LogisticRegression.h - Multinomial logistic regression ---*- C++ -*-===//
//
// Own code, because Debian has no library for it. The problem is strictly
// convex in the penalised coefficients, so there is one answer and the tests
// can compare with any other solver.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_LOGISTICREGRESSION_H
#define DYNFAULT_STUDY_MODEL_LOGISTICREGRESSION_H

#include "tools/dynfault-study/model/Lbfgs.h"
#include "tools/dynfault-study/model/LogisticMetric.h"

#include <Eigen/Core>
#include <memory>
#include <utility>
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
  /// The same by the kernels, in single precision.
  Eigen::MatrixXd probabilities(const Design<float> &rows) const;
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

/// Fits one training part for several penalties, each from the last solution,
/// by L-BFGS (J. Nocedal and S. Wright, "Numerical Optimization", 2nd ed.,
/// algorithm 7.5) with LogisticMetric as starting metric.
class LogisticTrainer {
public:
  /// `rows` should be standardised. `labels` lie in [0, classes); at least two
  /// classes must occur.
  LogisticTrainer(const RowMatrix &rows, const std::vector<int> &labels,
                  int classes)
      : LogisticTrainer(Precision::Double, {}, Design<double>(rows), labels,
                        classes) {}
  /// Half the memory and time. Gradients are right to about 1e-6, so that
  /// tolerances below 1e-5 are out of reach.
  LogisticTrainer(Design<float> rows, const std::vector<int> &labels,
                  int classes)
      : LogisticTrainer(Precision::Single, std::move(rows), {}, labels,
                        classes) {}

  /// The rows, where they are in single precision.
  const Design<float> &rows() const { return single; }

  /// Uses a metric of other rows with the same columns.
  void share(std::shared_ptr<LogisticMetric> other);
  /// The metric in use; made where there is none yet.
  std::shared_ptr<LogisticMetric> sharedMetric();

  /// A metric for fits of similar rows: 1/(k-1) X'diag(w h)X + strength for k
  /// classes with h_i = 1 - sum_c p_ic^2, each row's mean curvature at the last
  /// solution in the place of its bound. Closer to the curvature there, so that
  /// fits take fewer steps. Rows in single precision only.
  std::shared_ptr<LogisticMetric> localMetric() const;

  /// Starts from another fit of the same columns.
  void startFrom(const LogisticFit &fit);

  /// Minimises for one `strength` > 0 until no gradient entry exceeds
  /// `tolerance` or 500 iterations are over.
  LogisticFit fit(double strength, double tolerance = 1e-6);

private:
  /// What the rows are kept in.
  enum class Precision { Single, Double };

  LogisticTrainer(Precision precision, Design<float> single,
                  Design<double> full, const std::vector<int> &labels,
                  int classes);

  template <typename T>
  double objective(const Design<T> &rows, double strength,
                   const Eigen::VectorXd &at, Eigen::VectorXd &gradient) const;

  int classes;
  std::vector<int> present; ///< Classes that occur, ascending.
  std::vector<int> labels;  ///< Index into `present`.
  Eigen::VectorXd weights;
  Precision precision;
  /// One of the two has the rows.
  Design<float> single;
  Design<double> full;
  Eigen::Index columns, stride;
  std::shared_ptr<LogisticMetric> metric;
  /// Present classes x stride, then the intercepts.
  Eigen::VectorXd parameters;
  /// What the fits so far learned of the curvature, and for which strength.
  LbfgsMemory memory;
  double memoryStrength = 0;
};

} // namespace dynfault::study

#endif
