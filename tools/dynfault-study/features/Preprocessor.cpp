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
  // Blocks of rows: both matrices are walked along cache lines.
  constexpr Eigen::Index block = 64;
  for (Eigen::Index first = 0; first < count; first += block) {
    const Eigen::Index size = std::min(block, count - first);
    const int *from = rows.data() + first;
    T *to = out + first * stride;
    for (Eigen::Index c = 0; c < values; ++c, ++to) {
      const double *column =
          features.col(valueSource[static_cast<size_t>(c)]).data();
      const double middle = median(c), center = mean(c), by = scale(c);
      for (Eigen::Index r = 0; r < size; ++r) {
        const double given = column[from[r]];
        const double filled = std::isnan(given) ? middle : given;
        to[r * stride] = static_cast<T>((filled - center) / by);
      }
    }
    for (Eigen::Index c = values; c < columns(); ++c, ++to) {
      const double *column =
          features.col(indicatorSource[static_cast<size_t>(c - values)]).data();
      const auto absent = static_cast<T>((1 - mean(c)) / scale(c));
      const auto present = static_cast<T>((0 - mean(c)) / scale(c));
      for (Eigen::Index r = 0; r < size; ++r)
        to[r * stride] = std::isnan(column[from[r]]) ? absent : present;
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
template Design<double> Preprocessor::design(const Eigen::MatrixXd &,
                                             const std::vector<int> &) const;

} // namespace dynfault::study
