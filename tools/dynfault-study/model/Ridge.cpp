//===- Ridge.cpp - Ridge classifier ---------------------------------------===//
//
// Rows are centred with their weights, which takes the unpenalised intercept
// out of the problem.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Ridge.h"

#include "tools/dynfault-study/model/LogisticRegression.h"

#include <algorithm>
#include <cmath>

namespace dynfault::study {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

RidgeTrainer::RidgeTrainer(const RowMatrix &rows,
                           const std::vector<int> &labels, int classCount)
    : classes(classCount), scaled(rows) {
  const VectorXd weights = balancedWeights(labels, classCount);
  MatrixXd targets = MatrixXd::Constant(rows.rows(), classes, -1);
  for (size_t i = 0; i < labels.size(); ++i)
    targets(static_cast<Index>(i), labels[i]) = 1;
  center = weights.transpose() * rows;
  targetCenter = weights.transpose() * targets;
  target = VectorXd::Zero(classes * scaled.stride);
  std::vector<double> residual(static_cast<size_t>(classes * kernelRows));
  for (Index r = 0; r < scaled.rows; ++r) {
    const double root = std::sqrt(weights(r));
    double *row = scaled.values.data() + r * scaled.stride;
    for (Index c = 0; c < scaled.columns; ++c)
      row[c] = (row[c] - center(c)) * root;
    for (Index c = 0; c < classes; ++c)
      residual[static_cast<size_t>(c * kernelRows)] =
          (targets(r, c) - targetCenter(c)) * root;
    addRowGradient(row, 1, scaled.stride, residual.data(), classes,
                   target.data());
  }
  const Eigen::ArrayXf rounded = scaled.values.cast<float>();
  gram = GramMatrix(rounded.data(), scaled.rows, scaled.columns, scaled.stride);
}

VectorXd RidgeTrainer::normal(const VectorXd &vectors, double strength) const {
  VectorXd out = strength * vectors;
  std::vector<double> block(static_cast<size_t>(kernelRows * classes));
  for (Index first = 0; first < scaled.rows; first += kernelRows) {
    const Index count = std::min(kernelRows, scaled.rows - first);
    rowScores(scaled.row(first), count, scaled.stride, vectors.data(), classes,
              block.data());
    addRowGradient(scaled.row(first), count, scaled.stride, block.data(),
                   classes, out.data());
  }
  return out;
}

RidgeTrainer::Fit RidgeTrainer::fit(double strength) const {
  constexpr double tolerance = 1e-12;
  constexpr int maxSteps = 200;
  const Index stride = scaled.stride;
  // Rounding may leave the matrix a little short of positive definite.
  const CholeskyFactor factor(gram, static_cast<float>(strength) + 1e-5f);
  auto preconditioned = [&](const VectorXd &vectors) {
    // Residuals get as small as single precision's least numbers.
    const double scale =
        vectors.size() > 0 ? vectors.lpNorm<Eigen::Infinity>() : 0;
    if (!(scale > 0))
      return vectors;
    Eigen::VectorXf bent = (vectors / scale).cast<float>();
    factor.solveInPlace(bent.data(), classes);
    return VectorXd(bent.cast<double>() * scale);
  };

  VectorXd solution = VectorXd::Zero(target.size());
  VectorXd residual = target;
  VectorXd along = preconditioned(residual);
  std::vector<double> product(static_cast<size_t>(classes));
  for (Index c = 0; c < classes; ++c)
    product[static_cast<size_t>(c)] =
        residual.segment(c * stride, stride)
            .dot(along.segment(c * stride, stride));
  for (int step = 0; step < maxSteps; ++step) {
    const VectorXd image = normal(along, strength);
    bool open = false;
    for (Index c = 0; c < classes; ++c) {
      const auto part = along.segment(c * stride, stride);
      const double curvature = part.dot(image.segment(c * stride, stride));
      if (!(curvature > 0))
        continue;
      const double length = product[static_cast<size_t>(c)] / curvature;
      solution.segment(c * stride, stride) += length * part;
      residual.segment(c * stride, stride) -=
          length * image.segment(c * stride, stride);
      open |= residual.segment(c * stride, stride).norm() >
              tolerance * target.segment(c * stride, stride).norm();
    }
    if (!open)
      break;
    const VectorXd bent = preconditioned(residual);
    for (Index c = 0; c < classes; ++c) {
      double &before = product[static_cast<size_t>(c)];
      const double now = residual.segment(c * stride, stride)
                             .dot(bent.segment(c * stride, stride));
      const double ratio = before > 0 ? now / before : 0;
      before = now;
      along.segment(c * stride, stride) =
          bent.segment(c * stride, stride) +
          ratio * along.segment(c * stride, stride);
    }
  }

  Fit fitted;
  fitted.coefficients.resize(scaled.columns, classes);
  for (Index c = 0; c < classes; ++c)
    fitted.coefficients.col(c) = solution.segment(c * stride, scaled.columns);
  fitted.intercepts = targetCenter - center * fitted.coefficients;
  return fitted;
}

} // namespace dynfault::study
