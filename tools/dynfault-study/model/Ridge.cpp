//===- Ridge.cpp - Ridge classifier ---------------------------------------===//
//
// Rows are centred with their weights, which takes the unpenalised intercept
// out of the problem.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Ridge.h"

#include "tools/dynfault-study/model/LogisticRegression.h"

#include <Eigen/Cholesky>

namespace dynfault::study {

using Eigen::Index;
using Eigen::MatrixXd;

RidgeTrainer::RidgeTrainer(const RowMatrix &rows,
                           const std::vector<int> &labels, int classes) {
  const Eigen::VectorXd weights = balancedWeights(labels, classes);
  MatrixXd targets = MatrixXd::Constant(rows.rows(), classes, -1);
  for (size_t i = 0; i < labels.size(); ++i)
    targets(static_cast<Index>(i), labels[i]) = 1;
  center = weights.transpose() * rows;
  targetCenter = weights.transpose() * targets;
  const MatrixXd scaled =
      (rows.rowwise() - center).array().colwise() * weights.array().sqrt();
  const MatrixXd scaledTargets =
      (targets.rowwise() - targetCenter).array().colwise() *
      weights.array().sqrt();
  gram = MatrixXd::Zero(rows.cols(), rows.cols());
  gram.selfadjointView<Eigen::Lower>().rankUpdate(scaled.transpose());
  target.noalias() = scaled.transpose() * scaledTargets;
}

RidgeTrainer::Fit RidgeTrainer::fit(double strength) const {
  MatrixXd shifted = gram;
  shifted.diagonal().array() += strength;
  Fit fitted;
  fitted.coefficients =
      shifted.selfadjointView<Eigen::Lower>().llt().solve(target);
  fitted.intercepts = targetCenter - center * fitted.coefficients;
  return fitted;
}

} // namespace dynfault::study
