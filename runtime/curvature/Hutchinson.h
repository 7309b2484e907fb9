//===- Hutchinson.h - Stochastic trace and Frobenius norm -------*- C++ -*-===//
//
// The trace is the sum of all eigenvalues, and needs no entry of the matrix:
// the mean of v'Hv over random sign vectors is unbiased, and among all vectors
// with independent entries signs have the least variance (Hutchinson 1990).
// The same products give the squared Frobenius norm, the mean of |Hv|^2, and
// with v and Hv cut to a layer's parameters the trace of its diagonal block.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_HUTCHINSON_H
#define DYNFAULT_RUNTIME_CURVATURE_HUTCHINSON_H

#include "runtime/curvature/HessianProduct.h"
#include "runtime/curvature/RandomVectors.h"

#include <vector>

namespace dynfault {

/// Mean of samples and its standard error: their standard deviation (n - 1)
/// over the root of their number; NaN for one sample, which says nothing about
/// its spread.
struct Estimate {
  double mean = 0;
  double standardError = 0;
};

/// In one pass (Welford 1962): the samples of a large trace are large numbers
/// that lie close together.
class RunningEstimate {
public:
  void add(double sample);
  Estimate result() const;

private:
  double count = 0;
  double mean = 0;
  double squares = 0;
};

/// Which entries of a vector belong to a diagonal block: ranges
/// [offset, offset + count), in any number.
struct BlockRanges {
  std::vector<std::pair<int64_t, int64_t>> ranges;
};

struct TraceEstimate {
  /// False if a product was not finite; the other fields are then not set.
  bool finite = false;
  double trace = 0;
  double standardError = 0; ///< See Estimate.
  /// Root of the mean of |Hv|^2: slightly too small on average, since the root
  /// is concave.
  double frobeniusNorm = 0;
  std::vector<Estimate> blocks; ///< Traces of the blocks that were asked for.
};

/// Estimates the trace from `samples` (>= 1) products with Rademacher vectors,
/// and with the same products the traces of diagonal `blocks`: those also
/// spread by the entries that couple a block to the others.
TraceEstimate estimateTrace(CheckedProduct &product, RandomVectors &random,
                            int64_t samples,
                            const std::vector<BlockRanges> &blocks = {});

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_HUTCHINSON_H
