//===- PreprocessorTest.cpp -----------------------------------------------===//
//
// Values by hand, and that nothing is learned outside of fit().
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/Preprocessor.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace dynfault::study;

namespace {

const double missing = std::numeric_limits<double>::quiet_NaN();

TEST(Compress, IsMonotoneOddAndLinearNearZero) {
  Eigen::MatrixXd raw(1, 7);
  raw << -1e30, -1, -1e-8, 0, 1e-8, 1, 1e30;
  const Eigen::MatrixXd seen = compress(raw);
  for (Eigen::Index i = 1; i < seen.cols(); ++i)
    EXPECT_LT(seen(0, i - 1), seen(0, i));
  EXPECT_DOUBLE_EQ(seen(0, 6), -seen(0, 0));
  EXPECT_NEAR(seen(0, 4), 1e-4, 1e-11);
  EXPECT_NEAR(seen(0, 5), std::log(2e4), 1e-8);
  EXPECT_TRUE(
      std::isnan(compress(Eigen::MatrixXd::Constant(1, 1, missing))(0)));
}

TEST(Preprocessor, ImputesMedianMarksMissingAndScales) {
  Eigen::MatrixXd train(5, 3);
  train << 1, 5, missing,  //
      2, 5, missing,       //
      missing, 5, missing, //
      4, 5, missing,       //
      9, 5, missing;
  const Preprocessor fitted = Preprocessor::fit(train);
  // The constant column and the one that is never there go; the first gets an
  // indicator.
  ASSERT_EQ(fitted.columns(), 2);
  const Eigen::MatrixXd design = fitted.transform(train);
  // Median of 1 2 4 9 is 3; mean of 1 2 3 4 9 is 3.8; variance 7.76.
  EXPECT_NEAR(design(2, 0), (3 - 3.8) / std::sqrt(7.76), 1e-14);
  EXPECT_NEAR(design(4, 0), (9 - 3.8) / std::sqrt(7.76), 1e-14);
  EXPECT_NEAR(design(2, 1), (1 - 0.2) / 0.4, 1e-14);
  EXPECT_NEAR(design(0, 1), (0 - 0.2) / 0.4, 1e-14);
}

TEST(Preprocessor, KeepsOneIndicatorForFeaturesMissingTogether) {
  Eigen::MatrixXd train(4, 3);
  train << 1, 2, 7, missing, missing, 1, 3, 1, missing, 5, 9, 2;
  // Three value columns, two different patterns.
  EXPECT_EQ(Preprocessor::fit(train).columns(), 5);
}

TEST(Preprocessor, StandardisesTheTrainingPart) {
  for (int seed = 1; seed <= 3; ++seed) {
    std::srand(static_cast<unsigned>(seed));
    const Eigen::MatrixXd train = 50 * Eigen::MatrixXd::Random(40, 6);
    const Eigen::MatrixXd design = Preprocessor::fit(train).transform(train);
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
  const Preprocessor fitted = Preprocessor::fit(Eigen::MatrixXd::Random(20, 4));
  Eigen::MatrixXd test = Eigen::MatrixXd::Random(5, 4);
  const Eigen::MatrixXd before = fitted.transform(test);
  test.row(3).setConstant(1e6);
  test(3, 1) = missing;
  const Eigen::MatrixXd after = fitted.transform(test);
  for (Eigen::Index row : {0, 1, 2, 4})
    EXPECT_EQ(before.row(row), after.row(row));
  EXPECT_TRUE(after.allFinite());
}

TEST(Preprocessor, NothingButConstantsLeavesNoColumn) {
  const Preprocessor fitted =
      Preprocessor::fit(Eigen::MatrixXd::Constant(6, 3, 2.5));
  EXPECT_EQ(fitted.columns(), 0);
  EXPECT_EQ(fitted.transform(Eigen::MatrixXd::Constant(2, 3, 1)).cols(), 0);
}

} // namespace
