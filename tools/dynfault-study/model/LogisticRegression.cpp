//===- LogisticRegression.cpp - Multinomial logistic regression -----------===//
//
// The objective and its gradient; the minimiser is in Lbfgs.cpp.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/LogisticRegression.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dynfault::study {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

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

MatrixXd LogisticFit::probabilities(const Design<float> &rows) const {
  const Index classes = coefficients.cols();
  Eigen::MatrixXf weights = Eigen::MatrixXf::Zero(rows.stride, classes);
  weights.topRows(rows.columns) = coefficients.cast<float>();
  MatrixXd scores(rows.rows, classes);
  std::vector<float> block(static_cast<size_t>(kernelRows * classes));
  for (Index first = 0; first < rows.rows; first += kernelRows) {
    const Index count = std::min(kernelRows, rows.rows - first);
    rowScores(rows.row(first), count, rows.stride, weights.data(), classes,
              block.data());
    for (Index r = 0; r < count; ++r)
      for (Index c = 0; c < classes; ++c)
        scores(first + r, c) =
            static_cast<double>(
                block[static_cast<size_t>(c * kernelRows + r)]) +
            intercepts(c);
  }
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

LogisticTrainer::LogisticTrainer(Precision precision, Design<float> ofFloats,
                                 Design<double> ofDoubles,
                                 const std::vector<int> &givenLabels,
                                 int classes)
    : classes(classes), weights(balancedWeights(givenLabels, classes)),
      precision(precision), single(std::move(ofFloats)),
      full(std::move(ofDoubles)),
      columns(precision == Precision::Single ? single.columns : full.columns),
      stride(paddedColumns(columns)) {
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
  parameters =
      VectorXd::Zero(static_cast<Index>(present.size()) * (stride + 1));
}

void LogisticTrainer::share(std::shared_ptr<LogisticMetric> other) {
  if (other && other->columns() == columns)
    metric = std::move(other);
}

std::shared_ptr<LogisticMetric> LogisticTrainer::sharedMetric() {
  if (metric)
    return metric;
  if (precision == Precision::Single) {
    metric = std::make_shared<LogisticMetric>(single, weights);
    return metric;
  }
  Design<float> rows;
  rows.rows = full.rows;
  rows.columns = columns;
  rows.stride = stride;
  rows.values = full.values.cast<float>();
  metric = std::make_shared<LogisticMetric>(rows, weights);
  return metric;
}

std::shared_ptr<LogisticMetric> LogisticTrainer::localMetric() const {
  const auto outputs = static_cast<Index>(present.size());
  const Index size = outputs * stride;
  const Eigen::VectorXf coefficients = parameters.head(size).cast<float>();
  const VectorXd intercepts = parameters.tail(outputs);
  VectorXd curvature(single.rows);
  std::vector<float> block(static_cast<size_t>(kernelRows * outputs));
  for (Index first = 0; first < single.rows; first += kernelRows) {
    const Index count = std::min(kernelRows, single.rows - first);
    rowScores(single.row(first), count, stride, coefficients.data(), outputs,
              block.data());
    for (Index r = 0; r < count; ++r) {
      VectorXd shares = intercepts;
      for (Index c = 0; c < outputs; ++c)
        shares(c) +=
            static_cast<double>(block[static_cast<size_t>(c * kernelRows + r)]);
      shares = (shares.array() - shares.maxCoeff()).exp();
      shares /= shares.sum();
      // The metric takes half of each weight.
      curvature(first + r) = 2 * weights(first + r) *
                             (1 - shares.squaredNorm()) /
                             static_cast<double>(outputs - 1);
    }
  }
  return std::make_shared<LogisticMetric>(single, curvature.cwiseMax(0).eval());
}

void LogisticTrainer::startFrom(const LogisticFit &fit) {
  if (fit.coefficients.rows() != columns)
    return;
  for (int c : present)
    if (!std::isfinite(fit.intercepts(c)))
      return;
  const auto outputs = static_cast<Index>(present.size());
  for (Index c = 0; c < outputs; ++c) {
    const int from = present[static_cast<size_t>(c)];
    parameters.segment(c * stride, columns) = fit.coefficients.col(from);
    parameters(outputs * stride + c) = fit.intercepts(from);
  }
}

template <typename T>
double LogisticTrainer::objective(const Design<T> &rows, double strength,
                                  const VectorXd &at,
                                  VectorXd &gradient) const {
  const auto outputs = static_cast<Index>(present.size());
  const Index size = outputs * stride;
  const double *intercepts = at.data() + size;
  gradient = strength * at;
  gradient.tail(outputs).setZero();
  double *interceptGradient = gradient.data() + size;
  double loss = strength / 2 * at.head(size).squaredNorm();

  // Sums of many rows are kept in double precision.
  constexpr Index chunk = 256;
  using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  const Vector coefficients = at.head(size).template cast<T>();
  Vector part = Vector::Zero(size);
  std::vector<T> block(static_cast<size_t>(kernelRows * outputs));
  std::vector<double> shares(static_cast<size_t>(kernelRows * outputs));
  for (Index first = 0; first < rows.rows; first += kernelRows) {
    const Index count = std::min(kernelRows, rows.rows - first);
    const T *from = rows.row(first);
    rowScores(from, count, stride, coefficients.data(), outputs, block.data());
    loss += softmaxResiduals(block.data(), count, outputs, intercepts,
                             labels.data() + first, weights.data() + first,
                             interceptGradient, shares.data());
    addRowGradient(from, count, stride, block.data(), outputs, part.data());
    if ((first + kernelRows) % chunk == 0) {
      gradient.head(size) += part.template cast<double>();
      part.setZero();
    }
  }
  gradient.head(size) += part.template cast<double>();
  return loss;
}

LogisticFit LogisticTrainer::fit(double strength, double tolerance) {
  const auto outputs = static_cast<Index>(present.size());
  sharedMetric();
  const bool coarse = precision == Precision::Single;
  // The penalty is quadratic: another strength's share in a gradient's change
  // is known.
  for (LbfgsMemory::Pair &pair : memory.pairs)
    pair.change.head(outputs * stride) +=
        (strength - memoryStrength) * pair.step.head(outputs * stride);
  memoryStrength = strength;
  const LbfgsResult result = minimizeLbfgs(
      [&](const VectorXd &at, VectorXd &gradient) {
        return coarse ? objective(single, strength, at, gradient)
                      : objective(full, strength, at, gradient);
      },
      parameters,
      [&](VectorXd &vector) {
        metric->applyInverse(strength, outputs, vector);
      },
      tolerance, 500, coarse ? 1e-7 : 1e-13, &memory);

  LogisticFit fitted;
  fitted.coefficients = MatrixXd::Zero(columns, classes);
  fitted.intercepts = Eigen::RowVectorXd::Constant(
      classes, -std::numeric_limits<double>::infinity());
  for (Index c = 0; c < outputs; ++c) {
    const int to = present[static_cast<size_t>(c)];
    fitted.coefficients.col(to) = parameters.segment(c * stride, columns);
    fitted.intercepts(to) = parameters(outputs * stride + c);
  }
  fitted.objective = result.value;
  fitted.gradientNorm = result.gradientNorm;
  fitted.iterations = result.iterations;
  fitted.converged = result.converged;
  return fitted;
}

} // namespace dynfault::study
