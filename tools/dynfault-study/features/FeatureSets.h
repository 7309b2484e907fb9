//===- FeatureSets.h - Which columns a configuration uses -------*- C++ -*-===//
//
// The configurations are listed before anything is scored, and the main one is
// fixed by its name, so that no configuration can be chosen by its held-out
// score.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_FEATURES_FEATURESETS_H
#define DYNFAULT_STUDY_FEATURES_FEATURESETS_H

#include <Eigen/Core>
#include <string>
#include <vector>

namespace dynfault::study {

/// The feature set of a feature (without window): what stands before the first
/// `/`, or `features` where a foreign table's names have none.
std::string featureSetOf(const std::string &featureName);

/// A named choice of columns.
struct FeatureSet {
  std::string name;                 ///< E.g. `baseline+curvature` or `all`.
  std::vector<std::string> members; ///< The sets it is made of.
  std::vector<Eigen::Index> columns;
};

/// The configurations of a study over columns `featureNames` (sorted).
///
/// With an empty `requested`: each single set that is there, baseline joined
/// with each other set, and `all`; of two with the same columns only one
/// stays, and `all` always does. Otherwise the requested ones in their order; a
/// request is `all`, a set, or sets joined by `+`. Throws StudyError when a
/// requested set has no column, and names those that have.
std::vector<FeatureSet>
chooseFeatureSets(const std::vector<std::string> &featureNames,
                  const std::vector<std::string> &requested);

/// Index of the main configuration: `all`, or the last one where `all` was not
/// requested. Never chosen by score.
size_t mainFeatureSet(const std::vector<FeatureSet> &sets);

} // namespace dynfault::study

#endif
