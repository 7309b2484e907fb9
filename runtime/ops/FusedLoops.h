//===- FusedLoops.h - Optimizer updates in one pass over memory -*- C++ -*-===//
//
// An Adam update takes seven ATen operators for each parameter; for the small
// layers of most programs, calling them takes far longer than computing. These
// loops do the same arithmetic, in the same order and with the same roundings,
// in one pass. FusedUpdates.h decides when they may be used.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_FUSEDLOOPS_H
#define DYNFAULT_RUNTIME_OPS_FUSEDLOOPS_H

#include <cstdint>

namespace dynfault {

/// Scalars as they enter the arithmetic; those of an update that does without
/// one are neutral where that changes no bit, and told by a flag elsewhere.
template <typename T>
struct AdamScalars {
  T beta1, oneMinusBeta1, beta2, oneMinusBeta2;
  T correction2Sqrt; ///< sqrt(1 - beta2^t).
  T eps;
  T minusStepSize; ///< -lr / (1 - beta1^t).
  T weightDecay;   ///< Added to the gradient; 0: not added.
  T shrink;        ///< Multiplies the parameter first; 1: not.
};

template <typename T>
struct SgdScalars {
  T momentum; ///< 0: no buffer.
  T oneMinusDampening;
  T weightDecay; ///< Added to the gradient; 0: not added.
  T minusLr;
  bool nesterov, firstUpdate;
};

template <typename T>
struct RmsPropScalars {
  T alpha, oneMinusAlpha, eps, minusLr;
  T weightDecay; ///< Added to the gradient; 0: not added.
};

/// How a product that is added to something is rounded.
enum class ProductRounding {
  Fused,   ///< Once, with the sum (fused multiply-add).
  Separate ///< Before the sum.
};

/// Whether this machine has what the loops with this rounding need.
bool supportsRounding(ProductRounding rounding);

/// `parameter`, `expAvg`, `expAvgSq` and `gradient` have `count` elements each
/// and do not overlap. The gradient is not changed. T is float or double.
template <typename T>
void adamLoop(ProductRounding rounding, const AdamScalars<T> &scalars,
              T *parameter, T *expAvg, T *expAvgSq, const T *gradient,
              int64_t count);

/// `buffer` may be null if there is no momentum.
template <typename T>
void sgdLoop(ProductRounding rounding, const SgdScalars<T> &scalars,
             T *parameter, T *buffer, const T *gradient, int64_t count);

/// Without centring and momentum.
template <typename T>
void rmsPropLoop(ProductRounding rounding, const RmsPropScalars<T> &scalars,
                 T *parameter, T *squareAvg, const T *gradient, int64_t count);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_FUSEDLOOPS_H
