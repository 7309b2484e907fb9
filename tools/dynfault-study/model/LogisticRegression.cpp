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

/// The directions that carry variance, largest first, of fewer rows than
/// columns whose weighted mean is zero.
MatrixXd spannedAxes(const MatrixXd &centered, const VectorXd &weights) {
  const MatrixXd scaled = centered.array().colwise() * weights.array().sqrt();
  MatrixXd gram;
  gram.noalias() = scaled * scaled.transpose();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(gram);
  const VectorXd &values = solver.eigenvalues();
  // Squaring leaves about half of the digits; what is below that is noise.
  const double floor = 1e-12 * std::max(values.maxCoeff(), 0.0);
  Index rank = 0;
  while (rank < values.size() && values(values.size() - 1 - rank) > floor)
    ++rank;
  const VectorXd variance = values.tail(rank).reverse();
  MatrixXd axes = scaled.transpose() *
                  solver.eigenvectors().rightCols(rank).rowwise().reverse();
  axes.array().rowwise() /= variance.transpose().array().sqrt();
  return axes;
}

} // namespace

VectorXd softmaxInPlace(MatrixXd &scores) {
  // The largest score of each row is subtracted, so that nothing overflows.
  const VectorXd largest = scores.rowwise().maxCoeff();
  scores = (scores.colwise() - largest).array().exp();
  const VectorXd sum = scores.rowwise().sum();
  scores.array().colwise() /= sum.array();
  return largest + sum.array().log().matrix();
}

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

LogisticMetric::LogisticMetric(const RowMatrix &rows, const VectorXd &weights) {
  const Eigen::MatrixXf scaled =
      (rows.array().colwise() * (weights.array() / 2).sqrt()).cast<float>();
  gram = Eigen::MatrixXf::Zero(rows.cols(), rows.cols());
  gram.selfadjointView<Eigen::Lower>().rankUpdate(scaled.transpose());
}

std::shared_ptr<const Eigen::LLT<Eigen::MatrixXf>>
LogisticMetric::factor(double strength) {
  for (const auto &known : factors)
    if (known.first == strength)
      return known.second;
  Eigen::MatrixXf shifted = gram;
  // Rounding may leave the matrix a little short of positive definite.
  shifted.diagonal().array() += static_cast<float>(strength) + 1e-5f;
  factors.emplace_back(
      strength, std::make_shared<const Eigen::LLT<Eigen::MatrixXf>>(shifted));
  return factors.back().second;
}

LogisticTrainer::LogisticTrainer(RowMatrix givenRows,
                                 const std::vector<int> &givenLabels,
                                 int classes)
    : classes(classes), weights(balancedWeights(givenLabels, classes)),
      rows(std::move(givenRows)) {
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
  width = paddedWidth(static_cast<Index>(present.size()));

  if (rows.cols() > rows.rows()) {
    center = weights.transpose() * rows;
    const MatrixXd centered = rows.rowwise() - center;
    axes = spannedAxes(centered, weights);
    rows.noalias() = centered * axes;
  }
  parameters = VectorXd::Zero((rows.cols() + 1) * width);
}

void LogisticTrainer::share(std::shared_ptr<LogisticMetric> other) {
  if (axes.size() == 0 && other && other->columns() == rows.cols())
    metric = std::move(other);
}

std::shared_ptr<LogisticMetric> LogisticTrainer::sharedMetric() {
  if (!metric)
    metric = std::make_shared<LogisticMetric>(rows, weights);
  return axes.size() == 0 ? metric : nullptr;
}

void LogisticTrainer::startFrom(const LogisticFit &fit) {
  if (axes.size() != 0 || fit.coefficients.rows() != rows.cols())
    return;
  Eigen::Map<RowMatrix> at(parameters.data(), rows.cols() + 1, width);
  for (size_t c = 0; c < present.size(); ++c) {
    if (!std::isfinite(fit.intercepts(present[c])))
      return;
    const auto column = static_cast<Index>(c);
    at.col(column).head(rows.cols()) = fit.coefficients.col(present[c]);
    at(rows.cols(), column) = fit.intercepts(present[c]);
  }
}

