//===- KernelsTest.cpp - Tests for the products and series of models ------===//
//
// The kernels have an exponential and a logarithm of their own; the C library's
// in long double are the oracle.
//
//===----------------------------------------------------------------------===//

#include "tools/dynfault-study/model/Kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace dynfault::study;
using Eigen::Index;

namespace {

/// Compares softmaxResiduals() with its definition, on scores of this spread.
template <typename T>
void checkResiduals(double spread, Index count, Index classes, unsigned seed,
                    double tolerance) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<T> scores(static_cast<size_t>(kernelRows * classes), T(0));
  std::vector<double> intercepts(static_cast<size_t>(classes));
  std::vector<double> weights(static_cast<size_t>(count));
  std::vector<int> labels(static_cast<size_t>(count));
  for (Index c = 0; c < classes; ++c)
    for (Index r = 0; r < count; ++r)
      scores[static_cast<size_t>(c * kernelRows + r)] =
          static_cast<T>(spread * normal(random));
  for (double &intercept : intercepts)
    intercept = normal(random);
  for (double &weight : weights)
    weight = std::abs(normal(random)) + 0.1;
  for (int &label : labels)
    label = static_cast<int>(random() % static_cast<uint64_t>(classes));

  long double loss = 0;
  std::vector<long double> residuals, sums(static_cast<size_t>(classes), 0);
  for (Index r = 0; r < count; ++r) {
    auto scoreOf = [&](Index c) {
      return static_cast<long double>(
          static_cast<double>(scores[static_cast<size_t>(c * kernelRows + r)]) +
          intercepts[static_cast<size_t>(c)]);
    };
    long double largest = scoreOf(0), sum = 0;
    for (Index c = 1; c < classes; ++c)
      largest = std::max(largest, scoreOf(c));
    for (Index c = 0; c < classes; ++c)
      sum += std::exp(scoreOf(c) - largest);
    const int label = labels[static_cast<size_t>(r)];
    const long double weight = weights[static_cast<size_t>(r)];
    loss += weight * (std::log(sum) - (scoreOf(label) - largest));
    for (Index c = 0; c < classes; ++c) {
      residuals.push_back(weight * (std::exp(scoreOf(c) - largest) / sum -
                                    (c == label ? 1 : 0)));
      sums[static_cast<size_t>(c)] += residuals.back();
    }
  }

  std::vector<double> gradient(static_cast<size_t>(classes), 0);
  std::vector<double> scratch(static_cast<size_t>(kernelRows * classes));
  const double actual = softmaxResiduals(
      scores.data(), count, classes, intercepts.data(), labels.data(),
      weights.data(), gradient.data(), scratch.data());
  EXPECT_NEAR(actual, static_cast<double>(loss),
              1e-14 * (1 + std::abs(static_cast<double>(loss))));
  for (Index r = 0; r < count; ++r)
    for (Index c = 0; c < classes; ++c)
      EXPECT_NEAR(
          static_cast<double>(scores[static_cast<size_t>(c * kernelRows + r)]),
          static_cast<double>(residuals[static_cast<size_t>(r * classes + c)]),
          tolerance);
  for (size_t c = 0; c < gradient.size(); ++c)
    EXPECT_NEAR(gradient[c], static_cast<double>(sums[c]), 1e-14);
}

TEST(Kernels, SoftmaxResidualsAreTheLogLossDerivatives) {
  unsigned seed = 0;
  for (double spread : {1e-3, 1.0, 30.0, 1000.0})
    for (Index count = 1; count <= kernelRows; ++count)
      for (Index classes = 2; classes <= 6; ++classes) {
        checkResiduals<double>(spread, count, classes, ++seed, 1e-14);
        checkResiduals<float>(spread, count, classes, ++seed, 1e-6);
      }
}

/// Scores are sums of fused products in the lanes of a cache line, of which
/// halves are added until one is left; gradients are fused row after row.
template <typename T>
void checkProducts(Index count, Index classes, unsigned seed) {
  constexpr Index columns = 53, lanes = 64 / sizeof(T);
  const Index stride = paddedColumns(columns);
  std::mt19937_64 random(seed);
  std::normal_distribution<T> normal;
  auto filled = [&](Index rows) {
    std::vector<T> out(static_cast<size_t>(rows * stride), T(0));
    for (Index r = 0; r < rows; ++r)
      for (Index c = 0; c < columns; ++c)
        out[static_cast<size_t>(r * stride + c)] = normal(random);
    return out;
  };
  const std::vector<T> rows = filled(count), weights = filled(classes);
  std::vector<T> scores(static_cast<size_t>(classes * kernelRows), T(9));
  rowScores(rows.data(), count, stride, weights.data(), classes, scores.data());
  for (Index c = 0; c < classes; ++c)
    for (Index r = 0; r < kernelRows; ++r) {
      T sums[lanes] = {};
      for (Index j = 0; r < count && j < stride; ++j)
        sums[j % lanes] = std::fma(rows[static_cast<size_t>(r * stride + j)],
                                   weights[static_cast<size_t>(c * stride + j)],
                                   sums[j % lanes]);
      for (Index half = lanes / 2; half > 0; half /= 2)
        for (Index lane = 0; lane < half; ++lane)
          sums[lane] += sums[lane + half];
      EXPECT_EQ(scores[static_cast<size_t>(c * kernelRows + r)], sums[0]);
    }

  const std::vector<T> before = filled(classes);
  std::vector<T> gradient = before;
  addRowGradient(rows.data(), count, stride, scores.data(), classes,
                 gradient.data());
  for (Index c = 0; c < classes; ++c)
    for (Index j = 0; j < stride; ++j) {
      T sum = before[static_cast<size_t>(c * stride + j)];
      for (Index r = 0; r < count; ++r)
        sum = std::fma(rows[static_cast<size_t>(r * stride + j)],
                       scores[static_cast<size_t>(c * kernelRows + r)], sum);
      EXPECT_EQ(gradient[static_cast<size_t>(c * stride + j)], sum);
    }
}

