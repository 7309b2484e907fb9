//===- Lanczos.h - Extreme eigenvalues of a symmetric matrix ----*- C++ -*-===//
//
// Lanczos rather than power iteration: both ends of the spectrum come from
// the same products, with a bound on the error, and far fewer of them.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_LANCZOS_H
#define DYNFAULT_RUNTIME_CURVATURE_LANCZOS_H

#include "runtime/curvature/HessianProduct.h"
#include "runtime/curvature/RandomVectors.h"

namespace dynfault {

/// What of the wanted extreme Ritz pairs is small when Lanczos stops.
enum class LanczosStop {
  /// The residual |Hy - theta y|: a bound on the distance to an eigenvalue, and
  /// on the eigenvector's angle times the gap.
  Residual,
  /// The value's error, estimated as min(r, r^2 / gap) of the residual r and
  /// the gap to the other eigenvalues (Parlett, The Symmetric Eigenvalue
  /// Problem, 1998, thm. 11.7.1). Fewer products; the vector is less exact.
  Error
};

struct LanczosOptions {
  /// At most so many products (>= 1); never more than the dimension.
  int64_t maxProducts = 20;
  /// Stop when the wanted extreme Ritz pairs' residuals, or errors, are below
  /// this share of the larger of the two values' magnitudes.
  double tolerance = 1e-3;
  /// Go on until the smallest eigenvalue has converged as well.
  bool wantBottom = true;
  LanczosStop stop = LanczosStop::Residual;
};

/// An approximate eigenpair.
struct RitzPair {
  double value = 0;
  /// |Hy - value*y| for the unit vector y: some eigenvalue lies this close to
  /// `value` (Parlett, The Symmetric Eigenvalue Problem, 1998, thm. 4.5.1).
  double residual = 0;
  at::Tensor vector; ///< [n], unit length, dtype and device of the start.
};

struct LanczosResult {
  /// False if a product or a norm was not finite; the pairs are then not set.
  bool finite = false;
  /// Residuals, or errors, below the tolerance, or the whole space searched.
  bool converged = false;
  int64_t products = 0;
  RitzPair top;    ///< Largest algebraic eigenvalue.
  RitzPair bottom; ///< Smallest algebraic eigenvalue.
};

/// Approximates the largest and the smallest eigenvalue of the matrix behind
/// `product`.
///
/// `start` [n], floating, not zero, should have a part in every eigenvector
/// (see mixedStart). `random` gives the vector to go on with where the Krylov
/// space of `start` is exhausted. Memory: maxProducts * n numbers.
LanczosResult lanczosExtremes(CheckedProduct &product, const at::Tensor &start,
                              RandomVectors &random,
                              const LanczosOptions &options);

/// A start vector from the Ritz vectors of an earlier, similar matrix (either
/// may be undefined): their sum and a random direction in equal parts. The
/// number of products saved depends on the logarithm of the angle between
/// start and eigenvector only, so that equal parts save nearly as much as the
/// eigenvectors themselves would, and leave the start generic: an eigenvalue
/// that newly became the largest is not overlooked.
at::Tensor mixedStart(const at::Tensor &top, const at::Tensor &bottom,
                      RandomVectors &random);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_LANCZOS_H
