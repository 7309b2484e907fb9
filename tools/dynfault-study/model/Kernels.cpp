//===- Kernels.cpp - Products of many rows with few columns ---------------===//
//
// The loops are written once with vector types and compiled twice. This file is
// compiled with -ffp-contract=off.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Kernels.h"

namespace dynfault::study {
namespace {

using Eigen::Index;

/// Four doubles, wherever they lie.
using Four __attribute__((vector_size(32), aligned(8))) = double;

#define DYNFAULT_INLINE inline __attribute__((always_inline))

DYNFAULT_INLINE const Four &at(const double *where) {
  return *reinterpret_cast<const Four *>(where);
}
DYNFAULT_INLINE Four &at(double *where) {
  return *reinterpret_cast<Four *>(where);
}

DYNFAULT_INLINE void scoresOf(const double *rows, Index count, Index features,
                              const double *weights, Index width,
                              double *scores) {
  for (Index c = 0; c < width; c += kernelWidth) {
    if (count == kernelRows) {
      Four sum[kernelRows] = {};
      for (Index j = 0; j < features; ++j) {
        const Four &w = at(weights + j * width + c);
        for (Index r = 0; r < kernelRows; ++r)
          sum[r] += rows[r * features + j] * w;
      }
      for (Index r = 0; r < kernelRows; ++r)
        at(scores + r * width + c) = sum[r];
      continue;
    }
    for (Index r = 0; r < count; ++r) {
      Four sum{};
      for (Index j = 0; j < features; ++j)
        sum += rows[r * features + j] * at(weights + j * width + c);
      at(scores + r * width + c) = sum;
    }
  }
}

DYNFAULT_INLINE void gradientOf(const double *rows, Index count, Index features,
                                const double *residuals, Index width,
                                double *gradient) {
  for (Index c = 0; c < width; c += kernelWidth) {
    if (count == kernelRows) {
      Four residual[kernelRows];
      for (Index r = 0; r < kernelRows; ++r)
        residual[r] = at(residuals + r * width + c);
      for (Index j = 0; j < features; ++j) {
        Four sum = at(gradient + j * width + c);
        for (Index r = 0; r < kernelRows; ++r)
          sum += rows[r * features + j] * residual[r];
        at(gradient + j * width + c) = sum;
      }
      continue;
    }
    for (Index j = 0; j < features; ++j) {
      Four sum = at(gradient + j * width + c);
      for (Index r = 0; r < count; ++r)
        sum += rows[r * features + j] * at(residuals + r * width + c);
      at(gradient + j * width + c) = sum;
    }
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void scoresAvx2(const double *rows, Index count,
                                                Index features,
                                                const double *weights,
                                                Index width, double *scores) {
  scoresOf(rows, count, features, weights, width, scores);
}

__attribute__((target("avx2"))) void
gradientAvx2(const double *rows, Index count, Index features,
             const double *residuals, Index width, double *gradient) {
  gradientOf(rows, count, features, residuals, width, gradient);
}

const bool hasAvx2 = __builtin_cpu_supports("avx2");
#endif

} // namespace

void rowScores(const double *rows, Index count, Index features,
               const double *weights, Index width, double *scores) {
#if defined(__x86_64__)
  if (hasAvx2)
    return scoresAvx2(rows, count, features, weights, width, scores);
#endif
  scoresOf(rows, count, features, weights, width, scores);
}

void addRowGradient(const double *rows, Index count, Index features,
                    const double *residuals, Index width, double *gradient) {
#if defined(__x86_64__)
  if (hasAvx2)
    return gradientAvx2(rows, count, features, residuals, width, gradient);
#endif
  gradientOf(rows, count, features, residuals, width, gradient);
}

} // namespace dynfault::study
