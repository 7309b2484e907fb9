//===- DeriveTest.cpp - Tests of tasks made from rows -----------*- C++ -*-===//

#include "runtime/data/Derive.h"

#include "test/runtime/TestFolder.h"

#include <ATen/ATen.h>

using namespace dynfault;

namespace {

at::Tensor doubles(const std::vector<double> &values) {
  return at::tensor(values, at::kDouble);
}

/// Drawn rows: 40 + 20 images of 4 x 4 whose pixels are the row's number (from
/// 100 in the validation part), of classes 0, 1, 2 in turn.
TransformState images() {
  TransformState state;
  auto make = [](int64_t rows, double first) {
    return (at::arange(rows, at::kDouble) + first)
        .reshape({rows, 1, 1})
        .expand({rows, 4, 4})
        .contiguous();
  };
  state.data = {make(40, 0), at::arange(40, at::kDouble).remainder(3),
                make(20, 100), at::arange(20, at::kDouble).remainder(3)};
  return state;
}

TransformState derive(const char *json, TransformState state,
                      uint64_t seed = 0) {
  Random random(seed);
  deriveTask(JsonField::parse(json, "c.json"), random, state);
  return state;
}

std::string deriveError(const char *json, const TransformState &state) {
  return errorOf([&] { derive(json, state); });
}

} // namespace

TEST(DeriveTest, NothingChangesNothing) {
  EXPECT_TRUE(derive("{}", images())
                  .data.trainTargets.equal(images().data.trainTargets));
}

TEST(DeriveTest, ReconstructLeavesTheInputsToTheProgram) {
  TransformState state =
      derive(R"({"kind": "reconstruct", "scale": 10})", images());
  EXPECT_TRUE(state.data.trainInputs.equal(images().data.trainInputs));
  EXPECT_TRUE(state.data.trainTargets.allclose(images().data.trainInputs / 10));
  EXPECT_TRUE(state.data.validationTargets.allclose(
      images().data.validationInputs / 10));
}

TEST(DeriveTest, DenoiseAddsNoiseOfTheStatedSize) {
  TransformState state = images();
  state.data.trainInputs = at::full({50, 20, 20}, 100.0, at::kDouble);
  const char *json = R"({"kind": "denoise", "mean": 5, "deviation": 3,
                         "low": 0, "high": 255})";
  at::Tensor noise = derive(json, state).data.trainInputs - 100;
  // 20,000 draws: five standard errors.
  EXPECT_NEAR(noise.mean().item<double>(), 5, 5 * 3 / 141.0);
  EXPECT_NEAR(noise.std().item<double>(), 3, 5 * 3 / 200.0);
  EXPECT_TRUE(derive(json, state).data.trainTargets.eq(100).all().item<bool>());
  at::Tensor cut = derive(R"({"kind": "denoise", "mean": 0, "deviation": 300,
                              "low": 0, "high": 255})",
                          state)
                       .data.trainInputs;
  EXPECT_EQ(cut.min().item<double>(), 0);
  EXPECT_EQ(cut.max().item<double>(), 255);
}

TEST(DeriveTest, SuperResolutionAveragesSquares) {
  TransformState state = images();
  state.data.trainInputs = at::arange(32, at::kDouble).reshape({2, 4, 4});
  TransformState derived =
      derive(R"({"kind": "super_resolution", "factor": 2})", state);
  EXPECT_TRUE(derived.data.trainInputs[0].equal(
      doubles({2.5, 4.5, 10.5, 12.5}).reshape({2, 2})));
  EXPECT_TRUE(derived.data.trainTargets.equal(state.data.trainInputs));
  EXPECT_ONE_LINE_WITH(
      deriveError(R"({"kind": "super_resolution", "factor": 3})", state),
      "c.json: 'factor': images of this size do not split");
}

