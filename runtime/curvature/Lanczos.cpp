//===- Lanczos.cpp - Extreme eigenvalues of a symmetric matrix ------------===//
//
// Both stops look at residuals, which bound the error, and not at how little
// the value still moves: that mistakes a slow iteration for a finished one.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/Lanczos.h"

#include "runtime/curvature/KrylovSpace.h"

#include <ATen/ATen.h>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace dynfault;

namespace {

/// An extreme eigenpair of a block's tridiagonal matrix.
struct Extreme {
  double value;
  double residual;
  double error; ///< Of the value, estimated.
  std::vector<double> coefficients;
};

/// Bottom and top of a Krylov space.
struct Extremes {
  Extreme bottom;
  Extreme top;
};

} // namespace

/// The error of a Ritz value whose nearest neighbour is `neighbour`. The true
/// gap is not known: eigenvalues lie within the residuals of the Ritz values,
/// so that much is taken off.
static double estimateError(double value, double residual, double neighbour,
                            double neighbourResidual) {
  double gap = std::abs(value - neighbour) - residual - neighbourResidual;
  return gap > residual ? residual * residual / gap : residual;
}

static Extremes extremesOf(const KrylovSpace &space) {
  using Eigen::VectorXd;
  auto size = static_cast<int64_t>(space.diagonal().size());
  VectorXd diagonal = VectorXd::Map(space.diagonal().data(), size);
  VectorXd offDiagonal = VectorXd::Map(space.offDiagonal().data(), size - 1);
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal, offDiagonal);
  const VectorXd &ritz = solver.eigenvalues();
  auto residual = [&](int64_t i) {
    return space.nextNorm() * std::abs(solver.eigenvectors()(size - 1, i));
  };
  auto pick = [&](int64_t i, int64_t next) {
    VectorXd column = solver.eigenvectors().col(i);
    double error = size == 1 ? residual(i)
                             : estimateError(ritz[i], residual(i), ritz[next],
                                             residual(next));
    return Extreme{ritz[i], residual(i), error,
                   std::vector<double>(column.data(), column.data() + size)};
  };
  return {pick(0, 1), pick(size - 1, size - 2)};
}

static RitzPair toPair(const Extreme &extreme, const at::Tensor &basis) {
  at::Tensor coefficients =
      at::tensor(at::ArrayRef<double>(extreme.coefficients), at::kDouble)
          .to(basis.options());
  at::Tensor vector = at::mv(basis.t(), coefficients);
  vector.div_(norm64(vector));
  return {extreme.value, extreme.residual, vector};
}

LanczosResult dynfault::lanczosExtremes(CheckedProduct &product,
                                        const at::Tensor &start,
                                        RandomVectors &random,
                                        const LanczosOptions &options) {
  at::NoGradGuard noGrad;
  LanczosResult result;
  KrylovSpace space(start, options.maxProducts);
  int64_t limit = std::min(options.maxProducts, start.numel());
  bool restarted = false;
  bool anySpace = false;

  if (!space.begin(start))
    return result;
  while (true) {
    bool finite = space.extend(product);
    ++result.products;
    if (!finite)
      return result;
    Extremes extremes = extremesOf(space);
    double bound =
        options.tolerance *
        std::max(std::abs(extremes.top.value), std::abs(extremes.bottom.value));
    auto isSmall = [&](const Extreme &extreme) {
      return (options.stop == LanczosStop::Error ? extreme.error
                                                 : extreme.residual) <= bound;
    };
    bool small = isSmall(extremes.top) &&
                 (!options.wantBottom || isSmall(extremes.bottom));
    // A single vector says nothing about the other end.
    bool converged =
        space.exhausted() || (small && space.diagonal().size() > 1);
    if (!converged && space.size() < limit)
      continue;

    if (!anySpace || extremes.top.value > result.top.value)
      result.top = toPair(extremes.top, space.basis());
    if (!anySpace || extremes.bottom.value < result.bottom.value)
      result.bottom = toPair(extremes.bottom, space.basis());
    anySpace = true;
    // An exhausted space contains every eigenvalue that the start had a part
    // in. One random vector more, to find what it may have had none in; its
    // space contains the rest with probability one.
    if (space.exhausted() && !restarted && space.size() < limit) {
      restarted = true;
      if (space.begin(space.orthogonalise(random.gaussian())))
        continue;
    }
    result.finite = true;
    result.converged = converged || space.size() == start.numel();
    return result;
  }
}

at::Tensor dynfault::mixedStart(const at::Tensor &top, const at::Tensor &bottom,
                                RandomVectors &random) {
  at::NoGradGuard noGrad;
  at::Tensor start = random.gaussian();
  start.div_(norm64(start));
  for (const at::Tensor &vector : {top, bottom})
    if (vector.defined() && vector.numel() == start.numel())
      start.add_(vector.to(start.options()));
  return start;
}
