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
#include <limits>
#include <map>
#include <set>

namespace dynfault::study {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

class Problem {
public:
  Problem(const Design<float> &rows, const std::vector<int> &labels,
          const std::vector<int> &domains, int classes, double strength)
      : rows(rows), labels(labels), domains(domains), classes(classes),
        strength(strength), size(classes * rows.stride),
        weights(balancedWeights(labels, classes)) {
    count = *std::max_element(domains.begin(), domains.end()) + 1;
    // Weights that make each program's risk a mean over its runs.
    VectorXd sum = VectorXd::Zero(count);
    for (size_t i = 0; i < domains.size(); ++i)
      sum(domains[i]) += weights(static_cast<Index>(i));
    for (size_t i = 0; i < domains.size(); ++i)
      weights(static_cast<Index>(i)) /= sum(domains[i]);
    scores.resize(rows.rows, classes);
    block.resize(classes, kernelRows);
    probabilities.resize(rows.rows, classes);
  }

  /// Scores, probabilities and risks at a point.
  void evaluate(const VectorXd &at) {
    risks = VectorXd::Zero(count);
    scales = VectorXd::Zero(count);
    const Eigen::VectorXf coefficients = at.head(size).cast<float>();
    for (Index first = 0; first < rows.rows; first += kernelRows) {
      const Index count = std::min(kernelRows, rows.rows - first);
      rowScores(rows.row(first), count, rows.stride, coefficients.data(),
                classes, block.data());
      scores.middleRows(first, count) = block.leftCols(count).transpose();
    }
    const Eigen::RowVectorXf intercepts =
        at.tail(classes).transpose().cast<float>();
    for (Index i = 0; i < rows.rows; ++i) {
      float *score = scores.data() + i * classes;
      double *p = probabilities.data() + i * classes;
      double largest = -std::numeric_limits<double>::infinity();
      for (Index c = 0; c < classes; ++c) {
        score[c] += intercepts(c);
        largest = std::max(largest, static_cast<double>(score[c]));
      }
      double sum = 0, mean = 0;
      for (Index c = 0; c < classes; ++c) {
        p[c] = std::exp(score[c] - largest);
        sum += p[c];
        mean += p[c] * score[c];
      }
      for (Index c = 0; c < classes; ++c)
        p[c] /= sum;
      const auto domain = domains[static_cast<size_t>(i)];
      const double truth = score[labels[static_cast<size_t>(i)]];
      risks(domain) += weights(i) * (largest + std::log(sum) - truth);
      scales(domain) += weights(i) * (mean / sum - truth);
    }
  }

  /// Gradient by the parameters of sum over domains of
  /// byRisk * risk + byScale * scale, plus the penalty. Overwrites the scores.
  void gradient(const VectorXd &at, const VectorXd &byRisk,
                const VectorXd &byScale, VectorXd &out) {
    out = strength * at;
    out.tail(classes).setZero();
    for (Index i = 0; i < rows.rows; ++i) {
      const auto domain = domains[static_cast<size_t>(i)];
      const Index label = labels[static_cast<size_t>(i)];
      const double *p = probabilities.data() + i * classes;
      float *score = scores.data() + i * classes;
      double mean = 0;
      for (Index c = 0; c < classes; ++c)
        mean += p[c] * score[c];
      const double scale = byScale(domain);
      const double slope = byRisk(domain) + scale;
      // d scale / d z = p - y + diag(p) z - p (p'z).
      for (Index c = 0; c < classes; ++c) {
        const double residual =
            weights(i) * (slope * (p[c] - (c == label ? 1 : 0)) +
                          scale * p[c] * (score[c] - mean));
        score[c] = static_cast<float>(residual);
        out(size + c) += residual;
      }
    }
    // Sums of many rows are kept in double precision.
    constexpr Index chunk = 256;
    Eigen::VectorXf part = Eigen::VectorXf::Zero(size);
    for (Index first = 0; first < rows.rows; first += kernelRows) {
      const Index count = std::min(kernelRows, rows.rows - first);
      block.leftCols(count) = scores.middleRows(first, count).transpose();
      addRowGradient(rows.row(first), count, rows.stride, block.data(), classes,
                     part.data());
      if ((first + kernelRows) % chunk == 0) {
        out.head(size) += part.cast<double>();
        part.setZero();
      }
    }
    out.head(size) += part.cast<double>();
  }

  double penalty(const VectorXd &at) const {
    return strength / 2 * at.head(size).squaredNorm();
  }

