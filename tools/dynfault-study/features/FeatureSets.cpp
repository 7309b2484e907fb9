//===- FeatureSets.cpp - Which columns a configuration uses ---------------===//
//
// A set is known by the first part of a feature's name, so a corpus with a new
// set needs no change here.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/FeatureSets.h"

#include "tools/dynfault-study/util/Error.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dynfault::study {
namespace {

/// The sets of the corpus: the four documented ones first, in the order of
/// docs/corpus.md, then any others by name.
std::vector<std::string>
availableSets(const std::vector<std::string> &featureNames) {
  std::vector<std::string> found;
  for (const std::string &name : featureNames)
    if (std::string set = featureSetOf(name);
        std::find(found.begin(), found.end(), set) == found.end())
      found.push_back(std::move(set));
  const std::vector<std::string> documented = {"baseline", "curvature",
                                               "optimizer", "activation"};
  auto rank = [&](const std::string &set) {
    return std::find(documented.begin(), documented.end(), set) -
           documented.begin();
  };
  std::stable_sort(
      found.begin(), found.end(),
      [&](const auto &a, const auto &b) { return rank(a) < rank(b); });
  return found;
}

FeatureSet makeSet(std::string name, std::vector<std::string> members,
                   const std::vector<std::string> &featureNames) {
  FeatureSet set{std::move(name), std::move(members), {}};
  for (size_t i = 0; i < featureNames.size(); ++i)
    if (std::find(set.members.begin(), set.members.end(),
                  featureSetOf(featureNames[i])) != set.members.end())
      set.columns.push_back(static_cast<Eigen::Index>(i));
  return set;
}

std::vector<std::string> splitAtPlus(const std::string &text) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (true) {
    const size_t end = text.find('+', begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos)
      return parts;
    begin = end + 1;
  }
}

} // namespace

std::string featureSetOf(const std::string &featureName) {
  const size_t slash = featureName.find('/');
  return slash == std::string::npos ? "features" : featureName.substr(0, slash);
}

std::vector<FeatureSet>
chooseFeatureSets(const std::vector<std::string> &featureNames,
                  const std::vector<std::string> &requested) {
  const std::vector<std::string> available = availableSets(featureNames);
  std::vector<FeatureSet> sets;
  auto addNew = [&](FeatureSet set) {
    for (const FeatureSet &other : sets)
      if (other.columns == set.columns)
        return;
    sets.push_back(std::move(set));
  };

  if (requested.empty()) {
    const bool hasBaseline =
        !available.empty() && available.front() == "baseline";
    if (available.size() > 1)
      for (const std::string &set : available)
        addNew(makeSet(set, {set}, featureNames));
    if (hasBaseline && available.size() > 2)
      for (size_t i = 1; i < available.size(); ++i)
        addNew(makeSet("baseline+" + available[i], {"baseline", available[i]},
                       featureNames));
    addNew(makeSet("all", available, featureNames));
    return sets;
  }

  for (const std::string &name : requested) {
    if (name == "all") {
      addNew(makeSet("all", available, featureNames));
      continue;
    }
    std::vector<std::string> members = splitAtPlus(name);
    for (const std::string &member : members)
      if (std::find(available.begin(), available.end(), member) ==
          available.end())
        throw StudyError(fmt::format(
            "--feature-sets: the corpus has no feature of set '{}'; it has {}",
            member, fmt::join(available, ", ")));
    addNew(makeSet(name, std::move(members), featureNames));
  }
  return sets;
}

size_t mainFeatureSet(const std::vector<FeatureSet> &sets) {
  for (size_t i = 0; i < sets.size(); ++i)
    if (sets[i].name == "all")
      return i;
  return sets.size() - 1;
}

} // namespace dynfault::study