double LogisticTrainer::objective(double strength, const VectorXd &at,
                                  VectorXd &gradient) const {
  const Index features = rows.cols();
  const auto outputs = static_cast<Index>(present.size());
  const double *intercepts = at.data() + features * width;
  gradient = strength * at;
  gradient.tail(width).setZero();
  double *interceptGradient = gradient.data() + features * width;
  double loss = strength / 2 * at.head(features * width).squaredNorm();
  std::vector<double> block(static_cast<size_t>(kernelRows * width));
  for (Index first = 0; first < rows.rows(); first += kernelRows) {
    const Index count = std::min(kernelRows, rows.rows() - first);
    const double *from = rows.data() + first * features;
    rowScores(from, count, features, at.data(), width, block.data());
    for (Index r = 0; r < count; ++r) {
      double *score = block.data() + r * width;
      double largest = -std::numeric_limits<double>::infinity();
      for (Index c = 0; c < outputs; ++c) {
        score[c] += intercepts[c];
        largest = std::max(largest, score[c]);
      }
      const double weight = weights(first + r);
      const Index label = labels[static_cast<size_t>(first + r)];
      const double truth = score[label] - largest;
      double sum = 0;
      for (Index c = 0; c < outputs; ++c)
        sum += score[c] = std::exp(score[c] - largest);
      loss += weight * (std::log(sum) - truth);
      for (Index c = 0; c < outputs; ++c) {
        score[c] = weight * (score[c] / sum - (c == label ? 1 : 0));
        interceptGradient[c] += score[c];
      }
      for (Index c = outputs; c < width; ++c)
        score[c] = 0;
    }
    addRowGradient(from, count, features, block.data(), width, gradient.data());
  }
  return loss;
}

LogisticFit LogisticTrainer::fit(double strength, double tolerance) {
  const Index features = rows.cols();
  sharedMetric();
  const auto factor = metric->factor(strength);
  Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic> bent(features, width);
  auto inverse = [&](VectorXd &vector) {
    Eigen::Map<RowMatrix> matrix(vector.data(), features + 1, width);
    // Gradients get as small as single precision's least numbers.
    const double scale = matrix.topRows(features).lpNorm<Eigen::Infinity>();
    if (scale > 0) {
      bent = (matrix.topRows(features) / scale).cast<float>();
      factor->solveInPlace(bent);
      matrix.topRows(features) = bent.cast<double>() * scale;
    }
    // 1/2 bounds the eigenvalues of diag(p) - pp'; the weights sum to 1.
    matrix.row(features) *= 2;
  };
  const LbfgsResult result = minimizeLbfgs(
      [&](const VectorXd &at, VectorXd &gradient) {
        return objective(strength, at, gradient);
      },
      parameters, inverse, tolerance, 500);

  LogisticFit fitted;
  const Eigen::Map<const RowMatrix> solved(parameters.data(), features + 1,
                                           width);
  const Index columns = axes.size() ? axes.rows() : features;
  fitted.coefficients = MatrixXd::Zero(columns, classes);
  fitted.intercepts = Eigen::RowVectorXd::Constant(
      classes, -std::numeric_limits<double>::infinity());
  for (size_t c = 0; c < present.size(); ++c) {
    const auto from = static_cast<Index>(c);
    const VectorXd solution = solved.col(from).head(features);
    fitted.intercepts(present[c]) = solved(features, from);
    if (axes.size() == 0) {
      fitted.coefficients.col(present[c]) = solution;
      continue;
    }
    fitted.coefficients.col(present[c]) = axes * solution;
    fitted.intercepts(present[c]) -=
        center.dot(fitted.coefficients.col(present[c]));
  }
  fitted.objective = result.value;
  fitted.gradientNorm = result.gradientNorm;
  fitted.iterations = result.iterations;
  fitted.converged = result.converged;
  return fitted;
}

} // namespace dynfault::study
