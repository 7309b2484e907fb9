//===- Lbfgs.cpp - Limited-memory BFGS ------------------------------------===//
//
// Close to the minimum the decrease drowns in the rounding of the value long
// before the gradient is small. There a step is also accepted when the value
// stays within rounding and the gradient shrinks (the idea of the approximate
// Wolfe conditions of W. Hager and H. Zhang, 2005).
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Lbfgs.h"

#include <cmath>
#include <deque>
#include <vector>

namespace dynfault::study {
namespace {

using Eigen::VectorXd;

constexpr size_t memory = 10;

struct Pair {
  VectorXd step;
  VectorXd change; ///< Of the gradient.
  VectorXd bent;   ///< Of the gradient's product with the metric.
  double inverse;  ///< 1 / step'change.
  double scale;    ///< change' metric change / step'change.
};

/// The metric is linear, so its product with what the first loop leaves of the
/// gradient is put together from products that are known.
VectorXd direction(const VectorXd &gradient, const VectorXd &bentGradient,
                   const std::deque<Pair> &pairs) {
  VectorXd q = -gradient;
  VectorXd bent = -bentGradient;
  std::vector<double> alpha(pairs.size());
  for (size_t i = pairs.size(); i-- > 0;) {
    alpha[i] = pairs[i].inverse * pairs[i].step.dot(q);
    q -= alpha[i] * pairs[i].change;
    bent -= alpha[i] * pairs[i].bent;
  }
  // The metric is right up to a factor; the last pair says which.
  if (!pairs.empty())
    bent /= pairs.back().scale;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const double beta = pairs[i].inverse * pairs[i].change.dot(bent);
    bent += (alpha[i] - beta) * pairs[i].step;
  }
  return bent;
}

} // namespace

LbfgsResult minimizeLbfgs(const Objective &objective, VectorXd &point,
                          const InverseMetric &metric, double tolerance,
                          int maxIterations, double rounding) {
  constexpr double sufficient = 1e-4;
  LbfgsResult result;
  VectorXd gradient;
  result.value = objective(point, gradient);
  VectorXd bentGradient = gradient;
  metric(bentGradient);
  std::deque<Pair> pairs;
  while (true) {
    result.gradientNorm = gradient.lpNorm<Eigen::Infinity>();
    result.converged = result.gradientNorm <= tolerance;
    if (result.converged || result.iterations == maxIterations)
      return result;

    VectorXd along = direction(gradient, bentGradient, pairs);
    double slope = along.dot(gradient);
    if (!(slope < 0)) {
      pairs.clear();
      along = direction(gradient, bentGradient, pairs);
      slope = along.dot(gradient);
    }

    double length = 1;
    bool accepted = false;
    VectorXd next, nextGradient;
    double nextValue = 0;
    for (int trial = 0; trial < 40 && !accepted; ++trial, length /= 2) {
      next = point + length * along;
      nextValue = objective(next, nextGradient);
      accepted = nextValue <= result.value + sufficient * length * slope ||
                 (std::abs(nextValue - result.value) <=
                      rounding * std::abs(result.value) &&
                  nextGradient.norm() < gradient.norm());
    }
    if (!accepted) {
      // Nothing to gain along the bent metric: once more along the plain one,
      // and if that fails too, this is as far as double precision goes.
      if (pairs.empty())
        return result;
      pairs.clear();
      continue;
    }

    ++result.iterations;
    VectorXd nextBent = nextGradient;
    metric(nextBent);
    Pair pair{next - point, nextGradient - gradient, nextBent - bentGradient, 0,
              1};
    const double product = pair.step.dot(pair.change);
    if (product > 1e-14 * pair.step.norm() * pair.change.norm()) {
      pair.inverse = 1 / product;
      pair.scale = pair.change.dot(pair.bent) * pair.inverse;
      pairs.push_back(std::move(pair));
      if (pairs.size() > memory)
        pairs.pop_front();
    }
    bentGradient = std::move(nextBent);
    point = std::move(next);
    gradient = std::move(nextGradient);
    result.value = nextValue;
  }
}

} // namespace dynfault::study
