//===- Folds.cpp - Which runs are tested together -------------------------===//
//
// One dealing procedure serves runs, mutants and programs as groups.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/protocol/Folds.h"

#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <set>

namespace dynfault::study {

std::string protocolName(Protocol protocol) {
  switch (protocol) {
  case Protocol::Within:
    return "within";
  case Protocol::WithinGrouped:
    return "within-grouped";
  case Protocol::HeldOut:
    return "held-out";
  case Protocol::HeldOutDataset:
    return "held-out-dataset";
  case Protocol::HeldOutFamily:
    return "held-out-family";
  }
  return "";
}

Protocol parseProtocol(const std::string &name) {
  std::string known;
  for (Protocol protocol : allProtocols) {
    if (protocolName(protocol) == name)
      return protocol;
    known += (known.empty() ? "" : ", ") + protocolName(protocol);
  }
  throw UsageError(fmt::format(
      "--protocol: unknown protocol '{}'; choose from {}", name, known));
}

FoldKeys FoldKeys::at(const std::vector<int> &rows) const {
  return {pick(program, rows), pick(mutant, rows), pick(label, rows),
          dataset.empty() ? dataset : pick(dataset, rows),
          family.empty() ? family : pick(family, rows)};
}

std::vector<int> stratifiedFolds(const FoldKeys &keys,
                                 const std::vector<int> &group, int folds,
                                 Random &random) {
  std::map<int, std::vector<int>> members;
  for (size_t run = 0; run < group.size(); ++run)
    members[group[run]].push_back(static_cast<int>(run));
  std::vector<std::vector<int>> order;
  order.reserve(members.size());
  for (auto &entry : members)
    order.push_back(std::move(entry.second));
  random.shuffle(order);
  std::stable_sort(
      order.begin(), order.end(),
      [](const auto &a, const auto &b) { return a.size() > b.size(); });

  // Runs per fold, per key.
  using Counts = std::vector<int>;
  const Counts none(static_cast<size_t>(folds), 0);
  std::map<std::pair<int, int>, Counts> ofStratum;
  std::map<int, Counts> ofProgram, ofClass;
  Counts total = none;
  auto at = [&](auto &map, const auto &key) -> Counts & {
    return map.emplace(key, none).first->second;
  };

  std::vector<int> fold(group.size(), 0);
  for (const std::vector<int> &runs : order) {
    const auto first = static_cast<size_t>(runs.front());
    Counts &stratum =
        at(ofStratum, std::make_pair(keys.program[first], keys.label[first]));
    Counts &program = at(ofProgram, keys.program[first]);
    Counts &label = at(ofClass, keys.label[first]);
    std::vector<size_t> best;
    std::array<int, 4> least{};
    for (size_t f = 0; f < static_cast<size_t>(folds); ++f) {
      const std::array<int, 4> load = {stratum[f], program[f], label[f],
                                       total[f]};
      if (best.empty() || load < least) {
        best.clear();
        least = load;
      }
      if (load == least)
        best.push_back(f);
    }
    const size_t chosen = best[random.below(best.size())];
    for (int run : runs) {
      fold[static_cast<size_t>(run)] = static_cast<int>(chosen);
      // A group of several programs or classes counts under its first run's.
      ++stratum[chosen];
      ++program[chosen];
      ++label[chosen];
      ++total[chosen];
    }
  }
  return fold;
}

std::vector<int> groupFolds(const std::vector<int> &group) {
  const std::set<int> distinct(group.begin(), group.end());
  std::vector<int> fold;
  fold.reserve(group.size());
  for (int g : group)
    fold.push_back(
        static_cast<int>(std::distance(distinct.begin(), distinct.find(g))));
  return fold;
}

std::vector<int> protocolFolds(Protocol protocol, const FoldKeys &keys,
                               int folds, uint64_t seed) {
  switch (protocol) {
  case Protocol::HeldOut:
    return groupFolds(keys.program);
  case Protocol::HeldOutDataset:
    return groupFolds(keys.dataset);
  case Protocol::HeldOutFamily:
    return groupFolds(keys.family);
  case Protocol::Within:
  case Protocol::WithinGrouped:
    break;
  }
  // Both within protocols cut the same way whatever else is evaluated.
  Random random(deriveSeed(seed, "folds/" + protocolName(protocol)));
  std::vector<int> group = keys.mutant;
  if (protocol == Protocol::Within)
    std::iota(group.begin(), group.end(), 0);
  const std::set<int> groups(group.begin(), group.end());
  return stratifiedFolds(
      keys, group, std::min(folds, static_cast<int>(groups.size())), random);
}

std::vector<int> foldGroups(const std::vector<int> &fold, int groups,
                            uint64_t seed) {
  const int folds = *std::max_element(fold.begin(), fold.end()) + 1;
  if (folds <= groups)
    return fold;
  std::vector<std::pair<int, int>> sizes(static_cast<size_t>(folds));
  for (int f = 0; f < folds; ++f)
    sizes[static_cast<size_t>(f)] = {0, f};
  for (int f : fold)
    ++sizes[static_cast<size_t>(f)].first;
  Random random(deriveSeed(seed, "fold groups"));
  random.shuffle(sizes);
  std::stable_sort(
      sizes.begin(), sizes.end(),
      [](const auto &a, const auto &b) { return a.first > b.first; });
  std::vector<int> runs(static_cast<size_t>(groups), 0);
  std::vector<int> groupOf(static_cast<size_t>(folds), 0);
  for (const auto &[size, which] : sizes) {
    const auto least = std::min_element(runs.begin(), runs.end());
    *least += size;
    groupOf[static_cast<size_t>(which)] =
        static_cast<int>(least - runs.begin());
  }
  std::vector<int> group;
  group.reserve(fold.size());
  for (int f : fold)
    group.push_back(groupOf[static_cast<size_t>(f)]);
  return group;
}

} // namespace dynfault::study
