//===- SpectralDensity.cpp - How the eigenvalues are spread ---------------===//
//
// The rule is kept as it is, nodes and weights: any width of smoothing can be
// chosen when it is drawn, and none has to be guessed here.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/SpectralDensity.h"

#include "runtime/curvature/KrylovSpace.h"

#include <ATen/ATen.h>
#include <Eigen/Eigenvalues>

#include <algorithm>

using namespace dynfault;

SpectralDensity dynfault::spectralDensity(CheckedProduct &product,
                                          RandomVectors &random, int64_t starts,
                                          int64_t steps) {
  TORCH_CHECK(starts >= 1 && steps >= 1, "spectral density: at least 1 start ",
              "and 1 step are needed, not ", starts, " and ", steps);
  at::NoGradGuard noGrad;
  SpectralDensity result;
  std::vector<std::pair<double, double>> rule;
  for (int64_t i = 0; i < starts; ++i) {
    at::Tensor start = random.rademacher();
    KrylovSpace space(start, steps);
    space.begin(start);
    int64_t limit = std::min(steps, start.numel());
    while (space.size() < limit && !space.exhausted())
      if (!space.extend(product))
        return result;
    using Eigen::VectorXd;
    auto size = static_cast<int64_t>(space.diagonal().size());
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
    solver.computeFromTridiagonal(
        VectorXd::Map(space.diagonal().data(), size),
        VectorXd::Map(space.offDiagonal().data(), size - 1));
    for (int64_t k = 0; k < size; ++k) {
      double first = solver.eigenvectors()(0, k);
      rule.emplace_back(solver.eigenvalues()[k],
                        first * first / static_cast<double>(starts));
    }
  }
  std::sort(rule.begin(), rule.end());
  for (auto [node, weight] : rule) {
    result.nodes.push_back(node);
    result.weights.push_back(weight);
  }
  result.finite = true;
  return result;
}
