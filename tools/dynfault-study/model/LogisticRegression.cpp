//===- LogisticRegression.cpp - Multinomial logistic regression -----------===//
//
// The objective and its gradient; the minimiser is in Lbfgs.cpp.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/LogisticRegression.h"

#include "tools/dynfault-study/model/Lbfgs.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>

namespace dynfault::study {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Scores to probabilities, in place; the largest score of each row is
/// subtracted first, so that nothing overflows. Returns log(sum exp) per row.
VectorXd softmaxInPlace(MatrixXd &scores) {
  const VectorXd largest = scores.rowwise().maxCoeff();
  scores = (scores.colwise() - largest).array().exp();
  const VectorXd sum = scores.rowwise().sum();
  scores.array().colwise() /= sum.array();
  return largest + sum.array().log().matrix();
}

/// The directions that carry variance, and the variance along each, of rows
/// whose weighted mean is zero. Works on the smaller of the two Gram matrices.
void principalAxes(const MatrixXd &centered, const VectorXd &weights,
                   MatrixXd &axes, VectorXd &variance) {
  const MatrixXd scaled = centered.array().colwise() * weights.array().sqrt();
  const bool wide = scaled.cols() > scaled.rows();
  MatrixXd gram;
  if (wide)
    gram.noalias() = scaled * scaled.transpose();
  else
    gram.noalias() = scaled.transpose() * scaled;
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(gram);
  const VectorXd &values = solver.eigenvalues();
  // Squaring leaves about half of the digits; what is below that is noise.
  const double floor = 1e-12 * std::max(values.maxCoeff(), 0.0);
  Index rank = 0;
  while (rank < values.size() && values(values.size() - 1 - rank) > floor)
    ++rank;
  variance = values.tail(rank).reverse();
  const MatrixXd vectors =
      solver.eigenvectors().rightCols(rank).rowwise().reverse();
  if (!wide) {
    axes = vectors;
    return;
  }
  axes.noalias() = scaled.transpose() * vectors;
  axes.array().rowwise() /= variance.transpose().array().sqrt();
}

} // namespace

MatrixXd LogisticFit::probabilities(const MatrixXd &rows) const {
  MatrixXd scores = (rows * coefficients).rowwise() + intercepts;
  softmaxInPlace(scores);
  return scores;
}

VectorXd balancedWeights(const std::vector<int> &labels, int classes) {
  std::vector<int> count(static_cast<size_t>(classes), 0);
  for (int label : labels)
    ++count[static_cast<size_t>(label)];
  int present = 0;
  for (int n : count)
    present += n > 0;
  VectorXd weights(static_cast<Index>(labels.size()));
  for (size_t i = 0; i < labels.size(); ++i)
    weights(static_cast<Index>(i)) =
        1.0 /
        (static_cast<double>(present) * count[static_cast<size_t>(labels[i])]);
  return weights;
}

double logisticObjective(const MatrixXd &rows, const std::vector<int> &labels,
                         const VectorXd &weights, double strength,
                         const MatrixXd &coefficients,
                         const Eigen::RowVectorXd &intercepts,
                         MatrixXd *coefficientGradient,
                         Eigen::RowVectorXd *interceptGradient) {
  MatrixXd residual = (rows * coefficients).rowwise() + intercepts;
  double loss = 0;
  for (Index i = 0; i < residual.rows(); ++i)
    loss -= weights(i) * residual(i, labels[static_cast<size_t>(i)]);
  loss += weights.dot(softmaxInPlace(residual));

  if (coefficientGradient || interceptGradient) {
    for (Index i = 0; i < residual.rows(); ++i)
      residual(i, labels[static_cast<size_t>(i)]) -= 1;
    residual.array().colwise() *= weights.array();
  }
  if (coefficientGradient) {
    coefficientGradient->noalias() = rows.transpose() * residual;
    *coefficientGradient += strength * coefficients;
  }
  if (interceptGradient)
    *interceptGradient = residual.colwise().sum();
  return loss + strength / 2 * coefficients.squaredNorm();
}

LogisticTrainer::LogisticTrainer(const MatrixXd &rows,
                                 const std::vector<int> &givenLabels,
                                 int classes)
    : classes(classes), weights(balancedWeights(givenLabels, classes)) {
  std::vector<int> position(static_cast<size_t>(classes), -1);
  for (int label : givenLabels)
    position[static_cast<size_t>(label)] = 0;
  for (int c = 0; c < classes; ++c)
    if (position[static_cast<size_t>(c)] == 0) {
      position[static_cast<size_t>(c)] = static_cast<int>(present.size());
      present.push_back(c);
    }
  for (int label : givenLabels)
    labels.push_back(position[static_cast<size_t>(label)]);

  center = weights.transpose() * rows;
  const MatrixXd centered = rows.rowwise() - center;
  if (rows.cols() > 0) {
    principalAxes(centered, weights, axes, variance);
    reduced.noalias() = centered * axes;
  } else {
    axes.resize(0, 0);
    variance.resize(0);
    reduced.resize(rows.rows(), 0);
  }
  parameters =
      VectorXd::Zero((reduced.cols() + 1) * static_cast<Index>(present.size()));
}

LogisticFit LogisticTrainer::fit(double strength, double tolerance) {
  const Index rank = reduced.cols();
  const Index outputs = static_cast<Index>(present.size());

  // Parameters: the coefficients, class by class, then the intercepts.
  MatrixXd coefficientGradient;
  Eigen::RowVectorXd interceptGradient;
  auto objective = [&](const VectorXd &at, VectorXd &gradient) {
    const Eigen::Map<const MatrixXd> coefficients(at.data(), rank, outputs);
    const double value = logisticObjective(
        reduced, labels, weights, strength, coefficients,
        at.tail(outputs).transpose(), &coefficientGradient, &interceptGradient);
    gradient.resize(at.size());
    gradient.head(rank * outputs) =
        Eigen::Map<const VectorXd>(coefficientGradient.data(), rank * outputs);
    gradient.tail(outputs) = interceptGradient.transpose();
    return value;
  };
  // 1/2 bounds the eigenvalues of diag(p) - pp'; the weights sum to 1.
  VectorXd bound(parameters.size());
  for (Index c = 0; c < outputs; ++c)
    bound.segment(c * rank, rank) = variance.array() / 2 + strength;
  bound.tail(outputs).setConstant(0.5);

  const LbfgsResult result =
      minimizeLbfgs(objective, parameters, bound, tolerance, 500);

  LogisticFit fitted;
  fitted.coefficients = MatrixXd::Zero(axes.rows(), classes);
  fitted.intercepts = Eigen::RowVectorXd::Constant(
      classes, -std::numeric_limits<double>::infinity());
  const MatrixXd solution =
      axes * Eigen::Map<const MatrixXd>(parameters.data(), rank, outputs);
  for (Index c = 0; c < outputs; ++c) {
    const int to = present[static_cast<size_t>(c)];
    fitted.coefficients.col(to) = solution.col(c);
    fitted.intercepts(to) = parameters(rank * outputs + c) -
                            (axes.rows() > 0 ? center.dot(solution.col(c)) : 0);
  }
  fitted.objective = result.value;
  fitted.gradientNorm = result.gradientNorm;
  fitted.iterations = result.iterations;
  fitted.converged = result.converged;
  return fitted;
}

} // namespace dynfault::study
