//===- Holm.cpp - Holm correction -----------------------------------------===//
//
// The smallest p-value counts for all, the next for all but one, and so on; no
// adjusted value falls below an earlier one.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/score/Holm.h"

#include <algorithm>
#include <numeric>

namespace dynfault::study {

std::vector<double> holmAdjusted(const std::vector<double> &pValues) {
  std::vector<size_t> order(pValues.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return pValues[a] < pValues[b]; });
  std::vector<double> adjusted(pValues.size());
  double largest = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const double factor = static_cast<double>(order.size() - rank);
    largest = std::max(largest, std::min(1.0, factor * pValues[order[rank]]));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

} // namespace dynfault::study
