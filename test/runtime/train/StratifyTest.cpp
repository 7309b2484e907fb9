//===- StratifyTest.cpp - Tests of stratified samples -----------*- C++ -*-===//

#include "runtime/train/Stratify.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace dynfault;

namespace {

/// 90 mutants of ACH and 6 of LCN (model), 3 of HLR and 1 of OZG
/// (optimization); ACH in three severities.
struct Mutants {
  std::vector<Strata> strata;
  std::vector<std::string> names;

  Mutants() {
    const char *severities[] = {"low", "medium", "high"};
    for (int i = 0; i < 90; ++i)
      add("model", "ACH", severities[i % 3]);
    for (int i = 0; i < 6; ++i)
      add("model", "LCN", "low");
    for (int i = 0; i < 3; ++i)
      add("optimization", "HLR", "high");
    add("optimization", "OZG", "");
  }

  void add(const char *faultClass, const char *operatorId,
           const char *severity) {
    strata.push_back({faultClass, operatorId, severity});
    names.push_back(std::to_string(names.size()));
  }

  std::map<std::string, int> count(const std::vector<size_t> &order, size_t n,
                                   size_t level) const {
    std::map<std::string, int> counts;
    for (size_t i = 0; i < n; ++i)
      ++counts[strata[order[i]][level]];
    return counts;
  }
};

} // namespace

TEST(StratifyTest, EveryBeginningIsSpreadEvenly) {
  Mutants mutants;
  std::vector<size_t> order =
      stratify(mutants.strata, mutants.names, 0, "program");
  ASSERT_EQ(order.size(), 100u);
  EXPECT_EQ(std::set<size_t>(order.begin(), order.end()).size(), 100u);
  using Counts = std::map<std::string, int>;
  EXPECT_EQ(mutants.count(order, 8, 0),
            (Counts{{"model", 4}, {"optimization", 4}}));
  EXPECT_EQ(mutants.count(order, 8, 1),
            (Counts{{"ACH", 2}, {"LCN", 2}, {"HLR", 3}, {"OZG", 1}}));
  // All of the others are used up: what is left is ACH, in equal parts.
  EXPECT_EQ(mutants.count(order, 100, 1),
            (Counts{{"ACH", 90}, {"LCN", 6}, {"HLR", 3}, {"OZG", 1}}));
  Counts severities;
  for (size_t i = 0; i < 40; ++i)
    if (mutants.strata[order[i]][1] == "ACH")
      ++severities[mutants.strata[order[i]][2]];
  ASSERT_EQ(severities.size(), 3u);
  EXPECT_LE(std::abs(severities["low"] - severities["high"]), 1);
  EXPECT_LE(std::abs(severities["medium"] - severities["high"]), 1);
}

TEST(StratifyTest, DependsOnSeedAndProgramAlone) {
  Mutants mutants;
  auto order = [&](uint64_t seed, const std::string &program) {
    return stratify(mutants.strata, mutants.names, seed, program);
  };
  EXPECT_EQ(order(1, "a"), order(1, "a"));
  EXPECT_NE(order(1, "a"), order(2, "a"));
  EXPECT_NE(order(1, "a"), order(1, "b"));
  // The same mutants, listed backwards.
  Mutants reversed = mutants;
  std::reverse(reversed.strata.begin(), reversed.strata.end());
  std::reverse(reversed.names.begin(), reversed.names.end());
  std::vector<std::string> names, reversedNames;
  for (size_t i : order(1, "a"))
    names.push_back(mutants.names[i]);
  for (size_t i : stratify(reversed.strata, reversed.names, 1, "a"))
    reversedNames.push_back(reversed.names[i]);
  EXPECT_EQ(names, reversedNames);
}

TEST(StratifyTest, NothingGivesNothing) {
  EXPECT_TRUE(stratify({}, {}, 0, "a").empty());
}
