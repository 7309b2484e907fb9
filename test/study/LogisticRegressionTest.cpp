//===- LogisticRegressionTest.cpp -----------------------------------------===//
//
// Against closed properties: the gradient against central differences, a
// vanishing gradient of the objective as it is defined, a one-dimensional
// solution, and what balance and penalty must do. test/study/sklearn_oracle.py
// compares with scikit-learn.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/LogisticRegression.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace dynfault::study;
using Eigen::MatrixXd;
using Eigen::RowVectorXd;
using Eigen::VectorXd;

namespace {

struct Problem {
  MatrixXd rows;
  std::vector<int> labels;
  int classes;
};

Problem randomProblem(int seed, int rows, int features, int classes) {
  std::mt19937_64 engine(static_cast<uint64_t>(seed));
  std::normal_distribution<double> normal;
  Problem problem{MatrixXd(rows, features), {}, classes};
  for (Eigen::Index i = 0; i < problem.rows.size(); ++i)
    problem.rows(i) = normal(engine);
  for (int i = 0; i < rows; ++i) {
    // Unequal classes, all of them there.
    const int label =
        i < classes ? i : static_cast<int>(engine() % (classes + 2)) % classes;
    problem.labels.push_back(label);
    problem.rows(i, label % features) += 1;
  }
  return problem;
}

class OnRandomProblems
    : public testing::TestWithParam<std::tuple<int, int, int>> {
protected:
  Problem problem =
      randomProblem(std::get<0>(GetParam()), 60, std::get<1>(GetParam()),
                    std::get<2>(GetParam()));
  VectorXd weights = balancedWeights(problem.labels, problem.classes);
};

TEST_P(OnRandomProblems, GradientMatchesCentralDifferences) {
  std::srand(static_cast<unsigned>(std::get<0>(GetParam())));
  MatrixXd coefficients =
      MatrixXd::Random(problem.rows.cols(), problem.classes);
  RowVectorXd intercepts = RowVectorXd::Random(problem.classes);
  MatrixXd gradient;
  RowVectorXd interceptGradient;
  auto value = [&] {
    return logisticObjective(problem.rows, problem.labels, weights, 0.2,
                             coefficients, intercepts);
  };
  logisticObjective(problem.rows, problem.labels, weights, 0.2, coefficients,
                    intercepts, &gradient, &interceptGradient);
  const double h = 1e-5;
  auto difference = [&](double &entry) {
    const double kept = entry;
    entry = kept + h;
    const double above = value();
    entry = kept - h;
    const double below = value();
    entry = kept;
    return (above - below) / (2 * h);
  };
  for (Eigen::Index i = 0; i < coefficients.size(); ++i)
    EXPECT_NEAR(gradient(i), difference(coefficients(i)), 1e-8);
  for (Eigen::Index i = 0; i < intercepts.size(); ++i)
    EXPECT_NEAR(interceptGradient(i), difference(intercepts(i)), 1e-8);
}

TEST_P(OnRandomProblems, SolutionHasNoGradientInTheOriginalCoordinates) {
  LogisticTrainer trainer(problem.rows, problem.labels, problem.classes);
  for (double strength : {1.0, 0.03, 0.001}) {
    const LogisticFit fit = trainer.fit(strength, 1e-9);
    EXPECT_TRUE(fit.converged) << "strength " << strength;
    MatrixXd gradient;
    RowVectorXd interceptGradient;
    const double value = logisticObjective(
        problem.rows, problem.labels, weights, strength, fit.coefficients,
        fit.intercepts, &gradient, &interceptGradient);
    EXPECT_LT(gradient.cwiseAbs().maxCoeff(), 1e-7);
    EXPECT_LT(interceptGradient.cwiseAbs().maxCoeff(), 1e-7);
    EXPECT_NEAR(value, fit.objective, 1e-10);
  }
}

TEST_P(OnRandomProblems, StartDoesNotMatter) {
  LogisticTrainer warm(problem.rows, problem.labels, problem.classes);
  warm.fit(10);
  warm.fit(0.001);
  LogisticTrainer cold(problem.rows, problem.labels, problem.classes);
  const MatrixXd a = warm.fit(0.05, 1e-10).coefficients;
  const MatrixXd b = cold.fit(0.05, 1e-10).coefficients;
  EXPECT_LT((a - b).cwiseAbs().maxCoeff(), 1e-7);
}

// Fewer and more features than rows.
INSTANTIATE_TEST_SUITE_P(Shapes, OnRandomProblems,
                         testing::Combine(testing::Range(1, 5),
                                          testing::Values(3, 20, 150),
                                          testing::Values(2, 4)));

TEST(LogisticRegression, OneDimensionalSolution) {
  // Two rows at +-x, one per class. By symmetry the coefficients are +-b, the
  // intercepts 0, and the objective log(1 + exp(-2 b x)) + strength b^2, whose
  // derivative is solved by bisection.
  for (double x : {0.5, 1.0, 3.0}) {
    const double strength = 0.1;
    double low = 0, high = 100;
    for (int i = 0; i < 200; ++i) {
      const double b = (low + high) / 2;
      const double slope =
          -2 * x / (1 + std::exp(2 * b * x)) + 2 * strength * b;
      (slope < 0 ? low : high) = b;
    }
    MatrixXd rows(2, 1);
    rows << x, -x;
    LogisticTrainer trainer(rows, {0, 1}, 2);
    const LogisticFit fit = trainer.fit(strength, 1e-12);
    EXPECT_NEAR(fit.coefficients(0, 0), low, 1e-9);
    EXPECT_NEAR(fit.coefficients(0, 1), -low, 1e-9);
    EXPECT_NEAR(fit.intercepts(0), 0, 1e-9);
  }
}

TEST(LogisticRegression, WeightsGiveEveryClassTheSameTotal) {
  const VectorXd weights = balancedWeights({0, 2, 2, 2, 0, 2}, 4);
  EXPECT_DOUBLE_EQ(weights(0) + weights(4), 0.5);
  EXPECT_DOUBLE_EQ(weights.sum(), 1);
}

TEST(LogisticRegression, WithoutFeaturesAllClassesAreEquallyProbable) {
  // Class-balanced weights undo the class frequencies.
  LogisticTrainer trainer(MatrixXd(6, 0), {0, 1, 1, 1, 1, 1}, 2);
  const MatrixXd p = trainer.fit(0.1).probabilities(MatrixXd(1, 0));
  EXPECT_NEAR(p(0, 0), 0.5, 1e-6);
}

TEST(LogisticRegression, ClassWithoutRowsIsNeverPredicted) {
  Problem problem = randomProblem(3, 30, 4, 2);
  for (int &label : problem.labels)
    label *= 2; // Classes 0 and 2 of 4.
  LogisticTrainer trainer(problem.rows, problem.labels, 4);
  const MatrixXd p = trainer.fit(0.1).probabilities(problem.rows);
  EXPECT_TRUE(p.allFinite());
  EXPECT_EQ(p.col(1).maxCoeff(), 0);
  EXPECT_EQ(p.col(3).maxCoeff(), 0);
  EXPECT_LT((p.rowwise().sum() - VectorXd::Ones(30)).cwiseAbs().maxCoeff(),
            1e-12);
}

TEST(LogisticRegression, PathOfPenaltiesLearnsTheCurvature) {
  int alone = 0, onPath = 0;
  for (int seed : {1, 2, 3, 4, 5}) {
    const Problem problem = randomProblem(seed, 200, 30, 4);
    LogisticTrainer path(problem.rows, problem.labels, problem.classes);
    LogisticFit last = path.fit(0.1);
    for (double strength : {0.03, 0.01, 0.003}) {
      LogisticTrainer fresh(problem.rows, problem.labels, problem.classes);
      fresh.startFrom(last);
      const LogisticFit expected = fresh.fit(strength);
      last = path.fit(strength);
      alone += expected.iterations;
      onPath += last.iterations;
      EXPECT_TRUE(last.converged);
      EXPECT_NEAR(last.objective, expected.objective, 1e-8);
      EXPECT_LT(
          (last.coefficients - expected.coefficients).lpNorm<Eigen::Infinity>(),
          1e-3);
    }
  }
  EXPECT_LT(onPath, 0.9 * alone);
}

TEST(LogisticRegression, HugeScoresDoNotOverflow) {
  LogisticFit fit;
  fit.coefficients = MatrixXd::Constant(1, 2, 0);
  fit.coefficients(0, 1) = 1e4;
  fit.intercepts = RowVectorXd::Zero(2);
  const MatrixXd p = fit.probabilities(MatrixXd::Constant(1, 1, 1e3));
  EXPECT_EQ(p(0, 1), 1);
}

} // namespace
