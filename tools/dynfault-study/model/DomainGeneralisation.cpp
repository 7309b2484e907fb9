//===- DomainGeneralisation.cpp - Training across programs ----------------===//
//
// The three objectives differ in how they turn the programs' risks into
// derivatives by the scores; everything else is shared.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/DomainGeneralisation.h"

#include "tools/dynfault-study/model/Lbfgs.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace dynfault::study {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

class Problem {
public:
  Problem(const RowMatrix &rows, const std::vector<int> &labels,
          const std::vector<int> &domains, int classes, double strength)
      : rows(rows), labels(labels), domains(domains), classes(classes),
        strength(strength), width(paddedWidth(classes)),
        weights(balancedWeights(labels, classes)) {
    count = *std::max_element(domains.begin(), domains.end()) + 1;
    // Weights that make each program's risk a mean over its runs.
    VectorXd sum = VectorXd::Zero(count);
    for (size_t i = 0; i < domains.size(); ++i)
      sum(domains[i]) += weights(static_cast<Index>(i));
    for (size_t i = 0; i < domains.size(); ++i)
      weights(static_cast<Index>(i)) /= sum(domains[i]);
    scores.resize(rows.rows(), width);
    probabilities.resize(rows.rows(), classes);
  }

  /// Scores, probabilities and risks at a point.
  void evaluate(const VectorXd &at) {
    const Index features = rows.cols();
    risks = VectorXd::Zero(count);
    scales = VectorXd::Zero(count);
    for (Index first = 0; first < rows.rows(); first += kernelRows)
      rowScores(rows.data() + first * features,
                std::min(kernelRows, rows.rows() - first), features, at.data(),
                width, scores.data() + first * width);
    const auto intercepts = at.tail(width).transpose();
    for (Index i = 0; i < rows.rows(); ++i) {
      scores.row(i) += intercepts;
      const auto score = scores.row(i).head(classes);
      const double largest = score.maxCoeff();
      auto p = probabilities.row(i);
      p = (score.array() - largest).exp();
      const double sum = p.sum();
      p /= sum;
      const auto domain = domains[static_cast<size_t>(i)];
      const double truth = score(labels[static_cast<size_t>(i)]);
      risks(domain) += weights(i) * (largest + std::log(sum) - truth);
      scales(domain) += weights(i) * (p.dot(score) - truth);
    }
  }

  /// Gradient by the parameters of sum over domains of
  /// byRisk * risk + byScale * scale, plus the penalty.
  void gradient(const VectorXd &at, const VectorXd &byRisk,
                const VectorXd &byScale, VectorXd &out) {
    const Index features = rows.cols();
    out = strength * at;
    out.tail(width).setZero();
    for (Index i = 0; i < rows.rows(); ++i) {
      const auto domain = domains[static_cast<size_t>(i)];
      const auto p = probabilities.row(i).array();
      auto score = scores.row(i).head(classes).array();
      const double mean = (p * score).sum();
      const double slope = byRisk(domain) + byScale(domain);
      // d scale / d z = p - y + diag(p) z - p (p'z).
      score = weights(i) * (slope * p + byScale(domain) * p * (score - mean));
      score(labels[static_cast<size_t>(i)]) -= weights(i) * slope;
      scores.row(i).tail(width - classes).setZero();
      out.tail(width) += scores.row(i).transpose();
    }
    for (Index first = 0; first < rows.rows(); first += kernelRows)
      addRowGradient(rows.data() + first * features,
                     std::min(kernelRows, rows.rows() - first), features,
                     scores.data() + first * width, width, out.data());
  }

  double penalty(const VectorXd &at) const {
    return strength / 2 * at.head(rows.cols() * width).squaredNorm();
  }

  const RowMatrix &rows;
  const std::vector<int> &labels, &domains;
  const int classes;
  const double strength;
  const Index width;
  VectorXd weights;
  int count = 0;
  VectorXd risks;  ///< Per domain.
  VectorXd scales; ///< Derivative of the risk by a scale of the scores.

private:
  RowMatrix scores;
  RowMatrix probabilities;
};

/// Symmetric power of a symmetric matrix whose eigenvalues are at least 1.
MatrixXd power(const MatrixXd &matrix, double exponent) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(matrix);
  return solver.eigenvectors() *
         solver.eigenvalues()
             .array()
             .max(1e-12)
             .pow(exponent)
             .matrix()
             .asDiagonal() *
         solver.eigenvectors().transpose();
}

MatrixXd shiftedCovariance(const RowMatrix &rows) {
  const RowMatrix centered = rows.rowwise() - rows.colwise().mean();
  MatrixXd covariance = MatrixXd::Identity(rows.cols(), rows.cols());
  covariance.selfadjointView<Eigen::Lower>().rankUpdate(
      centered.transpose(),
      1.0 / static_cast<double>(std::max<Index>(1, rows.rows() - 1)));
  return covariance.selfadjointView<Eigen::Lower>();
}

} // namespace

std::vector<double> domainGrid(DomainMethod method) {
  switch (method) {
  case DomainMethod::Irm:
    return {1, 100};
  case DomainMethod::Vrex:
    return {1, 10};
  case DomainMethod::GroupDro:
    return {0.01, 0.1};
  }
  return {};
}

