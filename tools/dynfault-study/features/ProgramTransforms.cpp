//===- ProgramTransforms.cpp - Features relative to their program ---------===//
//
// All work column by column on the rows of one program at a time; missing
// values stay missing.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/ProgramTransforms.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace dynfault::study {
namespace {

using Eigen::Index;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::map<int, std::vector<Index>>
rowsByProgram(const std::vector<int> &program) {
  std::map<int, std::vector<Index>> rows;
  for (size_t i = 0; i < program.size(); ++i)
    rows[program[i]].push_back(static_cast<Index>(i));
  return rows;
}

struct Moments {
  int count = 0;
  double mean = missing, deviation = 0; ///< Of the population.
};

Moments momentsOf(const RowMatrix &features, Index column,
                  const std::vector<Index> &rows) {
  Moments out;
  double sum = 0, square = 0;
  for (Index row : rows)
    if (const double value = features(row, column); !std::isnan(value)) {
      sum += value;
      ++out.count;
    }
  if (out.count == 0)
    return out;
  out.mean = sum / out.count;
  for (Index row : rows)
    if (const double value = features(row, column); !std::isnan(value))
      square += (value - out.mean) * (value - out.mean);
  out.deviation = std::sqrt(square / out.count);
  return out;
}

RowMatrix againstOwn(const RowMatrix &features, const std::vector<int> &program,
                     bool scale) {
  RowMatrix out = features;
  for (const auto &entry : rowsByProgram(program))
    for (Index column = 0; column < features.cols(); ++column) {
      const Moments own = momentsOf(features, column, entry.second);
      const double by = scale ? std::max(own.deviation, 1e-6) : 1;
      for (Index row : entry.second)
        out(row, column) = (features(row, column) - own.mean) / by;
    }
  return out;
}

} // namespace

RowMatrix relativeToClean(const RowMatrix &features,
                          const std::vector<int> &program,
                          const RowMatrix &clean,
                          const std::vector<int> &cleanProgram) {
  RowMatrix out = features;
  const auto cleanRows = rowsByProgram(cleanProgram);
  for (const auto &entry : rowsByProgram(program)) {
    const auto reference = cleanRows.find(entry.first);
    for (Index column = 0; column < features.cols(); ++column) {
      const Moments own = reference == cleanRows.end()
                              ? Moments()
                              : momentsOf(clean, column, reference->second);
      for (Index row : entry.second)
        out(row, column) =
            (features(row, column) - own.mean) / std::max(own.deviation, 0.05);
    }
  }
  return out;
}

RowMatrix centredByProgram(const RowMatrix &features,
                           const std::vector<int> &program) {
  return againstOwn(features, program, false);
}

RowMatrix standardisedByProgram(const RowMatrix &features,
                                const std::vector<int> &program) {
  return againstOwn(features, program, true);
}

RowMatrix rankedByProgram(const RowMatrix &features,
                          const std::vector<int> &program) {
  RowMatrix out =
      RowMatrix::Constant(features.rows(), features.cols(), missing);
  for (const auto &entry : rowsByProgram(program))
    for (Index column = 0; column < features.cols(); ++column) {
      std::vector<std::pair<double, Index>> order;
      for (Index row : entry.second)
        if (!std::isnan(features(row, column)))
          order.emplace_back(features(row, column), row);
      std::sort(order.begin(), order.end());
      const auto last = static_cast<double>(order.size()) - 1;
      for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        while (end < order.size() && order[end].first == order[begin].first)
          ++end;
        const double rank = static_cast<double>(begin + end - 1) / 2;
        for (size_t i = begin; i < end; ++i)
          out(order[i].second, column) = last > 0 ? rank / last : 0.5;
      }
    }
  return out;
}

bool isScaleFree(const std::string &featureName) {
  // A slope is per share of the planned steps, so it has its signal's unit.
  for (const char *part : {"_share", "_cosine", "_ratio", "_metric",
                           "lr_sharpness", "momentum_sharpness",
                           "preconditioned_sharpness", "trace_concentration"})
    if (featureName.find(part) != std::string::npos)
      return true;
  return false;
}

std::vector<double> betweenProgramShares(const RowMatrix &features,
                                         const std::vector<int> &program) {
  const auto byProgram = rowsByProgram(program);
  std::vector<Index> all;
  for (Index row = 0; row < features.rows(); ++row)
    all.push_back(row);
  std::vector<double> shares;
  for (Index column = 0; column < features.cols(); ++column) {
    const Moments whole = momentsOf(features, column, all);
    double between = 0;
    for (const auto &entry : byProgram) {
      const Moments own = momentsOf(features, column, entry.second);
      if (own.count > 0)
        between +=
            own.count * (own.mean - whole.mean) * (own.mean - whole.mean);
    }
    const double total = whole.count * whole.deviation * whole.deviation;
    const bool varies =
        whole.deviation > 1e-9 * std::max(1.0, std::abs(whole.mean));
    shares.push_back(varies ? between / total : missing);
  }
  return shares;
}

} // namespace dynfault::study
