//===- Hutchinson.h - Stochastic trace --------------------------*- C++ -*-===//
//
// The trace is the sum of all eigenvalues, and needs no entry of the matrix:
// the mean of v'Hv over random sign vectors is unbiased, and among all vectors
// with independent entries signs have the least variance (Hutchinson 1990).
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_HUTCHINSON_H
#define DYNFAULT_RUNTIME_CURVATURE_HUTCHINSON_H

#include "runtime/curvature/HessianProduct.h"
#include "runtime/curvature/RandomVectors.h"

namespace dynfault {

struct TraceEstimate {
  /// False if a product was not finite; the other fields are then not set.
  bool finite = false;
  double trace = 0;
  /// Standard deviation of the samples (n - 1) over the root of their number;
  /// NaN for a single sample, which says nothing about its spread.
  double standardError = 0;
};

/// Estimates the trace from `samples` (>= 1) products with Rademacher vectors.
TraceEstimate estimateTrace(CheckedProduct &product, RandomVectors &random,
                            int64_t samples);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_HUTCHINSON_H
