//===- DataFaultsTest.cpp - Data faults do what their names say -*- C++ -*-===//
//
// Each fault is measured on the tensors that come out, for several shares and
// seeds: how many rows of which class are left, added or changed, by how much,
// and that the validation part is not touched.
//
//===----------------------------------------------------------------------===//

#include "test/runtime/data/TransformStates.h"

#include <cmath>
#include <fmt/format.h>

using namespace dynfault;

namespace {

TransformState inject(const std::string &kind, double share, uint64_t seed,
                      const TransformState &before) {
  TransformState state = copyOf(before);
  applyTransform(
      spec(fmt::format(R"({{"kind": "{}", "share": {}, "seed": {}}})", kind,
                       share, seed)),
      state);
  EXPECT_TRUE(state.data.validationInputs.equal(before.data.validationInputs));
  EXPECT_TRUE(
      state.data.validationTargets.equal(before.data.validationTargets));
  EXPECT_EQ(state.data.trainInputs.size(0), state.data.trainTargets.size(0));
  return state;
}

/// Rows per class.
std::vector<int64_t> counts(const at::Tensor &targets, int64_t classes) {
  std::vector<int64_t> result;
  for (int64_t label = 0; label < classes; ++label)
    result.push_back(targets.eq(label).sum().item<int64_t>());
  return result;
}

/// For each row of `part` the row of `whole` with the same input values, or -1.
std::vector<int64_t> findRows(const at::Tensor &part, const at::Tensor &whole) {
  at::Tensor same =
      part.flatten(1).unsqueeze(1).eq(whole.flatten(1).unsqueeze(0)).all(2);
  std::vector<int64_t> found;
  for (int64_t row = 0; row < part.size(0); ++row)
    found.push_back(same[row].any().item<bool>()
                        ? same[row].to(at::kLong).argmax().item<int64_t>()
                        : -1);
  return found;
}

/// Every row is one of `before` with its own target.
void expectOldRows(const TransformState &state, const TransformState &before) {
  std::vector<int64_t> rows =
      findRows(state.data.trainInputs, before.data.trainInputs);
  for (size_t i = 0; i < rows.size(); ++i) {
    ASSERT_GE(rows[i], 0);
    EXPECT_TRUE(
        state.data.trainTargets[i].equal(before.data.trainTargets[rows[i]]));
  }
}

/// 0, 1 or 2: more than a deviation below the mean, within, above.
at::Tensor ranges(const at::Tensor &targets) {
  double mean = targets.mean().item<double>();
  double deviation = std::sqrt((targets - mean).square().mean().item<double>());
  return targets.ge(mean - deviation).to(at::kDouble) +
         targets.gt(mean + deviation).to(at::kDouble);
}

} // namespace

TEST(DataFaultsTest, ChangeLabelsOfPlaces) {
  // Four places in each row, some of which the part does not know.
  TransformState before = randomState(5, true);
  before.data.trainTargets = before.data.trainTargets.reshape({100, 4});
  before.data.trainInputs = before.data.trainInputs.narrow(0, 0, 100);
  at::Tensor unknown = at::rand({100, 4}, at::kDouble).lt(0.2);
  before.data.trainTargets.masked_fill_(unknown, -100);
  TransformState state = inject("change_labels", 0.5, 2, before);
  at::Tensor old = before.data.trainTargets, now = state.data.trainTargets;
  EXPECT_EQ(now.sizes(), old.sizes());
  at::Tensor changed = now.ne(old);
  EXPECT_EQ(changed.sum().item<int64_t>(),
            std::llround(0.5 * old.eq(0).sum().item<int64_t>()));
  EXPECT_TRUE(old.masked_select(changed).eq(0).all().item<bool>());
  at::Tensor labels = now.masked_select(changed);
  EXPECT_TRUE(labels.eq(1).logical_or(labels.eq(2)).all().item<bool>());
  EXPECT_TRUE(labels.eq(1).any().item<bool>());
  EXPECT_TRUE(labels.eq(2).any().item<bool>());
}

