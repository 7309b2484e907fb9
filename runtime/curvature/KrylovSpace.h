//===- KrylovSpace.h - Orthonormal basis that products span -----*- C++ -*-===//
//
// The Lanczos recurrence without a decision when to stop: eigenvalues and
// spectral density both build on it.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_KRYLOVSPACE_H
#define DYNFAULT_RUNTIME_CURVATURE_KRYLOVSPACE_H

#include "runtime/curvature/HessianProduct.h"

#include <vector>

namespace dynfault {

/// An orthonormal basis of the Krylov spaces of one or more start vectors, and
/// the tridiagonal matrix T of the last of them. Every vector is
/// orthogonalised against all earlier ones, twice (Giraud, Langou and
/// Rozloznik 2005).
class KrylovSpace {
public:
  /// Room for `capacity` (>= 1) vectors like `start` [n], floating.
  KrylovSpace(const at::Tensor &start, int64_t capacity);

  /// Begins the Krylov space of `start`, which must not lie in the space
  /// spanned so far. \returns false if its norm is zero or not finite.
  bool begin(const at::Tensor &start);

  /// One product: extends T by a row. \returns false if the product or a norm
  /// is not finite; the space must not be used any more then.
  bool extend(CheckedProduct &product);

  /// What is left of the last product is rounding: the space is invariant.
  bool exhausted() const { return isExhausted; }
  /// Vectors of all spaces together.
  int64_t size() const { return used; }
  /// First vector of the last space.
  int64_t first() const { return begun; }
  /// T of the last space; `offDiagonal` is one shorter.
  const std::vector<double> &diagonal() const { return alphas; }
  const std::vector<double> &offDiagonal() const { return betas; }
  /// Norm of what the last product adds to the space; 0 if exhausted.
  double nextNorm() const { return beta; }
  /// Rows [size of the last space, n].
  at::Tensor basis() const;
  /// Removes from `v` its part in all spaces.
  at::Tensor orthogonalise(at::Tensor v) const;

private:
  at::Tensor rows;
  at::Tensor next;
  std::vector<double> alphas, betas;
  int64_t used = 0;
  int64_t begun = 0;
  double beta = 0;
  double scale = 0; // lower bound of |H|
  double epsilon;
  bool isExhausted = false;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_KRYLOVSPACE_H
