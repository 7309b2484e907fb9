//===- TrainingParts.h - Statistics that experiments share ------*- C++ -*-===//
//
// Experiments with other columns, labels or models have the same training
// parts. Whoever comes first to one estimates its features for all of them.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_PROTOCOL_TRAININGPARTS_H
#define DYNFAULT_STUDY_PROTOCOL_TRAININGPARTS_H

#include "tools/dynfault-study/features/FeatureStatistics.h"

#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace dynfault::study {

/// The training parts of one matrix of features. May be used by several
/// threads at once.
class TrainingParts {
public:
  /// Keeps the address of `features`; `columns` (ascending) are all that will
  /// be asked for. `programs` are numbers from 0, one per row.
  TrainingParts(const RowMatrix &features, std::vector<Eigen::Index> columns,
                std::vector<int> programs)
      : matrix(&features), columns(std::move(columns)),
        programs(std::move(programs)) {}
  TrainingParts(RowMatrix &&, std::vector<Eigen::Index>,
                std::vector<int>) = delete;

  const RowMatrix &features() const { return *matrix; }

  /// Statistics over some rows (ascending), estimated at the first call and
  /// kept.
  const FeatureStatistics &at(const std::vector<int> &rows);

  /// The same for rows that nobody else will ask for.
  FeatureStatistics once(const std::vector<int> &rows);

private:
  const SortedFeatures &order();

  struct Part {
    std::once_flag made;
    std::optional<FeatureStatistics> statistics;
  };
  const RowMatrix *matrix;
  std::vector<Eigen::Index> columns;
  std::vector<int> programs;
  std::once_flag isSorted;
  std::optional<SortedFeatures> sorted;
  std::mutex mutex;
  std::map<std::vector<int>, Part> parts;
};

} // namespace dynfault::study

#endif
