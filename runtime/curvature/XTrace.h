//===- XTrace.h - Trace with the large eigenvalues taken out ----*- C++ -*-===//
//
// A Hessian's trace is dominated by few eigenvalues. An estimator that finds
// their space and takes the trace there exactly leaves only the small rest to
// chance: Hutch++ (Meyer, Musco, Musco and Woodruff 2021). XTrace (Epperly,
// Tropp and Webber, SIAM J. Matrix Anal. Appl. 45, 2024) does that once for
// every sample with the other samples' space, so that each product serves both
// purposes.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_XTRACE_H
#define DYNFAULT_RUNTIME_CURVATURE_XTRACE_H

#include "runtime/curvature/Hutchinson.h"

namespace dynfault {

/// Estimates the trace from `samples` (even, >= 4) products, half of them with
/// Rademacher vectors and half with the orthonormal basis of what these gave.
/// The estimate is unbiased. The standard error is the standard deviation of
/// the samples / 2 leave-one-out estimates over the root of their number: these
/// estimates are not independent, so that it is a good guess, no bound. A
/// matrix whose rank is below samples / 2 gives its exact trace with error 0.
///
/// Frobenius norm and traces of blocks come from the random half, as in
/// estimateTrace. Memory: samples * n numbers.
TraceEstimate estimateTraceXTrace(CheckedProduct &product,
                                  RandomVectors &random, int64_t samples,
                                  const std::vector<BlockRanges> &blocks = {});

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_XTRACE_H
