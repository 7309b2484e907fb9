//===- SplitTest.cpp - Tests of drawing rows --------------------*- C++ -*-===//

#include "runtime/data/Split.h"

#include "runtime/data/Random.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace dynfault;

namespace {

at::Tensor longs(const std::vector<int64_t> &values) {
  return at::tensor(values, at::kLong);
}

std::set<int64_t> asSet(const std::vector<int64_t> &rows) {
  return {rows.begin(), rows.end()};
}

/// 200 rows in groups of 1 to 7, with 3 classes of 60, 30 and 10 percent; all
/// rows of a group are of one class.
PoolRows makePool() {
  Random random(5);
  std::vector<int64_t> groups;
  std::vector<double> classes;
  for (int64_t group = 0; groups.size() < 200; ++group) {
    double draw = random.uniform();
    size_t size = 1 + random.below(7);
    for (size_t i = 0; i < size && groups.size() < 200; ++i) {
      groups.push_back(1000 - group);
      classes.push_back(draw < 0.6 ? 0 : draw < 0.9 ? 1 : 2);
    }
  }
  return {200, longs(groups), at::tensor(classes, at::kDouble)};
}

} // namespace

TEST(SplitTest, WithoutGroupsItIsARandomOrder) {
  auto split = splitPool({10, {}, {}}, 6, 3, 7);
  ASSERT_TRUE(split);
  std::vector<int64_t> order = Random(7, 1).permutation(10);
  EXPECT_EQ(split->train, std::vector<int64_t>(order.begin(), order.end() - 4));
  EXPECT_EQ(split->validation,
            std::vector<int64_t>(order.begin() + 6, order.end() - 1));
  EXPECT_FALSE(splitPool({10, {}, {}}, 8, 3, 7));
}

TEST(SplitTest, GroupsAreNeverSeparated) {
  PoolRows pool = makePool();
  for (bool stratified : {false, true}) {
    PoolRows rows = pool;
    if (!stratified)
      rows.classes = at::Tensor();
    for (uint64_t seed = 0; seed < 20; ++seed) {
      // Together all rows: only then must a group be cut.
      auto split = splitPool(rows, 130, 60, seed);
      ASSERT_TRUE(split);
      std::set<int64_t> train = asSet(split->train),
                        validation = asSet(split->validation);
      EXPECT_EQ(train.size(), 130u);
      EXPECT_EQ(validation.size(), 60u);
      std::set<int64_t> groupsOfTrain;
      for (int64_t row : train)
        groupsOfTrain.insert(pool.groups[row].item<int64_t>());
      for (int64_t row : validation)
        EXPECT_FALSE(groupsOfTrain.count(pool.groups[row].item<int64_t>()))
            << row;
    }
  }
}

TEST(SplitTest, ClassesComeInProportion) {
  // 900 rows of class 0, 90 of class 1, 10 of class 2, in file order.
  at::Tensor classes = at::zeros({1000}, at::kDouble);
  classes.narrow(0, 900, 90).fill_(1);
  classes.narrow(0, 990, 10).fill_(2);
  for (uint64_t seed = 0; seed < 10; ++seed) {
    auto split = splitPool({1000, {}, classes}, 500, 200, seed);
    ASSERT_TRUE(split);
    for (auto [rows, share] :
         {std::pair(split->train, 0.5), {split->validation, 0.2}}) {
      std::map<double, int64_t> count;
      for (int64_t row : rows)
        ++count[classes[row].item<double>()];
      EXPECT_NEAR(count[0], 900 * share, 1);
      EXPECT_NEAR(count[1], 90 * share, 1);
      EXPECT_NEAR(count[2], 10 * share, 1);
    }
    // The order must not tell the class.
    EXPECT_FALSE(std::is_sorted(split->train.begin(), split->train.end()));
  }
}

TEST(SplitTest, EqualSeedsDrawEqualRows) {
  PoolRows pool = makePool();
  EXPECT_EQ(splitPool(pool, 100, 50, 3)->train,
            splitPool(pool, 100, 50, 3)->train);
  EXPECT_NE(splitPool(pool, 100, 50, 3)->train,
            splitPool(pool, 100, 50, 4)->train);
}

TEST(SplitTest, OneGroupCannotBeSplit) {
  EXPECT_FALSE(splitPool({4, longs({1, 1, 1, 1}), {}}, 2, 1, 0));
  EXPECT_TRUE(splitPool({4, longs({1, 1, 1, 2}), {}}, 3, 1, 0));
}

TEST(SplitTest, EqualRowsAreJoinedWithTheirGroups) {
  at::Tensor inputs = at::tensor({1., 2., 1., 3., 4., 3.}).reshape({6, 1});
  at::Tensor joined = joinEqualRows(inputs, at::Tensor());
  ASSERT_TRUE(joined.defined());
  EXPECT_TRUE(joined.equal(longs({0, 1, 0, 3, 4, 3})));
  // Rows 1 and 3 are of one group, so 5 belongs to row 1, too.
  joined = joinEqualRows(inputs, longs({10, 20, 30, 20, 40, 50}));
  EXPECT_TRUE(joined.equal(longs({0, 1, 0, 1, 4, 1})));
  EXPECT_FALSE(joinEqualRows(at::arange(5).reshape({5, 1}), {}).defined());
}
