//===- LogisticMetric.cpp - Curvature bound of softmax classifiers --------===//
//
// (s I + A'A)^-1 = (I - A' (s I + A A')^-1 A) / s.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/LogisticMetric.h"

#include <algorithm>
#include <cmath>

namespace dynfault::study {

using Eigen::Index;

LogisticMetric::LogisticMetric(const Design<float> &rows,
                               const Eigen::VectorXd &weights)
    : scaled(rows), dual(rows.rows < rows.columns) {
  for (Index r = 0; r < rows.rows; ++r) {
    const auto scale = static_cast<float>(std::sqrt(weights(r) / 2));
    float *row = scaled.values.data() + r * rows.stride;
    for (Index c = 0; c < rows.columns; ++c)
      row[c] *= scale;
  }
  if (!dual) {
    gram =
        GramMatrix(scaled.values.data(), rows.rows, rows.columns, rows.stride);
    scaled.values = {};
    return;
  }
  const Index across = paddedColumns(rows.rows);
  std::vector<float> transposed(static_cast<size_t>(rows.columns * across));
  for (Index r = 0; r < rows.rows; ++r)
    for (Index c = 0; c < rows.columns; ++c)
      transposed[static_cast<size_t>(c * across + r)] = scaled.row(r)[c];
  gram = GramMatrix(transposed.data(), rows.columns, rows.rows, across);
}

std::shared_ptr<const CholeskyFactor> LogisticMetric::factor(double strength) {
  for (const auto &known : factors)
    if (known.first == strength)
      return known.second;
  // Rounding may leave the matrix a little short of positive definite.
  factors.emplace_back(strength,
                       std::make_shared<const CholeskyFactor>(
                           gram, static_cast<float>(strength) + 1e-5f));
  return factors.back().second;
}

void LogisticMetric::applyInverse(double strength, Index classes,
                                  Eigen::VectorXd &vector) {
  const Index stride = scaled.stride;
  const Index size = classes * stride;
  vector.tail(classes) *= 2;
  // Gradients get as small as single precision's least numbers.
  const double scale =
      size > 0 ? vector.head(size).lpNorm<Eigen::Infinity>() : 0;
  if (!(scale > 0))
    return;
  const auto solver = factor(strength);
  Eigen::VectorXf bent = (vector.head(size) / scale).cast<float>();
  if (!dual) {
    solver->solveInPlace(bent.data(), classes);
    vector.head(size) = bent.cast<double>() * scale;
    return;
  }
  const Index across = solver->stride();
  std::vector<float> image(static_cast<size_t>(classes * across), 0.0f);
  std::vector<float> block(static_cast<size_t>(kernelRows * classes));
  for (Index first = 0; first < scaled.rows; first += kernelRows) {
    const Index count = std::min(kernelRows, scaled.rows - first);
    rowScores(scaled.row(first), count, stride, bent.data(), classes,
              block.data());
    for (Index r = 0; r < count; ++r)
      for (Index c = 0; c < classes; ++c)
        image[static_cast<size_t>(c * across + first + r)] =
            block[static_cast<size_t>(r * classes + c)];
  }
  solver->solveInPlace(image.data(), classes);
  for (Index first = 0; first < scaled.rows; first += kernelRows) {
    const Index count = std::min(kernelRows, scaled.rows - first);
    for (Index r = 0; r < count; ++r)
      for (Index c = 0; c < classes; ++c)
        block[static_cast<size_t>(r * classes + c)] =
            -image[static_cast<size_t>(c * across + first + r)];
    addRowGradient(scaled.row(first), count, stride, block.data(), classes,
                   bent.data());
  }
  vector.head(size) = bent.cast<double>() * (scale / solver->shift());
}

} // namespace dynfault::study
