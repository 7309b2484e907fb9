//===- Preprocessor.cpp - From features to a design matrix ----------------===//
//
// Indicators of features that go missing together (all statistics of one
// signal do) are one column: repeating it would only weaken its penalty.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/Preprocessor.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace dynfault::study {
namespace {

/// Below this spread a column carries rounding noise only.
bool isConstant(double mean, double deviation) {
  return deviation <= 1e-9 * std::max(1.0, std::abs(mean));
}

} // namespace

Eigen::MatrixXd compress(const Eigen::MatrixXd &raw) {
  return raw.unaryExpr([](double value) { return std::asinh(value / 1e-4); });
}

Preprocessor Preprocessor::fit(const Eigen::MatrixXd &train) {
  std::vector<Eigen::Index> columns(static_cast<size_t>(train.cols()));
  std::iota(columns.begin(), columns.end(), Eigen::Index{0});
  std::vector<int> rows(static_cast<size_t>(train.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return {FeatureStatistics(SortedFeatures(train), columns, rows), columns};
}

Preprocessor::Preprocessor(const FeatureStatistics &statistics,
                           const std::vector<Eigen::Index> &features) {
  const auto count = static_cast<double>(statistics.rows);
  std::vector<double> medians, means, scales;
  std::vector<double> indicatorMeans, indicatorScales;
  std::set<int> patterns;
  for (Eigen::Index feature : features) {
    const FeatureStatistics::Feature &own =
        statistics.features[static_cast<size_t>(feature)];
    if (own.missing == statistics.rows)
      continue;
    if (!isConstant(own.mean, own.deviation)) {
      valueSource.push_back(feature);
      medians.push_back(own.median);
      means.push_back(own.mean);
      scales.push_back(own.deviation);
    }
    if (own.missing > 0 && patterns.insert(own.pattern).second) {
      const double share = static_cast<double>(own.missing) / count;
      indicatorSource.push_back(feature);
      indicatorMeans.push_back(share);
      indicatorScales.push_back(std::sqrt(share * (1 - share)));
    }
  }

  means.insert(means.end(), indicatorMeans.begin(), indicatorMeans.end());
  scales.insert(scales.end(), indicatorScales.begin(), indicatorScales.end());
  auto toVector = [](const std::vector<double> &values) {
    return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(
        values.data(), static_cast<Eigen::Index>(values.size())));
  };
  median = toVector(medians);
  mean = toVector(means);
  scale = toVector(scales);
}

std::vector<Eigen::Index> Preprocessor::columnNames() const {
  std::vector<Eigen::Index> names = valueSource;
  for (Eigen::Index feature : indicatorSource)
    names.push_back(-1 - feature);
  return names;
}

template <typename T>
void Preprocessor::transformInto(const Eigen::MatrixXd &features,
                                 const std::vector<int> &rows, T *out,
                                 Eigen::Index stride) const {
  const auto values = static_cast<Eigen::Index>(valueSource.size());
  const auto count = static_cast<Eigen::Index>(rows.size());
  // Columns of one matrix become rows of the other: a tile at a time, so that
  // both are walked along cache lines.
  constexpr Eigen::Index high = 256, wide = 16;
  double given[high];
  T tile[wide][high];
  for (Eigen::Index first = 0; first < count; first += high) {
    const Eigen::Index size = std::min(high, count - first);
    const int *from = rows.data() + first;
    for (Eigen::Index left = 0; left < columns(); left += wide) {
      const Eigen::Index width = std::min(wide, columns() - left);
      for (Eigen::Index k = 0; k < width; ++k) {
        const Eigen::Index c = left + k;
        const bool isValue = c < values;
        const double *column =
            features
                .col(isValue ? valueSource[static_cast<size_t>(c)]
                             : indicatorSource[static_cast<size_t>(c - values)])
                .data();
        for (Eigen::Index r = 0; r < size; ++r)
          given[r] = column[from[r]];
        if (!isValue)
          for (Eigen::Index r = 0; r < size; ++r)
            given[r] = std::isnan(given[r]) ? 1 : 0;
        standardize(given, size, isValue ? median(c) : 0, mean(c), 1 / scale(c),
                    tile[k]);
      }
      T *to = out + first * stride + left;
      for (Eigen::Index r = 0; r < size; ++r)
        for (Eigen::Index k = 0; k < width; ++k)
          to[r * stride + k] = tile[k][r];
    }
  }
}

RowMatrix Preprocessor::transform(const Eigen::MatrixXd &features,
                                  const std::vector<int> &rows) const {
  RowMatrix out(static_cast<Eigen::Index>(rows.size()), columns());
  transformInto(features, rows, out.data(), columns());
  return out;
}

RowMatrix Preprocessor::transform(const Eigen::MatrixXd &features) const {
  std::vector<int> rows(static_cast<size_t>(features.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return transform(features, rows);
}

template <typename T>
Design<T> Preprocessor::design(const Eigen::MatrixXd &features,
                               const std::vector<int> &rows) const {
  Design<T> out(static_cast<Eigen::Index>(rows.size()), columns());
  transformInto(features, rows, out.values.data(), out.stride);
  return out;
}

template Design<float> Preprocessor::design(const Eigen::MatrixXd &,
                                            const std::vector<int> &) const;

} // namespace dynfault::study
