//===- KrylovSpace.cpp - Orthonormal basis that products span -------------===//
//
// Without re-orthogonalisation Lanczos vectors lose their orthogonality as
// soon as the first Ritz pair converges, and copies of it appear (Paige 1971).
// A few dozen vectors are cheap beside as many Hessian products, so all are
// kept and each new one is orthogonalised against all of them, twice: a third
// time gains nothing (Giraud, Langou and Rozloznik 2005). Vectors have the
// parameters' dtype; the tridiagonal matrix is accumulated in float64.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/KrylovSpace.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace dynfault;

KrylovSpace::KrylovSpace(const at::Tensor &start, int64_t capacity)
    : epsilon(start.scalar_type() == at::kDouble
                  ? std::numeric_limits<double>::epsilon()
                  : std::numeric_limits<float>::epsilon()) {
  TORCH_CHECK(start.dim() == 1 && start.numel() > 0,
              "Lanczos: the start must be a vector, not of shape ",
              start.sizes());
  TORCH_CHECK(capacity >= 1, "Lanczos: at least 1 product is needed, not ",
              capacity);
  rows = at::empty({std::min(capacity, start.numel()), start.numel()},
                   start.options());
}

bool KrylovSpace::begin(const at::Tensor &start) {
  double startNorm = norm64(start);
  if (!std::isfinite(startNorm) || startNorm == 0)
    return false;
  next = start.div(startNorm);
  begun = used;
  alphas.clear();
  betas.clear();
  isExhausted = false;
  return true;
}

bool KrylovSpace::extend(CheckedProduct &product) {
  if (!alphas.empty())
    betas.push_back(beta);
  rows[used].copy_(next);
  at::Tensor w = product(rows[used]);
  if (!w.defined())
    return false;
  double alpha = dot64(w, rows[used]);
  ++used;
  w = orthogonalise(w);
  beta = norm64(w);
  if (!std::isfinite(alpha) || !std::isfinite(beta))
    return false;
  alphas.push_back(alpha);
  scale = std::max(scale, std::abs(alpha) + beta);
  isExhausted =
      beta <= 10 * epsilon * std::sqrt(static_cast<double>(used)) * scale;
  if (isExhausted)
    beta = 0;
  else
    next = w.div_(beta);
  return true;
}

at::Tensor KrylovSpace::basis() const {
  return rows.narrow(0, begun, used - begun);
}

at::Tensor KrylovSpace::orthogonalise(at::Tensor v) const {
  at::Tensor basis = rows.narrow(0, 0, used);
  for (int pass = 0; pass < 2; ++pass)
    v = at::addmv(v, basis.t(), at::mv(basis, v), 1, -1);
  return v;
}