/// Bit for bit, so that a report does not depend on the processor.
TEST(Kernels, ProductsAreFusedInOneOrder) {
  unsigned seed = 0;
  for (Index count = 1; count <= kernelRows; ++count)
    for (Index classes = 1; classes <= 9; ++classes) {
      checkProducts<float>(count, classes, ++seed);
      checkProducts<double>(count, classes, ++seed);
    }
}

/// Likewise.
TEST(Kernels, GramIsFusedSumsOverPanelsOfRows) {
  constexpr Index count = 300, columns = 37, panel = 256;
  const Index stride = paddedColumns(columns);
  std::mt19937_64 random(3);
  std::normal_distribution<float> normal;
  std::vector<float> rows(static_cast<size_t>(count * stride), 0);
  for (Index r = 0; r < count; ++r)
    for (Index c = 0; c < columns; ++c)
      rows[static_cast<size_t>(r * stride + c)] = normal(random);
  auto row = [&](Index r) { return rows.data() + r * stride; };
  for (float sign : {1.0f, -1.0f}) {
    std::vector<float> gram(static_cast<size_t>(stride * stride), 0.5f);
    addGram(rows.data(), count, columns, stride, sign, gram.data(), stride);
    for (Index i = 0; i < columns; ++i)
      for (Index j = i; j < columns; ++j) {
        float expected = 0.5f;
        for (Index first = 0; first < count; first += panel) {
          float sum = 0;
          for (Index r = first; r < std::min(first + panel, count); ++r)
            sum = std::fma(row(r)[i], row(r)[j], sum);
          expected += sign * sum;
        }
        EXPECT_EQ(gram[static_cast<size_t>(i * stride + j)], expected);
      }
  }
}

TEST(Kernels, StandardizeFillsWhatIsMissing) {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> values = {1, missing, -2.5, 4, missing, 0, 7};
  std::vector<double> out(values.size());
  const std::vector<double> fill = {9, 3, 9, 9, 5, 9, 9},
                            center = {1, 1, 1, 1, 1, 2, 1},
                            inverseScale = {0.25, 0.25, 0.25, 0.25,
                                            0.25, 0.5,  0.25};
  standardize(values.data(), static_cast<Index>(values.size()), fill.data(),
              center.data(), inverseScale.data(), out.data());
  EXPECT_EQ(out, (std::vector<double>{0, 0.5, -0.875, 0.75, 1, -1, 1.5}));
}

TEST(Kernels, SplitGainsAreTheirDefinition) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> uniform(0.1, 2);
  for (Index classes : {4, 8})
    for (Index count : {1, 3, 4, 17, 64}) {
      const Index padded = (count + 3) / 4 * 4;
      std::vector<int> counts(static_cast<size_t>(padded * classes), 0);
      std::vector<double> weights(static_cast<size_t>(classes)),
          totals(static_cast<size_t>(classes), 0),
          gains(static_cast<size_t>(padded));
      for (double &weight : weights)
        weight = uniform(random);
      // One bin more than splits, so that no side is empty.
      for (Index c = 0; c < classes; ++c) {
        int rows = 1;
        for (Index s = 0; s < count; ++s)
          rows += counts[static_cast<size_t>(s * classes + c)] =
              static_cast<int>(random() % 9) + 1;
        totals[static_cast<size_t>(c)] = weights[static_cast<size_t>(c)] * rows;
      }
      double all = 0, parent = 0.25;
      for (double total : totals)
        all += total;
      splitGains(counts.data(), classes, count, weights.data(), totals.data(),
                 all, parent, gains.data());
      std::vector<double> left(static_cast<size_t>(classes), 0);
      for (Index s = 0; s < count; ++s) {
        double sum = 0, leftSquares = 0, rightSquares = 0;
        for (size_t c = 0; c < left.size(); ++c) {
          left[c] += weights[c] * counts[static_cast<size_t>(s * classes) + c];
          sum += left[c];
          leftSquares += left[c] * left[c];
          rightSquares += (totals[c] - left[c]) * (totals[c] - left[c]);
        }
        const double gain =
            leftSquares / sum + rightSquares / (all - sum) - parent;
        EXPECT_NEAR(gains[static_cast<size_t>(s)], gain,
                    1e-12 * std::abs(gain));
      }
    }
}

} // namespace
