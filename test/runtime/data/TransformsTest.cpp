//===- TransformsTest.cpp - Tests of the data transforms --------*- C++ -*-===//

#include "test/runtime/data/TransformStates.h"

#include <cmath>
#include <fmt/format.h>
#include <random>

using namespace dynfault;

namespace {

std::string applyError(const std::string &text, TransformState state) {
  return errorOf([&] { applyTransform(spec(text), state); });
}

} // namespace

TEST(TransformsTest, UnitDividesBy255) {
  for (uint64_t seed = 0; seed < 3; ++seed) {
    TransformState state = randomState(seed, true);
    TransformState before = copyOf(state);
    applyTransform(spec(R"({"kind": "unit"})"), state);
    EXPECT_TRUE(
        (state.data.trainInputs * 255).allclose(before.data.trainInputs));
    EXPECT_TRUE((state.data.validationInputs * 255)
                    .allclose(before.data.validationInputs));
    EXPECT_TRUE(state.data.trainTargets.equal(before.data.trainTargets));
  }
}

TEST(TransformsTest, StandardizeUsesTheTrainingPartOnly) {
  for (uint64_t seed = 0; seed < 3; ++seed) {
    TransformState state = randomState(seed, true);
    state.data.trainInputs.select(1, 0).select(1, 0).fill_(5); // Constant.
    TransformState before = copyOf(state);
    applyTransform(spec(R"({"kind": "standardize"})"), state);
    for (int64_t i = 0; i < 2; ++i)
      for (int64_t j = 0; j < 3; ++j) {
        auto column = [&](const at::Tensor &tensor) {
          at::Tensor flat = tensor.select(1, i).select(1, j).contiguous();
          auto *data = flat.data_ptr<double>();
          return std::vector<double>(data, data + flat.numel());
        };
        std::vector<double> train = column(before.data.trainInputs);
        double mean = 0, square = 0;
        for (double x : train)
          mean += x / train.size();
        for (double x : train)
          square += (x - mean) * (x - mean) / train.size();
        double scale = i == 0 && j == 0 ? 1 : std::sqrt(square);
        auto check = [&](const at::Tensor &from, const at::Tensor &to) {
          std::vector<double> x = column(from), y = column(to);
          for (size_t k = 0; k < x.size(); ++k)
            EXPECT_NEAR(y[k], (x[k] - mean) / scale, 1e-9);
        };
        check(before.data.trainInputs, state.data.trainInputs);
        check(before.data.validationInputs, state.data.validationInputs);
      }
  }
}

TEST(TransformsTest, StandardizeTarget) {
  TransformState state = randomState(4, false);
  TransformState before = copyOf(state);
  applyTransform(spec(R"({"kind": "standardize_target"})"), state);
  EXPECT_NEAR(state.data.trainTargets.mean().item<double>(), 0, 1e-12);
  EXPECT_NEAR(state.data.trainTargets.square().mean().item<double>(), 1, 1e-12);
  // The validation part is mapped by the same line.
  at::Tensor slope =
      (state.data.validationTargets[1] - state.data.validationTargets[0]) /
      (before.data.validationTargets[1] - before.data.validationTargets[0]);
  double deviation = before.data.trainTargets.std(false).item<double>();
  EXPECT_NEAR(slope.item<double>() * deviation, 1, 1e-9);
  EXPECT_ONE_LINE_WITH(
      applyError(R"({"kind": "standardize_target"})", randomState(1, true)),
      "for regression programs only");
}

