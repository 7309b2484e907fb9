//===- Statistics.h - Many numbers about one tensor -------------*- C++ -*-===//
//
// A probe wants a dozen numbers of each tensor. On a CPU they come from one or
// two plain loops, because for the small tensors of most programs the call of
// a LibTorch operator costs more than its work. On other devices they come from
// LibTorch's operators and stay there: nothing here waits for a device.
//
// All functions take tensors of any shape and floating type (half types are
// computed as float32), sum in float64, and return k float64 numbers where
// their argument is. Numbers of an empty tensor are NaN.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_STATISTICS_H
#define DYNFAULT_RUNTIME_OPS_STATISTICS_H

#include "runtime/ops/Numbers.h"

#include <string>

namespace dynfault {

/// Quantiles are taken over at most so many entries, evenly spaced in memory
/// order: entries floor(i * n / m), i < m = min(n, this).
constexpr int64_t kQuantileEntries = 256;

/// The effective rank is that of at most so many rows, evenly spaced likewise.
constexpr int64_t kRankRows = 128;

/// The ranges of an activation function's input in which it gives nothing, and
/// in which it hardly moves; infinite where there is no such range.
struct ActivationRange {
  double deadUpTo;       ///< Output is zero for x <= deadUpTo.
  double saturatedBelow; ///< Output is (nearly) constant for x < ...
  double saturatedAbove; ///< ... and for x > ...
};

/// The ranges of `kind` (`relu`, `sigmoid`, ...; docs/probes.md).
ActivationRange activationRange(const std::string &kind);

/// A tensor seen as [outer, units, inner].
struct UnitLayout {
  int64_t outer, units, inner;
};

/// `unitDim` 1: units are dimension 1 (channels); 0: the last one, or dimension
/// 1 for four and more dimensions. A vector or scalar is one row.
UnitLayout unitLayout(at::IntArrayRef sizes, int64_t unitDim);

/// [8]: mean; population standard deviation; quantiles .05, .5 and .95; shares
/// of dead and of saturated entries; share of units all of whose entries are
/// dead.
Numbers activationStatistics(const at::Tensor &x, const ActivationRange &range,
                             const UnitLayout &layout);

/// [1]: participation ratio (sum of l)^2 / sum of l^2 of the eigenvalues l of
/// the covariance between units (Gao et al. 2017, eq. 4), over the largest
/// value it could have, min(units, rows - 1): 1 if all directions vary alike.
/// The two sums are trace and squared Frobenius norm, so that no
/// eigendecomposition is needed. NaN for fewer than two rows, or if nothing
/// varies.
Numbers effectiveRank(const at::Tensor &x, const UnitLayout &layout);

/// [7] of a gradient: 2-norm; mean and maximum of |g|; share of exact zeros;
/// quantiles .1, .5 and .9 of |g|.
Numbers gradientStatistics(const at::Tensor &gradient);

/// [4] of a weight: 2-norm, mean, population standard deviation, maximum of
/// |w|.
Numbers weightStatistics(const at::Tensor &weight);

/// [4]: |after - before| / |before| (2-norms), and the quantiles .1, .5 and .9
/// of |after_i - before_i| over the root mean square of `before`. Not finite
/// where `before` is zero.
Numbers updateStatistics(const at::Tensor &after, const at::Tensor &before);

/// [2]: 2-norm of a, and cosine of the angle between a and b; the latter is NaN
/// where one of them is zero.
Numbers normAndCosine(const at::Tensor &a, const at::Tensor &b);

/// [2]: 2-norm and sum of the entries.
Numbers normAndSum(const at::Tensor &x);

/// [2]: share of the entries in which a and b differ (a NaN differs from all),
/// and |a| / |b| (2-norms; 1 where both are zero).
Numbers differenceStatistics(const at::Tensor &a, const at::Tensor &b);

namespace generic {
// The same through LibTorch's operators, on any device; for tests.
at::Tensor activationStatistics(const at::Tensor &x,
                                const ActivationRange &range,
                                const UnitLayout &layout);
at::Tensor effectiveRank(const at::Tensor &x, const UnitLayout &layout);
at::Tensor gradientStatistics(const at::Tensor &gradient);
at::Tensor weightStatistics(const at::Tensor &weight);
at::Tensor updateStatistics(const at::Tensor &after, const at::Tensor &before);
at::Tensor normAndCosine(const at::Tensor &a, const at::Tensor &b);
at::Tensor normAndSum(const at::Tensor &x);
at::Tensor differenceStatistics(const at::Tensor &a, const at::Tensor &b);
} // namespace generic

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_STATISTICS_H