  const Design<float> &rows;
  const std::vector<int> &labels, &domains;
  const int classes;
  const double strength;
  const Index size; ///< Of the coefficients: classes x stride.
  VectorXd weights;
  int count = 0;
  VectorXd risks;  ///< Per domain.
  VectorXd scales; ///< Derivative of the risk by a scale of the scores.

private:
  using Scores =
      Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Scores scores; ///< Rows x classes.
  Scores block;  ///< As the kernels have them.
  RowMatrix probabilities;
};

/// The axes of a covariance and its eigenvalues on them; it is 0 elsewhere.
struct Covariance {
  MatrixXd axes; ///< Columns x axes, orthonormal.
  VectorXd variances;
};

Covariance covarianceOf(const RowMatrix &rows) {
  const RowMatrix centered = rows.rowwise() - rows.colwise().mean();
  const double share =
      1.0 / static_cast<double>(std::max<Index>(1, rows.rows() - 1));
  if (rows.rows() < rows.cols()) {
    // The rows' products have the same eigenvalues.
    MatrixXd products = MatrixXd::Zero(rows.rows(), rows.rows());
    products.selfadjointView<Eigen::Lower>().rankUpdate(centered, share);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(products);
    Index kept = 0;
    const double floor = 1e-10 * std::max(1.0, solver.eigenvalues().maxCoeff());
    while (kept < rows.rows() &&
           solver.eigenvalues()(rows.rows() - 1 - kept) > floor)
      ++kept;
    Covariance out;
    out.variances = solver.eigenvalues().tail(kept);
    out.axes = centered.transpose() * solver.eigenvectors().rightCols(kept);
    out.axes.array().rowwise() *=
        (share / out.variances.array()).sqrt().transpose();
    return out;
  }
  // Single precision: what is aligned differs by 1e-5 of its spread.
  const Design<float> rounded(centered);
  const GramMatrix gram(rounded.values.data(), rounded.rows, rounded.columns,
                        rounded.stride);
  Eigen::MatrixXf covariance(rows.cols(), rows.cols());
  for (Index i = 0; i < rows.cols(); ++i)
    for (Index j = i; j < rows.cols(); ++j)
      covariance(j, i) = gram.values[static_cast<size_t>(i * gram.stride + j)] *
                         static_cast<float>(share);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXf> solver(covariance);
  return {solver.eigenvectors().cast<double>(),
          solver.eigenvalues().cast<double>().array().max(0.0).matrix()};
}

/// (covariance + I)^exponent.
MatrixXd powerOf(const Covariance &covariance, double exponent) {
  const VectorXd change = (covariance.variances.array() + 1).pow(exponent) - 1;
  MatrixXd out =
      covariance.axes * change.asDiagonal() * covariance.axes.transpose();
  out.diagonal().array() += 1;
  return out;
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

LogisticFit fitAcrossDomains(const Design<float> &rows,
                             const std::vector<int> &labels,
                             const std::vector<int> &domains, int classes,
                             DomainMethod method, double parameter,
                             double strength, const LogisticFit &start,
                             LogisticMetric &metric) {
  Problem problem(rows, labels, domains, classes, strength);
  VectorXd at = VectorXd::Zero(problem.size + classes);
  for (Index c = 0; c < classes; ++c) {
    at.segment(c * rows.stride, rows.columns) = start.coefficients.col(c);
    if (std::isfinite(start.intercepts(c)))
      at(problem.size + c) = start.intercepts(c);
  }
  auto inverse = [&](VectorXd &vector) {
    metric.applyInverse(strength, classes, vector);
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
        at, inverse, 1e-4, 60, 1e-7);
    fitted.gradientNorm = result.gradientNorm;
    fitted.iterations = result.iterations;
    fitted.converged = result.converged;
    fitted.objective = result.value;
  }
  fitted.coefficients.resize(rows.columns, classes);
  for (Index c = 0; c < classes; ++c)
    fitted.coefficients.col(c) = at.segment(c * rows.stride, rows.columns);
  fitted.intercepts = at.tail(classes).transpose();
  // A class without training runs stays impossible.
  for (Index c = 0; c < classes; ++c)
    if (!std::isfinite(start.intercepts(c)))
      fitted.intercepts(c) = start.intercepts(c);
  return fitted;
}

RowMatrix coralAligned(const RowMatrix &train, const RowMatrix &test) {
  // One small matrix, so that the rows are multiplied once; in single
  // precision, as the covariance is.
  const MatrixXd map =
      powerOf(covarianceOf(train), -0.5) * powerOf(covarianceOf(test), 0.5);
  const Design<float> from(train);
  const Design<float> weights(RowMatrix(map.transpose()));
  RowMatrix out(train.rows(), train.cols());
  std::vector<float> block(static_cast<size_t>(kernelRows * train.cols()));
  for (Index first = 0; first < from.rows; first += kernelRows) {
    const Index count = std::min(kernelRows, from.rows - first);
    rowScores(from.row(first), count, from.stride, weights.values.data(),
              train.cols(), block.data());
    for (Index r = 0; r < count; ++r)
      for (Index c = 0; c < train.cols(); ++c)
        out(first + r, c) = block[static_cast<size_t>(c * kernelRows + r)];
  }
  return out;
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
