//===- LossLoops.h - Parts of losses on few numbers -------------*- C++ -*-===//
//
// A loss of a small program is a dozen operators on a handful of numbers, and
// each takes longer to call than to compute. What lies between the functions
// that LibTorch has kernels for (exponentials, logarithms, sums) is done here
// with the same roundings, one for each operation.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_LOSSLOOPS_H
#define DYNFAULT_RUNTIME_STEP_LOSSLOOPS_H

#include <cstdint>

namespace dynfault {

/// Of `count` logits x and targets t, with m = max(-x, 0): `linear` =
/// (1 - t) x + m, and in `exponents` [2 * count] all -m and then all -x - m.
void beginBinaryLogits(const float *x, const float *t, float *linear,
                       float *exponents, int64_t count);

/// `sum` += `other`, [count] each.
void addNumbers(float *sum, const float *other, int64_t count);

/// `gradient` [count], which holds sigmoid(x), becomes (sigmoid(x) - t)
/// `factor` / `divisor`.
///
/// \returns false if one of these is not finite: which of two NaN an operation
/// gives depends on the order of its operands, which a compiler chooses.
bool deriveBinaryLogits(float *gradient, const float *t, float factor,
                        float divisor, int64_t count);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_LOSSLOOPS_H
