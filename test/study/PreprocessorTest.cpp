//===- PreprocessorTest.cpp -----------------------------------------------===//
//
// Values by hand, and that nothing is learned outside of fit().
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/Preprocessor.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <vector>

using namespace dynfault::study;

namespace {

const double missing = std::numeric_limits<double>::quiet_NaN();

TEST(Compress, IsMonotoneOddAndLinearNearZero) {
  RowMatrix raw(1, 7);
  raw << -1e30, -1, -1e-8, 0, 1e-8, 1, 1e30;
  const RowMatrix seen = compress(raw);
  for (Eigen::Index i = 1; i < seen.cols(); ++i)
    EXPECT_LT(seen(0, i - 1), seen(0, i));
  EXPECT_DOUBLE_EQ(seen(0, 6), -seen(0, 0));
  EXPECT_NEAR(seen(0, 4), 1e-4, 1e-11);
  EXPECT_NEAR(seen(0, 5), std::log(2e4), 1e-8);
  EXPECT_TRUE(std::isnan(compress(RowMatrix::Constant(1, 1, missing))(0)));
}

TEST(Preprocessor, ImputesMedianMarksMissingAndScales) {
  RowMatrix train(5, 3);
  train << 1, 5, missing,  //
      2, 5, missing,       //
      missing, 5, missing, //
      4, 5, missing,       //
      9, 5, missing;
  const Preprocessor fitted = Preprocessor::fit(train);
  // The constant column and the one that is never there go; the first gets an
  // indicator.
  ASSERT_EQ(fitted.columns(), 2);
  const RowMatrix design = fitted.transform(train);
  // Median of 1 2 4 9 is 3; mean of 1 2 3 4 9 is 3.8; variance 7.76.
  EXPECT_NEAR(design(2, 0), (3 - 3.8) / std::sqrt(7.76), 1e-14);
  EXPECT_NEAR(design(4, 0), (9 - 3.8) / std::sqrt(7.76), 1e-14);
  EXPECT_NEAR(design(2, 1), (1 - 0.2) / 0.4, 1e-14);
  EXPECT_NEAR(design(0, 1), (0 - 0.2) / 0.4, 1e-14);
}

TEST(Preprocessor, KeepsOneIndicatorForFeaturesMissingTogether) {
  RowMatrix train(4, 3);
  train << 1, 2, 7, missing, missing, 1, 3, 1, missing, 5, 9, 2;
  // Three value columns, two different patterns.
  EXPECT_EQ(Preprocessor::fit(train).columns(), 5);
}

TEST(Preprocessor, StandardisesTheTrainingPart) {
  for (int seed = 1; seed <= 3; ++seed) {
    std::srand(static_cast<unsigned>(seed));
    const RowMatrix train = 50 * RowMatrix::Random(40, 6);
    const RowMatrix design = Preprocessor::fit(train).transform(train);
    EXPECT_LT(design.colwise().mean().cwiseAbs().maxCoeff(), 1e-13);
    EXPECT_LT(
        (design.colwise().squaredNorm() / 40 - Eigen::RowVectorXd::Ones(6))
            .cwiseAbs()
            .maxCoeff(),
        1e-12);
  }
}

TEST(Preprocessor, RowsOfTheTestPartDoNotInfluenceEachOther) {
  std::srand(4);
  const Preprocessor fitted = Preprocessor::fit(RowMatrix::Random(20, 4));
  RowMatrix test = RowMatrix::Random(5, 4);
  const RowMatrix before = fitted.transform(test);
  test.row(3).setConstant(1e6);
  test(3, 1) = missing;
  const RowMatrix after = fitted.transform(test);
  for (Eigen::Index row : {0, 1, 2, 4})
    EXPECT_EQ(before.row(row), after.row(row));
  EXPECT_TRUE(after.allFinite());
}

TEST(Preprocessor, NothingButConstantsLeavesNoColumn) {
  const Preprocessor fitted = Preprocessor::fit(RowMatrix::Constant(6, 3, 2.5));
  EXPECT_EQ(fitted.columns(), 0);
  EXPECT_EQ(fitted.transform(RowMatrix::Constant(2, 3, 1)).cols(), 0);
}

/// A part that holds some programs whole, of some a share and of some nothing.
TEST(FeatureStatistics, AreThoseOfTheFilledRows) {
  constexpr Eigen::Index count = 120, columns = 9;
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  std::vector<int> programs, part;
  RowMatrix features(count, columns);
  for (int row = 0; row < count; ++row) {
    const int program = row % 6;
    programs.push_back(program);
    if (program < 2 || (program < 4 && normal(random) > 0))
      part.push_back(row);
    for (Eigen::Index c = 0; c < columns; ++c)
      features(row, c) = normal(random) < -1.0 && c % 2 == 1
                             ? std::numeric_limits<double>::quiet_NaN()
                             : 1e3 * program + normal(random);
  }
  // Missing in all of one program; in the whole part.
  for (int row = 0; row < count; ++row) {
    if (programs[static_cast<size_t>(row)] == 1)
      features(row, 4) = std::numeric_limits<double>::quiet_NaN();
    if (programs[static_cast<size_t>(row)] < 4)
      features(row, 6) = std::numeric_limits<double>::quiet_NaN();
  }
  const std::vector<Eigen::Index> asked = {0, 1, 3, 4, 5, 6, 7};
  const FeatureStatistics actual(SortedFeatures(features, programs), asked,
                                 part);
  for (Eigen::Index c : asked) {
    const FeatureStatistics::Feature &own =
        actual.features[static_cast<size_t>(c)];
    std::vector<double> values;
    for (int row : part)
      if (!std::isnan(features(row, c)))
        values.push_back(features(row, c));
    const size_t missing = part.size() - values.size();
    ASSERT_EQ(own.missing, static_cast<Eigen::Index>(missing));
    if (values.empty())
      continue;
    std::sort(values.begin(), values.end());
    const double median =
        (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
    EXPECT_EQ(own.median, missing > 0 ? median : 0);
    values.resize(part.size(), median);
    long double sum = 0, squares = 0;
    for (double value : values)
      sum += value;
    const long double mean = sum / static_cast<long double>(values.size());
    for (double value : values)
      squares += (value - mean) * (value - mean);
    const auto deviation = static_cast<double>(
        std::sqrt(squares / static_cast<long double>(values.size())));
    EXPECT_NEAR(own.mean, static_cast<double>(mean), 1e-12 * deviation);
    EXPECT_NEAR(own.deviation, deviation, 1e-12 * deviation);
  }
}

} // namespace