TEST(DataFaultsTest, DeleteTrainingDataRemovesTheShareOfEachClass) {
  for (double share : {0.0, 0.3, 0.5, 0.99, 1.0})
    for (uint64_t seed = 0; seed < 3; ++seed) {
      TransformState before = randomState(seed, true);
      TransformState state =
          inject("delete_training_data", share, seed, before);
      std::vector<int64_t> old = counts(before.data.trainTargets, 3);
      std::vector<int64_t> now = counts(state.data.trainTargets, 3);
      for (int label = 0; label < 3; ++label)
        EXPECT_EQ(now[label],
                  old[label] - int64_t(std::floor(share * old[label])));
      expectOldRows(state, before);
    }
}

TEST(DataFaultsTest, DeleteTrainingDataWorksOnRangesOfARegression) {
  TransformState before = randomState(3, false);
  TransformState state = inject("delete_training_data", 0.5, 1, before);
  std::vector<int64_t> old = counts(ranges(before.data.trainTargets), 3);
  int64_t left = 0;
  for (int64_t count : old)
    left += count - count / 2;
  EXPECT_EQ(state.data.trainTargets.size(0), left);
  expectOldRows(state, before);
}

TEST(DataFaultsTest, UnbalanceTrainingDataRemovesFromRareClassesOnly) {
  for (double share : {0.1, 0.5, 0.99})
    for (uint64_t seed = 0; seed < 3; ++seed) {
      TransformState before = randomState(seed, true);
      TransformState state =
          inject("unbalance_training_data", share, seed, before);
      std::vector<int64_t> old = counts(before.data.trainTargets, 3);
      std::vector<int64_t> now = counts(state.data.trainTargets, 3);
      for (int label = 0; label < 3; ++label) {
        bool isRare = old[label] < 400 / 3.0;
        EXPECT_EQ(now[label],
                  old[label] -
                      (isRare ? int64_t(std::floor(share * old[label])) : 0));
      }
      EXPECT_LT(state.data.trainTargets.size(0), 400);
      expectOldRows(state, before);
    }
}

TEST(DataFaultsTest, UnbalanceTrainingDataTakesTheUpperHalfOfEqualClasses) {
  TransformState before = randomState(1, true, 4);
  before.data.trainTargets = at::arange(400, at::kDouble).remainder(4);
  TransformState state = inject("unbalance_training_data", 0.25, 1, before);
  EXPECT_EQ(counts(state.data.trainTargets, 4),
            (std::vector<int64_t>{100, 100, 75, 75}));
}

TEST(DataFaultsTest, AddNoiseHasTheStatedDeviationOnTheStatedRows) {
  for (double share : {0.05, 0.3, 1.0}) {
    TransformState before = randomState(2, true);
    at::manual_seed(5);
    before.data.trainInputs =
        at::randn({200, 500}, at::kDouble) *
            (1 + at::arange(200, at::kDouble)).unsqueeze(1) +
        7;
    before.data.trainTargets = before.data.trainTargets.narrow(0, 0, 200);
    TransformState state = inject("add_noise", share, 3, before);
    at::Tensor noise = state.data.trainInputs - before.data.trainInputs;
    at::Tensor noisy = noise.ne(0).any(1);
    EXPECT_EQ(noisy.sum().item<int64_t>(), std::llround(share * 200));
    // In units of each row's own deviation.
    at::Tensor scaled =
        (noise / before.data.trainInputs.std(1, false, true)).index({noisy});
    double count = scaled.numel();
    EXPECT_NEAR(scaled.mean().item<double>(), 0, 5 * share / std::sqrt(count));
    EXPECT_NEAR(scaled.std(false).item<double>(), share,
                5 * share / std::sqrt(2 * count));
    EXPECT_TRUE(state.data.trainTargets.equal(before.data.trainTargets));
  }
}

TEST(DataFaultsTest, OverlapClassesRepeatsRowsUnderTheSecondLabel) {
  for (double share : {0.1, 0.5, 1.0}) {
    TransformState before = randomState(4, true);
    TransformState state = inject("overlap_classes", share, 2, before);
    std::vector<int64_t> old = counts(before.data.trainTargets, 3);
    // Squared uniform numbers: class 0 is the most frequent, then class 1.
    ASSERT_TRUE(old[0] > old[1] && old[1] > old[2]);
    int64_t added = std::floor(share * old[0] + 1e-9);
    ASSERT_EQ(state.data.trainInputs.size(0), 400 + added);
    EXPECT_TRUE(state.data.trainInputs.narrow(0, 0, 400).equal(
        before.data.trainInputs));
    EXPECT_TRUE(state.data.trainTargets.narrow(0, 0, 400).equal(
        before.data.trainTargets));
    EXPECT_TRUE(
        state.data.trainTargets.narrow(0, 400, added).eq(1).all().item<bool>());
    std::vector<int64_t> sources = findRows(
        state.data.trainInputs.narrow(0, 400, added), before.data.trainInputs);
    std::set<int64_t> distinct(sources.begin(), sources.end());
    EXPECT_EQ(int64_t(distinct.size()), added);
    for (int64_t row : sources)
      EXPECT_EQ(before.data.trainTargets[row].item<double>(), 0);
  }
}