TEST(TransformsTest, PartsCanBeLeftOut) {
  for (const char *kind :
       {R"("unit")", R"("standardize_rows")", R"("reverse_features")",
        R"("normalize", "mean": 2, "std": 4)"}) {
    TransformState both = randomState(5, true);
    TransformState before = copyOf(both), train = copyOf(both),
                   validation = copyOf(both);
    auto apply = [&](const char *part, TransformState &state) {
      applyTransform(spec(fmt::format(R"({{"kind": {}{}}})", kind, part)),
                     state);
    };
    apply("", both);
    apply(R"(, "validation": false)", train);
    apply(R"(, "train": false)", validation);
    EXPECT_FALSE(both.data.trainInputs.equal(before.data.trainInputs)) << kind;
    EXPECT_TRUE(train.data.trainInputs.equal(both.data.trainInputs)) << kind;
    EXPECT_TRUE(
        train.data.validationInputs.equal(before.data.validationInputs));
    EXPECT_TRUE(validation.data.trainInputs.equal(before.data.trainInputs));
    EXPECT_TRUE(
        validation.data.validationInputs.equal(both.data.validationInputs));
  }
}

TEST(TransformsTest, NormalizeUsesTheGivenStatistics) {
  TransformState state = randomState(6, true);
  TransformState before = copyOf(state);
  applyTransform(spec(R"({"kind": "normalize", "mean": 127.5, "std": 51})"),
                 state);
  EXPECT_TRUE((state.data.validationInputs * 51 + 127.5)
                  .allclose(before.data.validationInputs));
  EXPECT_ONE_LINE_WITH(
      applyError(R"({"kind": "normalize", "mean": 0, "std": 0})", state),
      "'std': 0 is not above 0");
}

TEST(TransformsTest, StandardizeRowsUsesEachRowsOwnStatistics) {
  TransformState state = randomState(7, true);
  state.data.trainInputs[3].fill_(9); // A row without any deviation.
  applyTransform(spec(R"({"kind": "standardize_rows"})"), state);
  at::Tensor rows = state.data.trainInputs.flatten(1);
  EXPECT_TRUE(rows.mean(1).abs().lt(1e-12).all().item<bool>());
  at::Tensor deviation = rows.std(1, /*unbiased=*/false);
  EXPECT_EQ(deviation[3].item<double>(), 0);
  EXPECT_EQ(deviation.sub(1).abs().lt(1e-12).sum().item<int64_t>(),
            rows.size(0) - 1);
}

TEST(TransformsTest, SeparateStatisticsAreTheValidationPartsOwn) {
  TransformState state = randomState(8, true);
  TransformState usual = copyOf(state);
  state.data.validationInputs += 100;
  usual.data.validationInputs += 100;
  applyTransform(spec(R"({"kind": "standardize"})"), usual);
  applyTransform(spec(R"({"kind": "standardize", "separate": true})"), state);
  EXPECT_TRUE(state.data.trainInputs.equal(usual.data.trainInputs));
  // The shift is gone, and nobody can see it any more.
  EXPECT_NEAR(state.data.validationInputs.mean().item<double>(), 0, 1e-12);
  EXPECT_GT(usual.data.validationInputs.mean().item<double>(), 5);
}

TEST(TransformsTest, ReverseFeaturesTurnsTheLastDimension) {
  TransformState state = randomState(9, true);
  TransformState before = copyOf(state);
  applyTransform(spec(R"({"kind": "reverse_features"})"), state);
  for (int64_t i = 0; i < 3; ++i)
    EXPECT_TRUE(state.data.trainInputs.select(2, i).equal(
        before.data.trainInputs.select(2, 2 - i)));
}

TEST(TransformsTest, ChangeLabelsHitsTheShareOfTheMostFrequentClass) {
  for (double share : {0.0, 0.03, 0.3, 1.0})
    for (uint64_t seed = 0; seed < 3; ++seed) {
      TransformState state = randomState(seed, true);
      TransformState before = copyOf(state);
      applyTransform(spec(fmt::format(
                         R"({{"kind": "change_labels", "share": {},
                              "seed": {}}})",
                         share, seed)),
                     state);
      at::Tensor frequent = before.data.trainTargets.eq(0);
      at::Tensor changed = state.data.trainTargets.ne(before.data.trainTargets);
      EXPECT_EQ(changed.sum().item<int64_t>(),
                std::llround(share * frequent.sum().item<int64_t>()));
      EXPECT_FALSE(
          changed.logical_and(frequent.logical_not()).any().item<bool>());
      EXPECT_GE(state.data.trainTargets.min().item<double>(), 0);
      EXPECT_LE(state.data.trainTargets.max().item<double>(), 2);
      EXPECT_TRUE(state.data.trainInputs.equal(before.data.trainInputs));
      EXPECT_TRUE(
          state.data.validationTargets.equal(before.data.validationTargets));
    }
}

