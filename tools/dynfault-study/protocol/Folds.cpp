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
  }
  return "";
}

Protocol parseProtocol(const std::string &name) {
  for (Protocol protocol :
       {Protocol::Within, Protocol::WithinGrouped, Protocol::HeldOut})
    if (protocolName(protocol) == name)
      return protocol;
  throw UsageError(fmt::format("--protocol: unknown protocol '{}'; choose from "
                               "within, within-grouped, held-out",
                               name));
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

std::vector<int> programFolds(const std::vector<int> &program) {
  const std::set<int> distinct(program.begin(), program.end());
  std::vector<int> fold;
  fold.reserve(program.size());
  for (int p : program)
    fold.push_back(
        static_cast<int>(std::distance(distinct.begin(), distinct.find(p))));
  return fold;
}

InnerFolds innerFolds(const FoldKeys &keys, int folds, bool forUnseenPrograms,
                      Random &random) {
  const std::set<int> programs(keys.program.begin(), keys.program.end());
  InnerFolds inner;
  inner.byProgram = forUnseenPrograms && programs.size() >= 3;
  const std::vector<int> &group = inner.byProgram ? keys.program : keys.mutant;
  const std::set<int> groups(group.begin(), group.end());
  inner.count = std::min(folds, static_cast<int>(groups.size()));
  if (!inner.byProgram) {
    inner.fold = stratifiedFolds(keys, group, inner.count, random);
    return inner;
  }
  // Programs hold all classes, so only the numbers of runs need balance.
  FoldKeys same = keys;
  std::fill(same.program.begin(), same.program.end(), 0);
  std::fill(same.label.begin(), same.label.end(), 0);
  inner.fold = stratifiedFolds(same, group, inner.count, random);
  return inner;
}

} // namespace dynfault::study
