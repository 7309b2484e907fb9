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

constexpr size_t mostPairs = 20;

struct Pair {
  VectorXd step;
  VectorXd change; ///< Of the gradient.
  VectorXd bent;   ///< Its product with the metric; empty if it came from
                   ///< another minimisation.
  double inverse;  ///< 1 / step'change.
  double scale;    ///< change' metric change / step'change.
};

/// The metric is linear, so its product with what the first loop leaves of the
/// gradient is put together from products that are known and one of what is
/// not.
VectorXd direction(const VectorXd &gradient, const VectorXd &bentGradient,
                   const std::deque<Pair> &pairs, const InverseMetric &metric) {
  VectorXd q = -gradient;
  VectorXd bent = -bentGradient;
  VectorXd open;
  std::vector<double> alpha(pairs.size());
  for (size_t i = pairs.size(); i-- > 0;) {
    alpha[i] = pairs[i].inverse * pairs[i].step.dot(q);
    q -= alpha[i] * pairs[i].change;
    if (pairs[i].bent.size() > 0)
      bent -= alpha[i] * pairs[i].bent;
    else if (open.size() > 0)
      open += alpha[i] * pairs[i].change;
    else
      open = alpha[i] * pairs[i].change;
  }
  if (open.size() > 0) {
    metric(open);
    bent -= open;
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

/// Whether a pair tells of positive curvature.
bool isUseful(const VectorXd &step, const VectorXd &change) {
  return step.dot(change) > 1e-14 * step.norm() * change.norm();
}

std::deque<Pair> recalled(const LbfgsMemory *memory, Eigen::Index size) {
  std::deque<Pair> pairs;
  if (memory)
    for (const LbfgsMemory::Pair &known : memory->pairs)
      if (known.step.size() == size && isUseful(known.step, known.change))
        pairs.push_back({known.step, known.change, VectorXd(),
                         1 / known.step.dot(known.change), known.scale});
  return pairs;
}

} // namespace

LbfgsResult minimizeLbfgs(const Objective &objective, VectorXd &point,
                          const InverseMetric &metric, double tolerance,
                          int maxIterations, double rounding,
                          LbfgsMemory *memory) {
  constexpr double sufficient = 1e-4;
  LbfgsResult result;
  VectorXd gradient;
  result.value = objective(point, gradient);
  VectorXd bentGradient = gradient;
  metric(bentGradient);
  std::deque<Pair> pairs = recalled(memory, point.size());
  while (true) {
    result.gradientNorm = gradient.lpNorm<Eigen::Infinity>();
    result.converged = result.gradientNorm <= tolerance;
    if (result.converged || result.iterations == maxIterations)
      break;

    VectorXd along = direction(gradient, bentGradient, pairs, metric);
    double slope = along.dot(gradient);
    if (!(slope < 0)) {
      pairs.clear();
      along = direction(gradient, bentGradient, pairs, metric);
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
        break;
      pairs.clear();
      continue;
    }

    ++result.iterations;
    VectorXd nextBent = nextGradient;
    metric(nextBent);
    Pair pair{next - point, nextGradient - gradient, nextBent - bentGradient, 0,
              1};
    if (isUseful(pair.step, pair.change)) {
      pair.inverse = 1 / pair.step.dot(pair.change);
      pair.scale = pair.change.dot(pair.bent) * pair.inverse;
      pairs.push_back(std::move(pair));
      if (pairs.size() > mostPairs)
        pairs.pop_front();
    }
    bentGradient = std::move(nextBent);
    point = std::move(next);
    gradient = std::move(nextGradient);
    result.value = nextValue;
  }
  if (memory) {
    memory->pairs.clear();
    for (Pair &pair : pairs)
      memory->pairs.push_back(
          {std::move(pair.step), std::move(pair.change), pair.scale});
  }
  return result;
}

} // namespace dynfault::study
