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
    : dual(rows.rows < rows.columns),
      crossOnes(Eigen::VectorXd::Zero(rows.stride)),
      onesSquared(weights.sum() / 2) {
  // Where only the products are kept, a block of rows stays in the cache until
  // it is multiplied.
  constexpr Index high = 256;
  scaled =
      Design<float>(dual ? rows.rows : std::min(high, rows.rows), rows.columns);
  if (!dual)
    gram = GramMatrix(rows.columns);
  for (Index first = 0; first < rows.rows; first += scaled.rows) {
    const Index count = std::min(scaled.rows, rows.rows - first);
    for (Index r = 0; r < count; ++r) {
      const auto scale = static_cast<float>(std::sqrt(weights(first + r) / 2));
      const float *from = rows.row(first + r);
      float *row = scaled.values.data() + r * rows.stride;
      for (Index c = 0; c < rows.columns; ++c) {
        row[c] = from[c] * scale;
        crossOnes(c) += static_cast<double>(row[c]) * scale;
      }
    }
    if (!dual)
      addGram(scaled.values.data(), count, rows.columns, rows.stride, 1,
              gram.values.data(), gram.stride);
  }
  if (!dual) {
    scaled.values.resize(0);
    return;
  }
  const Index across = paddedColumns(rows.rows);
  std::vector<float> transposed(static_cast<size_t>(rows.columns * across));
  for (Index r = 0; r < rows.rows; ++r)
    for (Index c = 0; c < rows.columns; ++c)
      transposed[static_cast<size_t>(c * across + r)] = scaled.row(r)[c];
  gram = GramMatrix(transposed.data(), rows.columns, rows.rows, across);
}

const LogisticMetric::Solver &LogisticMetric::solver(double strength) {
  for (const Solver &known : factors)
    if (known.strength == strength)
      return known;
  Solver made;
  made.strength = strength;
  // Rounding may leave the matrix a little short of positive definite.
  made.factor = std::make_shared<const CholeskyFactor>(
      gram, static_cast<float>(strength) + 1e-5f);
  made.alongOnes = crossOnes;
  solveCoefficients(*made.factor, 1, made.alongOnes);
  // Positive on paper; rounding must not make it vanish.
  made.ones =
      std::max(onesSquared - crossOnes.dot(made.alongOnes), 1e-3 * onesSquared);
  factors.push_back(std::move(made));
  return factors.back();
}

void LogisticMetric::applyInverse(double strength, Index classes,
                                  Eigen::VectorXd &vector) {
  const Index stride = scaled.stride;
  const Index size = classes * stride;
  const Solver &bound = solver(strength);
  for (Index c = 0; c < classes; ++c)
    vector(size + c) =
        (vector(size + c) -
         bound.alongOnes.dot(vector.segment(c * stride, stride))) /
        bound.ones;
  solveCoefficients(*bound.factor, classes, vector.head(size));
  for (Index c = 0; c < classes; ++c)
    vector.segment(c * stride, stride) -= vector(size + c) * bound.alongOnes;
}

void LogisticMetric::solveCoefficients(
    const CholeskyFactor &factor, Index classes,
    Eigen::Ref<Eigen::VectorXd> vectors) const {
  const Index stride = scaled.stride;
  // Gradients get as small as single precision's least numbers.
  const double scale =
      vectors.size() > 0 ? vectors.lpNorm<Eigen::Infinity>() : 0;
  if (!(scale > 0))
    return;
  Eigen::VectorXf bent = (vectors / scale).cast<float>();
  if (!dual) {
    factor.solveInPlace(bent.data(), classes);
    vectors = bent.cast<double>() * scale;
    return;
  }
  const Index across = factor.stride();
  std::vector<float> image(static_cast<size_t>(classes * across), 0.0f);
  std::vector<float> block(static_cast<size_t>(kernelRows * classes));
  for (Index first = 0; first < scaled.rows; first += kernelRows) {
    const Index count = std::min(kernelRows, scaled.rows - first);
    rowScores(scaled.row(first), count, stride, bent.data(), classes,
              block.data());
    for (Index c = 0; c < classes; ++c)
      std::copy_n(block.begin() + c * kernelRows, count,
                  image.begin() + c * across + first);
  }
  factor.solveInPlace(image.data(), classes);
  for (Index first = 0; first < scaled.rows; first += kernelRows) {
    const Index count = std::min(kernelRows, scaled.rows - first);
    for (Index c = 0; c < classes; ++c)
      for (Index r = 0; r < count; ++r)
        block[static_cast<size_t>(c * kernelRows + r)] =
            -image[static_cast<size_t>(c * across + first + r)];
    addRowGradient(scaled.row(first), count, stride, block.data(), classes,
                   bent.data());
  }
  vectors = bent.cast<double>() * (scale / factor.shift());
}

} // namespace dynfault::study
