//===- KilledTest.cpp - Does a fault show in the program's result? --------===//

#include "runtime/trace/KilledTest.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace dynfault {

namespace {

constexpr size_t LargestExact = 20;
constexpr int64_t SampledAssignments = 100000;

std::vector<double> differences(const std::vector<MetricPair> &pairs) {
  double largest = 0;
  for (const MetricPair &pair : pairs)
    if (std::isfinite(pair.mutant))
      largest = std::max(largest, std::abs(pair.clean - pair.mutant));
  if (largest == 0)
    largest = 1;
  std::vector<double> result;
  for (const MetricPair &pair : pairs)
    result.push_back(std::isfinite(pair.mutant) ? pair.clean - pair.mutant
                                                : largest);
  return result;
}

} // namespace

std::optional<KilledResult> testKilled(const std::vector<MetricPair> &pairs,
                                       double alpha) {
  if (pairs.size() < LeastMatchedSeeds)
    return std::nullopt;
  std::vector<double> d = differences(pairs);
  double observed = 0, scale = 0;
  for (double value : d) {
    observed += value;
    scale += std::abs(value);
  }
  // Sums that are equal in exact arithmetic must count as equal.
  double bound = observed - 1e-12 * scale;
  int64_t count = 0, total = 0;
  if (d.size() <= LargestExact) {
    total = int64_t(1) << d.size();
    for (int64_t signs = 0; signs < total; ++signs) {
      double sum = 0;
      for (size_t i = 0; i < d.size(); ++i)
        sum += signs >> i & 1 ? -d[i] : d[i];
      count += sum >= bound;
    }
  } else {
    std::mt19937_64 engine(0);
    total = SampledAssignments;
    count = 1;
    for (int64_t sample = 1; sample < total; ++sample) {
      double sum = 0;
      uint64_t signs = 0;
      for (size_t i = 0; i < d.size(); ++i) {
        if (i % 64 == 0)
          signs = engine();
        sum += signs >> i % 64 & 1 ? -d[i] : d[i];
      }
      count += sum >= bound;
    }
  }
  KilledResult result;
  result.pValue = double(count) / total;
  result.killed = result.pValue <= alpha;
  return result;
}

} // namespace dynfault
