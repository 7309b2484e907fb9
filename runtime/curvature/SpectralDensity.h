//===- SpectralDensity.h - How the eigenvalues are spread -------*- C++ -*-===//
//
// Stochastic Lanczos quadrature: the Lanczos tridiagonal matrix of a random
// start is a Gauss quadrature rule for the distribution of the eigenvalues,
// weighted by the start's parts in the eigenvectors (Golub and Welsch 1969;
// for Hessians Ghorbani, Krishnan and Xiao, ICML 2019).
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_SPECTRALDENSITY_H
#define DYNFAULT_RUNTIME_CURVATURE_SPECTRALDENSITY_H

#include "runtime/curvature/HessianProduct.h"
#include "runtime/curvature/RandomVectors.h"

#include <vector>

namespace dynfault {

/// The distribution of eigenvalues as weights at nodes.
struct SpectralDensity {
  bool finite = false; ///< False if a product was not; the rest is not set.
  std::vector<double> nodes;   ///< Ascending.
  std::vector<double> weights; ///< Not negative, sum 1.
};

/// The rule of `starts` (>= 1) random sign vectors with at most `steps` (>= 1)
/// products each, averaged. Moments up to degree 2 * steps - 1 are those of
/// the start vectors exactly, and those of the spectrum on average. Memory:
/// steps * n numbers.
SpectralDensity spectralDensity(CheckedProduct &product, RandomVectors &random,
                                int64_t starts, int64_t steps);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_SPECTRALDENSITY_H