TEST(DeriveTest, PairsHaveTheClassesTheySay) {
  TransformState state = derive(R"({"kind": "pairs"})", images());
  ASSERT_EQ(state.data.trainInputs.sizes(), at::IntArrayRef({40, 2, 4, 4}));
  for (int64_t i = 0; i < 40; ++i) {
    int64_t a = state.data.trainInputs[i][0][0][0].item<int64_t>();
    int64_t b = state.data.trainInputs[i][1][0][0].item<int64_t>();
    EXPECT_EQ(a, i);
    EXPECT_NE(a, b);
    EXPECT_EQ(state.data.trainTargets[i].item<double>(), a % 3 == b % 3);
  }
  EXPECT_EQ(state.data.trainTargets.sum().item<double>(), 20);
  // Both of a validation pair are validation rows.
  EXPECT_GE(state.data.validationInputs.min().item<double>(), 100);
  TransformState one = images();
  one.data.trainTargets.fill_(1);
  EXPECT_ONE_LINE_WITH(deriveError(R"({"kind": "pairs"})", one),
                       "needs rows of two classes");
}

TEST(DeriveTest, OneVsRest) {
  TransformState state =
      derive(R"({"kind": "one_vs_rest", "classes": [0, 2]})", images());
  EXPECT_TRUE(
      state.data.trainTargets.narrow(0, 0, 4).equal(doubles({1, 0, 1, 1})));
}

TEST(DeriveTest, TheVocabularyComesFromTheTrainingRowsAlone) {
  TransformState state;
  // Word 5 twice, 3 and 4 once each; 9 and 8 stand in validation only.
  state.data.trainInputs = doubles({5, 5, 4, 3, 0, 0}).reshape({2, 3});
  state.data.trainTargets = doubles({0, 1});
  state.data.validationInputs = doubles({9, 9, 8, 5, 3, 0}).reshape({2, 3});
  state.data.validationTargets = doubles({0, 1});
  TransformState derived =
      derive(R"({"kind": "vocabulary", "size": 5})", state);
  EXPECT_TRUE(
      derived.data.trainInputs.reshape(-1).equal(doubles({2, 2, 4, 3, 0, 0})));
  EXPECT_TRUE(derived.data.validationInputs.reshape(-1).equal(
      doubles({1, 1, 1, 2, 3, 0})));
  // With room for one word fewer the less frequent, later one is unknown.
  derived = derive(R"({"kind": "vocabulary", "size": 4})", state);
  EXPECT_TRUE(
      derived.data.trainInputs.reshape(-1).equal(doubles({2, 2, 1, 3, 0, 0})));
  EXPECT_TRUE(derived.data.trainTargets.equal(doubles({0, 1})));
  state.data.trainTargets = doubles({5, 9});
  derived =
      derive(R"({"kind": "vocabulary", "size": 5, "targets": true})", state);
  EXPECT_TRUE(derived.data.trainTargets.equal(doubles({2, 1})));
}

TEST(DeriveTest, KnownNodesAreEachInOnePart) {
  TransformState state;
  at::Tensor labels = at::arange(30, at::kDouble).remainder(3).unsqueeze(0);
  state.data = {at::zeros({1, 30, 30}, at::kDouble), labels,
                at::zeros({1, 30, 30}, at::kDouble), labels};
  state = derive(R"({"kind": "known_nodes", "per_class": 4})", state);
  at::Tensor train = state.data.trainTargets;
  at::Tensor validation = state.data.validationTargets;
  EXPECT_TRUE(
      train.eq(-100).logical_xor(validation.eq(-100)).all().item<bool>());
  for (double label : {0., 1., 2.})
    EXPECT_EQ(train.eq(label).sum().item<int64_t>(), 4);
  EXPECT_TRUE(at::maximum(train, validation).equal(labels));
  EXPECT_ONE_LINE_WITH(
      deriveError(R"({"kind": "known_nodes", "per_class": 4})", images()),
      "'known_nodes' needs one graph");
}

TEST(DeriveTest, UnknownKindsAndParameters) {
  EXPECT_ONE_LINE_WITH(deriveError(R"({"kind": "mix"})", images()),
                       "'kind': 'mix' is none of reconstruct, denoise");
  EXPECT_ONE_LINE_WITH(
      deriveError(R"({"kind": "reconstruct", "size": 1})", images()),
      "unknown field 'size'");
}