LogisticFit fitAcrossDomains(const RowMatrix &rows,
                             const std::vector<int> &labels,
                             const std::vector<int> &domains, int classes,
                             DomainMethod method, double parameter,
                             double strength, const LogisticFit &start,
                             LogisticMetric &metric) {
  Problem problem(rows, labels, domains, classes, strength);
  const Index features = rows.cols();
  VectorXd at = VectorXd::Zero((features + 1) * problem.width);
  {
    Eigen::Map<RowMatrix> point(at.data(), features + 1, problem.width);
    point.topLeftCorner(features, classes) = start.coefficients;
    for (Index c = 0; c < classes; ++c)
      if (std::isfinite(start.intercepts(c)))
        point(features, c) = start.intercepts(c);
  }

  const auto factor = metric.factor(strength);
  auto inverse = [&](VectorXd &vector) {
    Eigen::Map<RowMatrix> matrix(vector.data(), features + 1, problem.width);
    const double scale = matrix.topRows(features).lpNorm<Eigen::Infinity>();
    if (scale > 0) {
      Eigen::MatrixXf bent = (matrix.topRows(features) / scale).cast<float>();
      factor->solveInPlace(bent);
      matrix.topRows(features) = bent.cast<double>() * scale;
    }
    matrix.row(features) *= 2;
  };

  LogisticFit fitted;
  const double share = 1.0 / problem.count;
  if (method == DomainMethod::GroupDro) {
    // Full batches: every step sees every program. The metric bounds the
    // curvature of any weighting up to the largest weight, hence the step.
    VectorXd q = VectorXd::Constant(problem.count, share);
    VectorXd gradient;
    constexpr int steps = 60;
    for (int step = 0; step < steps; ++step) {
      problem.evaluate(at);
      q = q.array() * (parameter * problem.risks.array()).exp();
      q /= q.sum();
      problem.gradient(at, q, VectorXd::Zero(problem.count), gradient);
      fitted.gradientNorm = gradient.lpNorm<Eigen::Infinity>();
      inverse(gradient);
      at -= gradient;
    }
    fitted.iterations = steps;
    fitted.converged = true;
  } else {
    const LbfgsResult result = minimizeLbfgs(
        [&](const VectorXd &here, VectorXd &gradient) {
          problem.evaluate(here);
          const double mean = problem.risks.mean();
          VectorXd byRisk = VectorXd::Constant(problem.count, share);
          VectorXd byScale = VectorXd::Zero(problem.count);
          double value = mean + problem.penalty(here);
          if (method == DomainMethod::Irm) {
            value += parameter * share * problem.scales.squaredNorm();
            byScale = 2 * parameter * share * problem.scales;
          } else {
            const VectorXd offset = problem.risks.array() - mean;
            value += parameter * share * offset.squaredNorm();
            byRisk += 2 * parameter * share * offset;
          }
          problem.gradient(here, byRisk, byScale, gradient);
          return value;
        },
        at, inverse, 1e-4, 60);
    fitted.gradientNorm = result.gradientNorm;
    fitted.iterations = result.iterations;
    fitted.converged = result.converged;
    fitted.objective = result.value;
  }
  // The minimiser may have moved the vector's memory.
  const Eigen::Map<const RowMatrix> point(at.data(), features + 1,
                                          problem.width);
  fitted.coefficients = point.topLeftCorner(features, classes);
  fitted.intercepts = point.row(features).head(classes);
  // A class without training runs stays impossible.
  for (Index c = 0; c < classes; ++c)
    if (!std::isfinite(start.intercepts(c)))
      fitted.intercepts(c) = start.intercepts(c);
  return fitted;
}

RowMatrix coralAligned(const RowMatrix &train, const RowMatrix &test) {
  const MatrixXd map = power(shiftedCovariance(train), -0.5) *
                       power(shiftedCovariance(test), 0.5);
  return train * map;
}

MatrixXd programSubspace(const RowMatrix &rows, const std::vector<int> &labels,
                         const std::vector<int> &programs, int directions) {
  std::map<std::pair<int, int>, std::pair<Eigen::RowVectorXd, int>> cells;
  for (size_t i = 0; i < labels.size(); ++i) {
    auto &cell = cells[{programs[i], labels[i]}];
    if (cell.second++ == 0)
      cell.first = rows.row(static_cast<Index>(i));
    else
      cell.first += rows.row(static_cast<Index>(i));
  }
  // Class means over all programs are taken off first, so that a program which
  // lacks a class does not look different for that.
  std::map<int, std::pair<Eigen::RowVectorXd, int>> classMeans;
  for (auto &entry : cells) {
    entry.second.first /= entry.second.second;
    auto &mean = classMeans[entry.first.second];
    if (mean.second++ == 0)
      mean.first = entry.second.first;
    else
      mean.first += entry.second.first;
  }
  std::map<int, std::pair<Eigen::RowVectorXd, int>> programMeans;
  for (const auto &entry : cells) {
    const auto &mean = classMeans[entry.first.second];
    const Eigen::RowVectorXd offset =
        entry.second.first - mean.first / mean.second;
    auto &own = programMeans[entry.first.first];
    if (own.second++ == 0)
      own.first = offset;
    else
      own.first += offset;
  }
  MatrixXd means(static_cast<Index>(programMeans.size()), rows.cols());
  Index row = 0;
  for (const auto &entry : programMeans)
    means.row(row++) = entry.second.first / entry.second.second;
  means.rowwise() -= means.colwise().mean().eval();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(means *
                                                       means.transpose());
  Index kept = 0;
  const double floor = 1e-12 * std::max(0.0, solver.eigenvalues().maxCoeff());
  while (kept < std::min<Index>(directions, means.rows()) &&
         solver.eigenvalues()(means.rows() - 1 - kept) > floor)
    ++kept;
  MatrixXd axes = means.transpose() *
                  solver.eigenvectors().rightCols(kept).rowwise().reverse();
  for (Index k = 0; k < kept; ++k)
    axes.col(k).normalize();
  return axes;
}

} // namespace dynfault::study
