//===- Stratify.cpp - Which mutants stand for all -------------------------===//

#include "runtime/train/Stratify.h"

#include "runtime/data/Random.h"
#include "runtime/data/Sha256.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace dynfault {

namespace {

using Indices = std::vector<size_t>;

template <typename T>
void shuffle(std::vector<T> &values, Random &random) {
  for (size_t i = values.size(); i > 1; --i)
    std::swap(values[i - 1], values[random.below(i)]);
}

/// One of each list in turn, until all are used up.
Indices interleave(const std::vector<Indices> &lists) {
  size_t longest = 0;
  for (const Indices &list : lists)
    longest = std::max(longest, list.size());
  Indices result;
  for (size_t i = 0; i < longest; ++i)
    for (const Indices &list : lists)
      if (i < list.size())
        result.push_back(list[i]);
  return result;
}

Indices order(const std::vector<Strata> &mutants, Indices members, size_t level,
              Random &random) {
  if (members.empty() || level == mutants[members.front()].size()) {
    shuffle(members, random);
    return members;
  }
  std::map<std::string, Indices> groups;
  for (size_t member : members)
    groups[mutants[member][level]].push_back(member);
  std::vector<Indices> lists;
  for (const auto &[value, group] : groups)
    lists.push_back(order(mutants, group, level + 1, random));
  shuffle(lists, random);
  return interleave(lists);
}

} // namespace

std::vector<size_t> stratify(const std::vector<Strata> &mutants,
                             const std::vector<std::string> &names,
                             uint64_t seed, const std::string &stream) {
  // Unlike std::hash the same with every library.
  uint64_t number = std::stoull(sha256(stream).substr(0, 15), nullptr, 16);
  Random random(seed, number);
  Indices all(mutants.size());
  std::iota(all.begin(), all.end(), 0);
  std::sort(all.begin(), all.end(),
            [&](size_t a, size_t b) { return names[a] < names[b]; });
  return order(mutants, all, 0, random);
}

} // namespace dynfault
