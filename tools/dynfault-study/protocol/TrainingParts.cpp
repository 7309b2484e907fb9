//===- TrainingParts.cpp - Statistics that experiments share --------------===//
//
// The map is locked for the search only, so that threads estimate different
// parts side by side.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/protocol/TrainingParts.h"

namespace dynfault::study {

const SortedFeatures &TrainingParts::order() {
  std::call_once(isSorted, [&] { sorted.emplace(*matrix, programs); });
  return *sorted;
}

const FeatureStatistics &TrainingParts::at(const std::vector<int> &rows) {
  Part *part = nullptr;
  {
    std::lock_guard<std::mutex> lock(mutex);
    part = &parts[rows];
  }
  std::call_once(part->made,
                 [&] { part->statistics.emplace(order(), columns, rows); });
  return *part->statistics;
}

FeatureStatistics TrainingParts::once(const std::vector<int> &rows) {
  return {order(), columns, rows};
}

} // namespace dynfault::study
