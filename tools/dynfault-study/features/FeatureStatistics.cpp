//===- FeatureStatistics.cpp - What a training part says of features ------===//
//
// Rows are walked as they lie in memory, all columns of one after the other,
// and those of a program twice while they are in the cache.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/FeatureStatistics.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace dynfault::study {
namespace {

using Eigen::Index;

/// Rows of a part where features are missing.
struct Gap {
  Index count = 0;
  int pattern = -1;
};

} // namespace

Moments::Moments(const RowMatrix &features, const std::vector<int> &rows)
    : Moments(features.cols()) {
  for (int row : rows) {
    const double *value = features.data() + row * features.cols();
    for (Index c = 0; c < features.cols(); ++c) {
      count(c) += value[c] == value[c] ? 1 : 0;
      mean(c) += value[c] == value[c] ? value[c] : 0;
    }
  }
  mean = mean.array() / count.array().max(1);
  for (int row : rows) {
    const double *value = features.data() + row * features.cols();
    for (Index c = 0; c < features.cols(); ++c) {
      const double offset = value[c] == value[c] ? value[c] - mean(c) : 0;
      squares(c) += offset * offset;
    }
  }
}

void Moments::add(const Moments &other) {
  for (Index c = 0; c < count.size(); ++c) {
    const double all = std::max(count(c) + other.count(c), 1.0);
    const double offset = other.mean(c) - mean(c);
    const double share = other.count(c) / all;
    squares(c) += other.squares(c) + offset * offset * count(c) * share;
    mean(c) += offset * share;
    count(c) += other.count(c);
  }
}

SortedFeatures::SortedFeatures(const RowMatrix &values,
                               const std::vector<int> &programs)
    : features(&values), order(static_cast<size_t>(values.cols())),
      gaps(static_cast<size_t>(values.cols()), -1), program(programs) {
  std::vector<std::vector<int>> rowsOf;
  for (size_t row = 0; row < program.size(); ++row) {
    const auto own = static_cast<size_t>(program[row]);
    rowsOf.resize(std::max(rowsOf.size(), own + 1));
    rowsOf[own].push_back(static_cast<int>(row));
  }
  for (const std::vector<int> &rows : rowsOf)
    whole.push_back({rows.size(), Moments(values, rows)});

  std::vector<std::pair<double, int>> present;
  std::map<std::vector<int>, int> known;
  std::vector<int> missing;
  for (Index feature = 0; feature < values.cols(); ++feature) {
    present.clear();
    missing.clear();
    for (Index row = 0; row < values.rows(); ++row)
      if (const double value = values(row, feature); !std::isnan(value))
        present.emplace_back(value, static_cast<int>(row));
      else
        missing.push_back(static_cast<int>(row));
    if (missing.empty())
      continue;
    gaps[static_cast<size_t>(feature)] =
        known.emplace(missing, static_cast<int>(known.size())).first->second;
    std::sort(present.begin(), present.end());
    auto &rows = order[static_cast<size_t>(feature)];
    rows.reserve(present.size());
    for (const auto &entry : present)
      rows.push_back(entry.second);
  }
  missingRows.resize(known.size());
  for (const auto &entry : known)
    missingRows[static_cast<size_t>(entry.second)] = entry.first;
}

Moments SortedFeatures::moments(const std::vector<int> &rows) const {
  std::vector<std::vector<int>> rowsOf(whole.size());
  for (int row : rows)
    rowsOf[static_cast<size_t>(program[static_cast<size_t>(row)])].push_back(
        row);
  Moments all(features->cols());
  for (size_t own = 0; own < rowsOf.size(); ++own) {
    if (rowsOf[own].empty())
      continue;
    if (rowsOf[own].size() == whole[own].rows)
      all.add(whole[own].moments);
    else
      all.add(Moments(*features, rowsOf[own]));
  }
  return all;
}

double SortedFeatures::median(Index feature,
                              const std::vector<unsigned char> &inside,
                              Index present) const {
  const std::vector<int> &rows = order[static_cast<size_t>(feature)];
  // Ranks of the two in the middle, from 1; of an odd number the same.
  const Index lower = (present + 1) / 2, upper = present / 2 + 1;
  size_t at = 0;
  Index seen = 0;
  while (seen < lower)
    seen += inside[static_cast<size_t>(rows[at++])];
  const double below = (*features)(rows[at - 1], feature);
  if (upper == lower)
    return below;
  while (seen < upper)
    seen += inside[static_cast<size_t>(rows[at++])];
  return (below + (*features)(rows[at - 1], feature)) / 2;
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
  // Features that are missing in the same rows of all are so in a part.
  std::vector<Gap> gaps;
  std::map<std::vector<int>, int> patterns;
  for (const std::vector<int> &all : sorted.missing()) {
    std::vector<int> own;
    for (int row : all)
      if (inside[static_cast<size_t>(row)])
        own.push_back(row);
    Gap gap;
    gap.count = static_cast<Index>(own.size());
    if (gap.count > 0)
      gap.pattern =
          patterns.emplace(std::move(own), static_cast<int>(patterns.size()))
              .first->second;
    gaps.push_back(gap);
  }

  const Moments moments = sorted.moments(partRows);
  for (Index column : columns) {
    Feature &own = features[static_cast<size_t>(column)];
    if (const int gap = sorted.gap(column); gap >= 0) {
      own.missing = gaps[static_cast<size_t>(gap)].count;
      own.pattern = gaps[static_cast<size_t>(gap)].pattern;
    }
    if (own.missing == rows)
      continue;
    if (own.missing > 0)
      own.median = sorted.median(column, inside, rows - own.missing);
    // The median in the place of what is missing.
    const double offset = own.median - moments.mean(column);
    const double share = static_cast<double>(own.missing) / count;
    own.mean = moments.mean(column) + offset * share;
    own.deviation =
        std::sqrt((moments.squares(column) +
                   offset * offset * moments.count(column) * share) /
                  count);
  }
}

} // namespace dynfault::study
