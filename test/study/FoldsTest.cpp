//===- FoldsTest.cpp ------------------------------------------------------===//
//
// Properties of the divisions on random data: who may be on both sides, and how
// evenly.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/protocol/Folds.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace dynfault::study;

namespace {

/// Programs with random numbers of mutants per class and runs per mutant.
FoldKeys randomKeys(uint64_t seed, int programs) {
  Random random(seed);
  FoldKeys keys;
  int mutant = 0;
  for (int p = 0; p < programs; ++p)
    for (int c = 0; c < 4; ++c)
      for (uint64_t m = 1 + random.below(4); m > 0; --m, ++mutant)
        for (uint64_t r = 1 + random.below(5); r > 0; --r) {
          keys.program.push_back(p);
          keys.mutant.push_back(mutant);
          keys.label.push_back(c);
        }
  return keys;
}

std::map<int, std::set<int>> foldsOf(const std::vector<int> &fold,
                                     const std::vector<int> &key) {
  std::map<int, std::set<int>> result;
  for (size_t i = 0; i < fold.size(); ++i)
    result[key[i]].insert(fold[i]);
  return result;
}

class FoldsOnRandomData : public testing::TestWithParam<int> {};

TEST_P(FoldsOnRandomData, WithinIsStratified) {
  const FoldKeys keys = randomKeys(static_cast<uint64_t>(GetParam()), 6);
  const auto fold = protocolFolds(Protocol::Within, keys, 5, 11);
  std::map<std::pair<int, int>, std::vector<int>> perStratum;
  for (size_t i = 0; i < fold.size(); ++i) {
    auto &count = perStratum[{keys.program[i], keys.label[i]}];
    count.resize(5);
    ++count[static_cast<size_t>(fold[i])];
  }
  for (const auto &entry : perStratum) {
    const auto range =
        std::minmax_element(entry.second.begin(), entry.second.end());
    EXPECT_LE(*range.second - *range.first, 1);
  }
  for (const auto &entry : foldsOf(fold, keys.program))
    EXPECT_GE(entry.second.size(), 2u) << "a program is on one side only";
}

TEST_P(FoldsOnRandomData, GroupedKeepsSeedsOfAMutantTogether) {
  const FoldKeys keys = randomKeys(static_cast<uint64_t>(GetParam()), 6);
  const auto fold = protocolFolds(Protocol::WithinGrouped, keys, 5, 11);
  for (const auto &entry : foldsOf(fold, keys.mutant))
    EXPECT_EQ(entry.second.size(), 1u);
  for (const auto &entry : foldsOf(fold, keys.program))
    EXPECT_GE(entry.second.size(), 2u);
  std::map<std::pair<int, int>, std::set<int>> mutants, folds;
  for (size_t i = 0; i < fold.size(); ++i) {
    mutants[{keys.program[i], keys.label[i]}].insert(keys.mutant[i]);
    folds[{keys.program[i], keys.label[i]}].insert(fold[i]);
  }
  // At most four mutants of a stratum fit into five folds one by one.
  for (const auto &entry : mutants)
    EXPECT_EQ(folds[entry.first].size(), entry.second.size());
  EXPECT_EQ(std::set<int>(fold.begin(), fold.end()).size(), 5u);
}

TEST_P(FoldsOnRandomData, HeldOutIsOneFoldPerProgram) {
  const FoldKeys keys = randomKeys(static_cast<uint64_t>(GetParam()), 6);
  EXPECT_EQ(protocolFolds(Protocol::HeldOut, keys, 5, 11), keys.program);
}

TEST_P(FoldsOnRandomData, GroupsHoldWholeFoldsOfEqualSize) {
  const FoldKeys keys = randomKeys(static_cast<uint64_t>(GetParam()), 9);
  const auto fold = protocolFolds(Protocol::HeldOut, keys, 5, 11);
  const auto group = foldGroups(fold, 5, 3);
  std::map<int, int> runs, ofFold;
  for (size_t i = 0; i < fold.size(); ++i) {
    ++runs[group[i]];
    ++ofFold[fold[i]];
  }
  int largest = 0;
  for (const auto &entry : ofFold)
    largest = std::max(largest, entry.second);
  EXPECT_EQ(runs.size(), 5u);
  for (const auto &entry : foldsOf(group, fold))
    EXPECT_EQ(entry.second.size(), 1u) << "a fold is in two groups";
  for (const auto &a : runs)
    for (const auto &b : runs)
      EXPECT_LE(a.second - b.second, largest);
  // No more folds than groups: each is one.
  EXPECT_EQ(foldGroups({0, 2, 1, 0}, 5, 3), (std::vector<int>{0, 2, 1, 0}));
}

TEST_P(FoldsOnRandomData, SeedDecides) {
  const FoldKeys keys = randomKeys(static_cast<uint64_t>(GetParam()), 6);
  EXPECT_EQ(protocolFolds(Protocol::Within, keys, 5, 1),
            protocolFolds(Protocol::Within, keys, 5, 1));
  EXPECT_NE(protocolFolds(Protocol::Within, keys, 5, 1),
            protocolFolds(Protocol::Within, keys, 5, 2));
}

INSTANTIATE_TEST_SUITE_P(Random, FoldsOnRandomData, testing::Range(1, 6));

TEST(Folds, HeldOutRanksProgramsWithoutGaps) {
  EXPECT_EQ(groupFolds({7, 7, 2, 9, 2}), (std::vector<int>{1, 1, 0, 2, 0}));
}

TEST(Folds, NamesReadBack) {
  for (Protocol protocol : allProtocols)
    EXPECT_EQ(parseProtocol(protocolName(protocol)), protocol);
  EXPECT_THROW(parseProtocol("heldout"), UsageError);
}

} // namespace
