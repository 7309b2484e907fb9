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
#include <utility>

namespace dynfault::study {
namespace {

/// Below this spread a column carries rounding noise only.
bool isConstant(double mean, double deviation) {
  return deviation <= 1e-9 * std::max(1.0, std::abs(mean));
}

} // namespace

RowMatrix compress(const RowMatrix &raw) {
  return raw.unaryExpr([](double value) { return std::asinh(value / 1e-4); });
}

Preprocessor Preprocessor::fit(const RowMatrix &train) {
  std::vector<Eigen::Index> columns(static_cast<size_t>(train.cols()));
  std::iota(columns.begin(), columns.end(), Eigen::Index{0});
  std::vector<int> rows(static_cast<size_t>(train.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return {
      FeatureStatistics(SortedFeatures(train, std::vector<int>(rows.size(), 0)),
                        columns, rows),
      columns};
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
void Preprocessor::transformInto(const RowMatrix &features,
                                 const std::vector<int> &rows, T *out,
                                 Eigen::Index stride) const {
  const auto values = static_cast<Eigen::Index>(valueSource.size());
  const Eigen::VectorXd inverse = scale.cwiseInverse();
  // Columns whose features follow each other.
  std::vector<std::pair<Eigen::Index, Eigen::Index>> runs;
  for (Eigen::Index begin = 0, end = 0; begin < values; begin = end) {
    do
      ++end;
    while (end < values && valueSource[static_cast<size_t>(end)] ==
                               valueSource[static_cast<size_t>(end - 1)] + 1);
    runs.emplace_back(begin, end);
  }
  for (int row : rows) {
    const double *from = features.data() + row * features.cols();
    for (const auto &[begin, end] : runs)
      standardize(from + valueSource[static_cast<size_t>(begin)], end - begin,
                  median.data() + begin, mean.data() + begin,
                  inverse.data() + begin, out + begin);
    Eigen::Index c = values;
    for (Eigen::Index feature : indicatorSource) {
      const double missing = std::isnan(from[feature]) ? 1 : 0;
      out[c] = static_cast<T>((missing - mean(c)) * inverse(c));
      ++c;
    }
    out += stride;
  }
}

RowMatrix Preprocessor::transform(const RowMatrix &features,
                                  const std::vector<int> &rows) const {
  RowMatrix out(static_cast<Eigen::Index>(rows.size()), columns());
  transformInto(features, rows, out.data(), columns());
  return out;
}

RowMatrix Preprocessor::transform(const RowMatrix &features) const {
  std::vector<int> rows(static_cast<size_t>(features.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return transform(features, rows);
}

template <typename T>
Design<T> Preprocessor::design(const RowMatrix &features,
                               const std::vector<int> &rows) const {
  Design<T> out(static_cast<Eigen::Index>(rows.size()), columns());
  transformInto(features, rows, out.values.data(), out.stride);
  return out;
}

template Design<float> Preprocessor::design(const RowMatrix &,
                                            const std::vector<int> &) const;

} // namespace dynfault::study
