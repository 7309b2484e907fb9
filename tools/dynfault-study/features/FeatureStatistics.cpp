//===- FeatureStatistics.cpp - What a training part says of features ------===//
//
// One column at a time: it stays in the cache for all passes over it.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/FeatureStatistics.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

namespace dynfault::study {
namespace {

using Eigen::Index;

struct Sum {
  double total = 0;
  Index present = 0; ///< Values that are not missing.
};

/// Sum of `term` over values: four sums that do not wait for each other.
template <typename Term>
Sum sumOf(const std::vector<double> &values, const Term &term) {
  double sums[4] = {};
  Index present[4] = {};
  for (size_t row = 0; row < values.size(); ++row) {
    const bool missing = std::isnan(values[row]);
    sums[row % 4] += missing ? 0 : term(values[row]);
    present[row % 4] += missing ? 0 : 1;
  }
  return {(sums[0] + sums[1]) + (sums[2] + sums[3]),
          present[0] + present[1] + present[2] + present[3]};
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
  // Which rows a feature is missing in, a bit each.
  using Pattern = std::vector<uint64_t>;
  std::map<Pattern, int> patterns;
  Pattern pattern;
  std::vector<double> values(partRows.size());

  for (Index column : columns) {
    Feature &own = features[static_cast<size_t>(column)];
    const double *from = sorted.values().col(column).data();
    for (size_t i = 0; i < partRows.size(); ++i)
      values[i] = from[partRows[i]];
    const Sum sum = sumOf(values, [](double value) { return value; });
    own.missing = rows - sum.present;
    if (sum.present == 0)
      continue;
    if (own.missing > 0) {
      own.median = sorted.median(column, inside, sum.present);
      pattern.assign(values.size() / 64 + 1, 0);
      for (size_t i = 0; i < values.size(); ++i)
        pattern[i / 64] |= uint64_t{std::isnan(values[i])} << (i % 64);
      own.pattern = patterns.emplace(pattern, static_cast<int>(patterns.size()))
                        .first->second;
    }
    const auto filled = static_cast<double>(own.missing);
    own.mean = (sum.total + filled * own.median) / count;
    const Sum square = sumOf(values, [&](double value) {
      return (value - own.mean) * (value - own.mean);
    });
    own.deviation = std::sqrt((square.total + filled * (own.median - own.mean) *
                                                  (own.median - own.mean)) /
                              count);
  }
}

} // namespace dynfault::study
