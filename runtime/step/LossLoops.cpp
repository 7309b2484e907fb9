//===- LossLoops.cpp - Parts of losses on few numbers ---------------------===//
//
// Compiled with -ffp-contract=off: no product is rounded together with a sum.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/LossLoops.h"

#include <cmath>

void dynfault::beginBinaryLogits(const float *x, const float *t, float *linear,
                                 float *exponents, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    float negative = -x[i];
    // A NaN stays one.
    float most = negative < 0 ? 0 : negative;
    linear[i] = (1 - t[i]) * x[i] + most;
    exponents[i] = -most;
    exponents[count + i] = negative - most;
  }
}

void dynfault::addNumbers(float *sum, const float *other, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    sum[i] += other[i];
}

bool dynfault::deriveBinaryLogits(float *gradient, const float *t, float factor,
                                  float divisor, int64_t count) {
  bool finite = true;
  for (int64_t i = 0; i < count; ++i) {
    gradient[i] = (gradient[i] - t[i]) * factor / divisor;
    finite &= std::isfinite(gradient[i]);
  }
  return finite;
}
