//===- FeatureStatistics.cpp - What a training part says of features ------===//
//
// One column at a time: it stays in the cache for all passes over it.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/FeatureStatistics.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace dynfault::study {
namespace {

using Eigen::Index;

/// Sum of `term` over values: four sums that do not wait for each other.
/// `term` of a missing value is missing.
template <typename Term>
double sumOf(const std::vector<double> &values, const Term &term) {
  double sums[4] = {};
  const size_t whole = values.size() / 4 * 4;
  for (size_t i = 0; i < whole; i += 4)
    for (size_t lane = 0; lane < 4; ++lane) {
      const double own = term(values[i + lane]);
      sums[lane] += own == own ? own : 0;
    }
  for (size_t i = whole; i < values.size(); ++i) {
    const double own = term(values[i]);
    sums[i % 4] += own == own ? own : 0;
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

} // namespace

SortedFeatures::SortedFeatures(const Eigen::MatrixXd &values)
    : features(&values), order(static_cast<size_t>(values.cols())) {
  std::vector<std::pair<double, int>> present;
  for (Index feature = 0; feature < values.cols(); ++feature) {
    present.clear();
    for (Index row = 0; row < values.rows(); ++row)
      if (const double value = values(row, feature); !std::isnan(value))
        present.emplace_back(value, static_cast<int>(row));
    if (static_cast<Index>(present.size()) == values.rows())
      continue;
    std::sort(present.begin(), present.end());
    auto &rows = order[static_cast<size_t>(feature)];
    rows.reserve(present.size());
    for (const auto &entry : present)
      rows.push_back(entry.second);
  }
}

double SortedFeatures::median(Index feature,
                              const std::vector<unsigned char> &inside,
                              Index present) const {
  const std::vector<int> &rows = order[static_cast<size_t>(feature)];
  const double *column = features->col(feature).data();
  // Ranks of the two in the middle, from 1; of an odd number the same.
  const Index lower = (present + 1) / 2, upper = present / 2 + 1;
  size_t at = 0;
  Index seen = 0;
  while (seen < lower)
    seen += inside[static_cast<size_t>(rows[at++])];
  const double below = column[rows[at - 1]];
  if (upper == lower)
    return below;
  while (seen < upper)
    seen += inside[static_cast<size_t>(rows[at++])];
  return (below + column[rows[at - 1]]) / 2;
}

FeatureStatistics::FeatureStatistics(const SortedFeatures &sorted,
                                     const std::vector<Index> &columns,
                                     const std::vector<int> &partRows)
    : features(static_cast<size_t>(sorted.values().cols())),
      rows(static_cast<Index>(partRows.size())) {
  std::vector<unsigned char> inside(static_cast<size_t>(sorted.values().rows()),
                                    0);
  for (int row : partRows)
    inside[static_cast<size_t>(row)] = 1;
  const auto count = static_cast<double>(rows);
  // The places where a feature is missing.
  using Pattern = std::vector<int>;
  std::map<Pattern, int> patterns;
  Pattern pattern;
  std::vector<double> values(partRows.size());

  for (Index column : columns) {
    Feature &own = features[static_cast<size_t>(column)];
    const double *from = sorted.values().col(column).data();
    pattern.clear();
    for (size_t i = 0; i < partRows.size(); ++i) {
      values[i] = from[partRows[i]];
      if (std::isnan(values[i]))
        pattern.push_back(static_cast<int>(i));
    }
    own.missing = static_cast<Index>(pattern.size());
    if (own.missing == rows)
      continue;
    if (own.missing > 0) {
      own.median = sorted.median(column, inside, rows - own.missing);
      own.pattern = patterns.emplace(pattern, static_cast<int>(patterns.size()))
                        .first->second;
    }
    const double sum = sumOf(values, [](double value) { return value; });
    const auto filled = static_cast<double>(own.missing);
    own.mean = (sum + filled * own.median) / count;
    const double mean = own.mean;
    const double square = sumOf(values, [mean](double value) {
      return (value - mean) * (value - mean);
    });
    own.deviation = std::sqrt(
        (square + filled * (own.median - own.mean) * (own.median - own.mean)) /
        count);
  }
}

} // namespace dynfault::study