TEST(DataFaultsTest, OverlapClassesGivesARegressionTargetsOfTheSecondRange) {
  TransformState before = randomState(6, false);
  TransformState state = inject("overlap_classes", 0.5, 2, before);
  at::Tensor old = ranges(before.data.trainTargets);
  std::vector<int64_t> sizes = counts(old, 3);
  // Normal targets: most stand within one deviation.
  ASSERT_TRUE(sizes[1] > sizes[0] && sizes[1] > sizes[2]);
  double second = sizes[0] >= sizes[2] ? 0 : 2;
  int64_t added = sizes[1] / 2;
  ASSERT_EQ(state.data.trainInputs.size(0), 400 + added);
  at::Tensor targets = state.data.trainTargets.narrow(0, 400, added);
  for (int64_t i = 0; i < added; ++i) {
    at::Tensor isThere = before.data.trainTargets.eq(targets[i]);
    ASSERT_TRUE(isThere.any().item<bool>());
    EXPECT_EQ(old.index({isThere})[0].item<double>(), second);
  }
}

TEST(DataFaultsTest, RepeatDataAppendsDistinctRows) {
  for (double share : {0.05, 0.29, 1.0}) {
    TransformState before = randomState(7, true);
    TransformState state = inject("repeat_data", share, 2, before);
    int64_t added = std::llround(share * 400);
    ASSERT_EQ(state.data.trainInputs.size(0), 400 + added);
    expectOldRows(state, before);
    std::vector<int64_t> sources = findRows(
        state.data.trainInputs.narrow(0, 400, added), before.data.trainInputs);
    std::set<int64_t> distinct(sources.begin(), sources.end());
    EXPECT_EQ(int64_t(distinct.size()), added);
  }
}

TEST(DataFaultsTest, SortByTargetIsStable) {
  TransformState before = randomState(8, true);
  TransformState state = copyOf(before);
  applyTransform(spec(R"({"kind": "sort_by_target"})"), state);
  EXPECT_EQ(counts(state.data.trainTargets, 3),
            counts(before.data.trainTargets, 3));
  std::vector<int64_t> rows =
      findRows(state.data.trainInputs, before.data.trainInputs);
  for (size_t i = 1; i < rows.size(); ++i) {
    double last = state.data.trainTargets[i - 1].item<double>();
    double next = state.data.trainTargets[i].item<double>();
    EXPECT_TRUE(last < next || (last == next && rows[i - 1] < rows[i]));
  }
  expectOldRows(state, before);
}

TEST(DataFaultsTest, SeedsPickOtherRows) {
  TransformState before = randomState(9, true);
  for (const char *kind : {"delete_training_data", "unbalance_training_data",
                           "add_noise", "overlap_classes", "repeat_data"}) {
    at::Tensor first = inject(kind, 0.5, 1, before).data.trainInputs;
    at::manual_seed(99); // LibTorch's generator has no part in it.
    EXPECT_TRUE(first.equal(inject(kind, 0.5, 1, before).data.trainInputs));
    EXPECT_FALSE(first.equal(inject(kind, 0.5, 2, before).data.trainInputs))
        << kind;
  }
}

TEST(DataFaultsTest, SharesOutsideOfTheUnitIntervalAreRefused) {
  TransformState state = randomState(1, true);
  for (const char *kind : {"delete_training_data", "unbalance_training_data",
                           "add_noise", "overlap_classes", "repeat_data"}) {
    std::string json = fmt::format(R"({{"kind": "{}", "share": -0.1}})", kind);
    EXPECT_ONE_LINE_WITH(errorOf([&] { applyTransform(spec(json), state); }),
                         "'share': -0.1 is not a share between 0 and 1");
  }
}