TEST(TransformsTest, ChangedLabelsAreSpreadEvenly) {
  TransformState state;
  state.classification = true;
  state.classes = 5;
  state.data.trainTargets = at::full({4000}, 2.0, at::kDouble);
  applyTransform(spec(R"({"kind": "change_labels", "share": 1})"), state);
  for (int label : {0, 1, 3, 4})
    // Five standard deviations of a binomial count.
    EXPECT_NEAR(state.data.trainTargets.eq(label).sum().item<int64_t>(), 1000,
                5 * std::sqrt(4000 * .25 * .75));
}

TEST(TransformsTest, ChangeLabelsFlipsBinaryTargets) {
  TransformState state = randomState(2, true, 2);
  TransformState before = copyOf(state);
  applyTransform(spec(R"({"kind": "change_labels", "share": 1})"), state);
  EXPECT_TRUE(
      state.data.trainTargets.equal(at::ones_like(before.data.trainTargets)));
}

TEST(TransformsTest, ChangeLabelsDependsOnItsSeedAlone) {
  auto changed = [](uint64_t globalSeed, int seed) {
    TransformState state = randomState(7, true);
    at::manual_seed(globalSeed);
    applyTransform(spec(fmt::format(
                       R"({{"kind": "change_labels", "share": 0.5,
                            "seed": {}}})",
                       seed)),
                   state);
    return state.data.trainTargets;
  };
  EXPECT_TRUE(changed(1, 3).equal(changed(2, 3)));
  EXPECT_FALSE(changed(1, 3).equal(changed(1, 4)));
}

TEST(TransformsTest, ChangeLabelsAddsNoiseToARegression) {
  TransformState state = randomState(3, false);
  state.data.trainTargets = at::randn({20000}, at::kDouble) * 5;
  TransformState before = copyOf(state);
  applyTransform(spec(R"({"kind": "change_labels", "share": 0.4})"), state);
  at::Tensor noise = state.data.trainTargets - before.data.trainTargets;
  double sigma = 0.4 * before.data.trainTargets.std(false).item<double>();
  EXPECT_NEAR(noise.mean().item<double>(), 0, 5 * sigma / std::sqrt(20000));
  EXPECT_NEAR(noise.std().item<double>(), sigma, 5 * sigma / std::sqrt(40000));
  EXPECT_TRUE(
      state.data.validationTargets.equal(before.data.validationTargets));
}

TEST(TransformsTest, ErrorsNameTheField) {
  TransformState state = randomState(1, true);
  EXPECT_ONE_LINE_WITH(applyError(R"({"kind": "blur"})", state),
                       "p.pt: program.json: unknown transform 'blur'; known "
                       "are: unit, standardize, normalize");
  EXPECT_ONE_LINE_WITH(applyError(R"({"kind": "unit", "scale": 2})", state),
                       "'unit' has no parameter 'scale'");
  EXPECT_ONE_LINE_WITH(applyError(R"({"kind": "change_labels"})", state),
                       "the field 'share' is missing");
  EXPECT_ONE_LINE_WITH(
      applyError(R"({"kind": "change_labels", "share": 1.5})", state),
      "'share': 1.5 is not a share between 0 and 1");
  EXPECT_ONE_LINE_WITH(
      applyError(R"({"kind": "change_labels", "share": "x"})", state),
      "'share': expected a number");
}
