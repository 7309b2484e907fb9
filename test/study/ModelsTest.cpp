//===- ModelsTest.cpp -----------------------------------------------------===//
//
// The models beside the logistic regression, on problems small enough to solve
// by hand or by definition. test/study/sklearn_oracle.py compares with
// scikit-learn.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/DomainGeneralisation.h"
#include "tools/dynfault-study/model/Forest.h"
#include "tools/dynfault-study/model/NearestNeighbours.h"
#include "tools/dynfault-study/model/Ridge.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace dynfault::study;

namespace {

struct Problem {
  RowMatrix rows;
  std::vector<int> labels, domains;
};

Problem randomProblem(int count, int features, int classes, int domains) {
  std::mt19937_64 engine(5);
  std::normal_distribution<double> normal;
  Problem problem;
  problem.rows.resize(count, features);
  for (int i = 0; i < count; ++i) {
    problem.labels.push_back(i % classes);
    problem.domains.push_back(i / classes % domains);
    for (int j = 0; j < features; ++j)
      problem.rows(i, j) = normal(engine) + (j == i % classes ? 2 : 0) +
                           (j == classes ? problem.domains.back() : 0);
  }
  return problem;
}

TEST(Ridge, SolvesTheNormalEquations) {
  const Problem problem = randomProblem(60, 6, 3, 3);
  const RidgeTrainer trainer(problem.rows, problem.labels, 3);
  const auto fit = trainer.fit(0.2);
  const Eigen::VectorXd weights = balancedWeights(problem.labels, 3);
  const Eigen::MatrixXd scores = fit.scores(problem.rows);
  Eigen::MatrixXd error = scores;
  for (Eigen::Index i = 0; i < error.rows(); ++i)
    for (Eigen::Index c = 0; c < 3; ++c)
      error(i, c) -= problem.labels[static_cast<size_t>(i)] == c ? 1 : -1;
  const Eigen::MatrixXd gradient =
      problem.rows.transpose() * (weights.asDiagonal() * error) +
      0.2 * fit.coefficients;
  EXPECT_LT(gradient.lpNorm<Eigen::Infinity>(), 1e-12);
  EXPECT_LT((weights.transpose() * error).lpNorm<Eigen::Infinity>(), 1e-12);
}

TEST(NearestNeighbours, CountsTheNearest) {
  RowMatrix train(6, 1), test(2, 1);
  train << 0, 1, 2, 10, 11, 12;
  test << 1.2, 8;
  const Eigen::MatrixXd shares =
      nearestNeighbourShares(train, {0, 0, 1, 1, 1, 0}, test, 2, 3);
  EXPECT_NEAR(shares(0, 0), 2.0 / 3, 1e-12);
  EXPECT_NEAR(shares(1, 1), 2.0 / 3, 1e-12);
}

TEST(Forest, ATreeFindsTheOnlySplit) {
  RowMatrix rows(6, 2);
  rows << 5, 0, 5, 1, 5, 2, 5, 3, 5, 4, 5, 5;
  const Forest tree(rows, {0, 0, 0, 0, 1, 1}, 2, {});
  RowMatrix asked(2, 2);
  asked << 0, 3.4, 0, 3.6;
  const Eigen::MatrixXd shares = tree.probabilities(asked);
  EXPECT_EQ(shares(0, 0), 1);
  EXPECT_EQ(shares(1, 1), 1);
}

TEST(Forest, DepthLimitsAndSeedDecides) {
  const Problem problem = randomProblem(300, 8, 3, 3);
  ForestOptions options;
  options.depth = 0;
  const Eigen::MatrixXd root = Forest(problem.rows, problem.labels, 3, options)
                                   .probabilities(problem.rows);
  EXPECT_NEAR((root.array() - 1.0 / 3).abs().maxCoeff(), 0, 1e-12);
  options = {32, 10, 3, true, 7};
  const auto one = Forest(problem.rows, problem.labels, 3, options)
                       .probabilities(problem.rows);
  EXPECT_EQ(one, Forest(problem.rows, problem.labels, 3, options)
                     .probabilities(problem.rows));
  options.seed = 8;
  EXPECT_NE(one, Forest(problem.rows, problem.labels, 3, options)
                     .probabilities(problem.rows));
  EXPECT_NEAR((one.rowwise().sum().array() - 1).abs().maxCoeff(), 0, 1e-12);
}

/// Mean risk of each domain, by definition.
Eigen::VectorXd risksOf(const Problem &problem, const LogisticFit &fit,
                        int domains) {
  const Eigen::MatrixXd p = fit.probabilities(problem.rows);
  const Eigen::VectorXd weights = balancedWeights(problem.labels, 3);
  Eigen::VectorXd risk = Eigen::VectorXd::Zero(domains);
  Eigen::VectorXd sum = risk;
  for (Eigen::Index i = 0; i < p.rows(); ++i) {
    const int domain = problem.domains[static_cast<size_t>(i)];
    risk(domain) -=
        weights(i) * std::log(p(i, problem.labels[static_cast<size_t>(i)]));
    sum(domain) += weights(i);
  }
  return risk.array() / sum.array();
}

TEST(DomainGeneralisation, EachMethodDoesWhatItIsFor) {
  Problem problem = randomProblem(600, 6, 3, 4);
  // In the last domain the classes overlap more.
  for (Eigen::Index i = 0; i < problem.rows.rows(); ++i)
    if (problem.domains[static_cast<size_t>(i)] == 3)
      problem.rows.row(i).head(3) *= 0.3;
  LogisticTrainer trainer(problem.rows, problem.labels, 3);
  const LogisticFit plain = trainer.fit(0.01);
  const Design<float> design(problem.rows);
  LogisticMetric metric(design, balancedWeights(problem.labels, 3));
  auto fit = [&](DomainMethod method, double parameter) {
    return fitAcrossDomains(design, problem.labels, problem.domains, 3, method,
                            parameter, 0.01, plain, metric);
  };
  const Eigen::VectorXd before = risksOf(problem, plain, 4);
  auto variance = [](const Eigen::VectorXd &risks) {
    return (risks.array() - risks.mean()).square().mean();
  };
  const Eigen::VectorXd vrex = risksOf(problem, fit(DomainMethod::Vrex, 10), 4);
  EXPECT_LT(variance(vrex), 0.5 * variance(before));
  const Eigen::VectorXd dro =
      risksOf(problem, fit(DomainMethod::GroupDro, 0.1), 4);
  EXPECT_LT(dro.maxCoeff(), before.maxCoeff());
  // IRM with a large penalty leaves no domain that a scale could improve.
  auto scaleSlope = [&](const LogisticFit &fitted) {
    double sum = 0;
    LogisticFit more = fitted, less = fitted;
    more.coefficients *= 1.001;
    more.intercepts *= 1.001;
    less.coefficients *= 0.999;
    less.intercepts *= 0.999;
    const Eigen::VectorXd slope =
        (risksOf(problem, more, 4) - risksOf(problem, less, 4)) / 0.002;
    sum = slope.squaredNorm();
    return sum;
  };
  EXPECT_LT(scaleSlope(fit(DomainMethod::Irm, 100)), 0.2 * scaleSlope(plain));
}

TEST(DomainGeneralisation, CoralGivesTheCovarianceOfTheTarget) {
  std::mt19937_64 engine(2);
  std::normal_distribution<double> normal;
  RowMatrix source(4000, 3), target(4000, 3);
  for (Eigen::Index i = 0; i < 4000; ++i)
    for (Eigen::Index j = 0; j < 3; ++j) {
      source(i, j) = 30 * normal(engine);
      target(i, j) = 20 * static_cast<double>(j + 1) * normal(engine);
    }
  target.col(1) += target.col(0);
  const RowMatrix aligned = coralAligned(source, target);
  auto covariance = [](const RowMatrix &rows) {
    const RowMatrix centered = rows.rowwise() - rows.colwise().mean();
    return Eigen::MatrixXd(centered.transpose() * centered /
                           static_cast<double>(rows.rows() - 1));
  };
  // The identity that regularises is small beside these variances.
  const Eigen::MatrixXd wanted = covariance(target);
  EXPECT_LT((covariance(aligned) - wanted).norm(), 0.01 * wanted.norm());
}

TEST(DomainGeneralisation, SubspaceIsWhereProgramsDiffer) {
  const Problem problem = randomProblem(300, 6, 3, 4);
  const Eigen::MatrixXd axes =
      programSubspace(problem.rows, problem.labels, problem.domains, 1);
  ASSERT_EQ(axes.cols(), 1);
  EXPECT_NEAR(axes.col(0).norm(), 1, 1e-12);
  // Column 3 holds the number of the domain.
  EXPECT_GT(std::abs(axes(3, 0)), 0.95);
}

} // namespace
