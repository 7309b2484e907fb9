//===- Lanczos.cpp - Extreme eigenvalues of a symmetric matrix ------------===//
//
// Without re-orthogonalisation Lanczos vectors lose their orthogonality as
// soon as the first Ritz pair converges, and copies of it appear (Paige 1971).
// A few dozen vectors are cheap beside as many Hessian products, so all are
// kept and each new one is orthogonalised against all of them, twice: a third
// time gains nothing (Giraud, Langou and Rozloznik 2005). Vectors have the
// parameters' dtype; the tridiagonal matrix is accumulated in float64.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/Lanczos.h"

#include <ATen/ATen.h>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace dynfault;

static double norm64(const at::Tensor &v) { return std::sqrt(dot64(v, v)); }

/// Removes from `w` its part in the row space of `basis`; two passes.
static at::Tensor orthogonalise(at::Tensor w, const at::Tensor &basis) {
  for (int pass = 0; pass < 2; ++pass)
    w = at::addmv(w, basis.t(), at::mv(basis, w), 1, -1);
  return w;
}

namespace {

/// Vectors that one start vector spans, as columns first, first + 1, ... of
/// the basis, with the tridiagonal matrix in them.
struct Block {
  int64_t first = 0;
  std::vector<double> diagonal;
  std::vector<double> offDiagonal; // one shorter than the diagonal

  int64_t size() const { return static_cast<int64_t>(diagonal.size()); }
};

/// An extreme eigenpair of a block's tridiagonal matrix.
struct Extreme {
  double value;
  double residual;
  std::vector<double> coefficients;
};

/// Bottom and top of a block.
struct Extremes {
  Extreme bottom;
  Extreme top;
};

} // namespace

/// `nextNorm` is the norm of what the last product adds to the block's space.
static Extremes extremesOf(const Block &block, double nextNorm) {
  using Eigen::VectorXd;
  int64_t size = block.size();
  VectorXd diagonal = VectorXd::Map(block.diagonal.data(), size);
  VectorXd offDiagonal = VectorXd::Map(block.offDiagonal.data(), size - 1);
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal, offDiagonal);
  auto pick = [&](int64_t i) {
    VectorXd column = solver.eigenvectors().col(i);
    return Extreme{solver.eigenvalues()[i],
                   nextNorm * std::abs(column[size - 1]),
                   std::vector<double>(column.data(), column.data() + size)};
  };
  return {pick(0), pick(size - 1)};
}

static RitzPair toPair(const Extreme &extreme, const Block &block,
                       const at::Tensor &basis) {
  at::Tensor rows = basis.narrow(0, block.first, block.size());
  at::Tensor coefficients =
      at::tensor(at::ArrayRef<double>(extreme.coefficients), at::kDouble)
          .to(basis.options());
  at::Tensor vector = at::mv(rows.t(), coefficients);
  vector.div_(norm64(vector));
  return {extreme.value, extreme.residual, vector};
}

LanczosResult dynfault::lanczosExtremes(CheckedProduct &product,
                                        const at::Tensor &start,
                                        RandomVectors &random,
                                        const LanczosOptions &options) {
  TORCH_CHECK(start.dim() == 1 && start.numel() > 0,
              "Lanczos: the start must be a vector, not of shape ",
              start.sizes());
  TORCH_CHECK(options.maxProducts >= 1,
              "Lanczos: at least 1 product is needed, not ",
              options.maxProducts);
  at::NoGradGuard noGrad;
  LanczosResult result;
  int64_t dimension = start.numel();
  int64_t limit = std::min(options.maxProducts, dimension);
  double epsilon = start.scalar_type() == at::kDouble
                       ? std::numeric_limits<double>::epsilon()
                       : std::numeric_limits<float>::epsilon();

  double startNorm = norm64(start);
  if (!std::isfinite(startNorm) || startNorm == 0)
    return result;
  at::Tensor basis = at::empty({limit, dimension}, start.options());
  at::Tensor next = start.div(startNorm);
  Block block;
  double scale = 0; // lower bound of |H|
  bool restarted = false;
  bool anyBlock = false;

  for (int64_t k = 0; k < limit; ++k) {
    basis[k].copy_(next);
    at::Tensor w = product(basis[k]);
    ++result.products;
    if (!w.defined())
      return result;
    double alpha = dot64(w, basis[k]);
    w = orthogonalise(w, basis.narrow(0, 0, k + 1));
    double beta = norm64(w);
    if (!std::isfinite(alpha) || !std::isfinite(beta))
      return result;
    block.diagonal.push_back(alpha);
    scale = std::max(scale, std::abs(alpha) + beta);

    // What is left is rounding: the block's space is invariant.
    bool exhausted =
        beta <= 10 * epsilon * std::sqrt(static_cast<double>(k + 1)) * scale;
    if (exhausted)
      beta = 0;
    Extremes extremes = extremesOf(block, beta);
    double bound =
        options.tolerance *
        std::max(std::abs(extremes.top.value), std::abs(extremes.bottom.value));
    bool small =
        extremes.top.residual <= bound && extremes.bottom.residual <= bound;
    // A single vector says nothing about the other end.
    bool converged = exhausted || (small && block.size() > 1);
    if (!converged && k + 1 < limit) {
      block.offDiagonal.push_back(beta);
      next = w.div_(beta);
      continue;
    }

    if (!anyBlock || extremes.top.value > result.top.value)
      result.top = toPair(extremes.top, block, basis);
    if (!anyBlock || extremes.bottom.value < result.bottom.value)
      result.bottom = toPair(extremes.bottom, block, basis);
    anyBlock = true;
    // An exhausted space contains every eigenvalue that the start had a part
    // in. One random vector more, to find what it may have had none in; its
    // space contains the rest with probability one.
    if (exhausted && !restarted && k + 1 < limit) {
      restarted = true;
      next = orthogonalise(random.gaussian(), basis.narrow(0, 0, k + 1));
      next.div_(norm64(next));
      block = Block{k + 1, {}, {}};
      continue;
    }
    result.finite = true;
    result.converged = converged || k + 1 == dimension;
    return result;
  }
  return result;
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
