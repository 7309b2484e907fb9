//===- Kernels.cpp - Standardising, and the splits of trees ---------------===//
//
// Products are in RowKernels.cpp and GramKernels.cpp.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Kernels.h"
#include "tools/dynfault-study/model/Lanes.h"

#include <vector>

namespace dynfault::study {
namespace {

using Eigen::Index;

template <typename T>
DYNFAULT_INLINE void standardizeOf(const double *values, Index count,
                                   const double *fill, const double *center,
                                   const double *inverseScale, T *out) {
  for (Index i = 0; i < count; ++i) {
    const double value = values[i] == values[i] ? values[i] : fill[i];
    out[i] = static_cast<T>((value - center[i]) * inverseScale[i]);
  }
}

using Counts __attribute__((vector_size(16), aligned(4))) = int;

/// Four splits by four classes, turned round.
DYNFAULT_INLINE void transpose(Doubles (&rows)[4]) {
  using Places __attribute__((vector_size(32))) = long;
  const Places even = {0, 4, 2, 6}, odd = {1, 5, 3, 7};
  const Places low = {0, 1, 4, 5}, high = {2, 3, 6, 7};
  const Doubles a = __builtin_shuffle(rows[0], rows[1], even);
  const Doubles b = __builtin_shuffle(rows[0], rows[1], odd);
  const Doubles c = __builtin_shuffle(rows[2], rows[3], even);
  const Doubles d = __builtin_shuffle(rows[2], rows[3], odd);
  rows[0] = __builtin_shuffle(a, c, low);
  rows[1] = __builtin_shuffle(b, d, low);
  rows[2] = __builtin_shuffle(a, c, high);
  rows[3] = __builtin_shuffle(b, d, high);
}

/// Sums over classes of four splits.
struct SplitSums {
  Doubles left = {}, leftSquares = {}, rightSquares = {};
};

DYNFAULT_INLINE Doubles gainOf(const SplitSums &sums, double all,
                               double parent) {
  return sums.leftSquares / sums.left + sums.rightSquares / (all - sums.left) -
         parent;
}

/// Adds four classes; `running` is their weight up to the split before.
DYNFAULT_INLINE void addClasses(const int *counts, Index stride,
                                const double *weights, const double *totals,
                                Doubles &running, SplitSums &sums) {
  Doubles left[4];
  for (Index s = 0; s < 4; ++s) {
    running +=
        __builtin_convertvector(
            *reinterpret_cast<const Counts *>(counts + s * stride), Doubles) *
        at(weights);
    left[s] = running;
  }
  transpose(left);
  for (Index c = 0; c < 4; ++c) {
    const Doubles right = totals[c] - left[c];
    sums.left += left[c];
    sums.leftSquares += left[c] * left[c];
    sums.rightSquares += right * right;
  }
}

DYNFAULT_INLINE void gainsOf(const int *counts, Index classes, Index count,
                             const double *weights, const double *totals,
                             double all, double parent, double *gains) {
  if (classes == splitClasses) {
    Doubles running = {};
    for (Index s = 0; s < count; s += 4) {
      SplitSums sums;
      addClasses(counts + s * splitClasses, splitClasses, weights, totals,
                 running, sums);
      at(gains + s) = gainOf(sums, all, parent);
    }
    return;
  }
  std::vector<double> running(static_cast<size_t>(classes), 0);
  for (Index s = 0; s < count; s += 4) {
    SplitSums sums;
    for (Index c = 0; c < classes; c += splitClasses)
      addClasses(counts + s * classes + c, classes, weights + c, totals + c,
                 at(running.data() + c), sums);
    at(gains + s) = gainOf(sums, all, parent);
  }
}

#if defined(__x86_64__)
template <typename T>
DYNFAULT_AVX2 void standardizeAvx2(const double *values, Index count,
                                   const double *fill, const double *center,
                                   const double *inverseScale, T *out) {
  standardizeOf(values, count, fill, center, inverseScale, out);
}

DYNFAULT_AVX2 void gainsAvx2(const int *counts, Index classes, Index count,
                             const double *weights, const double *totals,
                             double all, double parent, double *gains) {
  gainsOf(counts, classes, count, weights, totals, all, parent, gains);
}
#endif

} // namespace

template <typename T>
void standardize(const double *values, Index count, const double *fill,
                 const double *center, const double *inverseScale, T *out) {
#if defined(__x86_64__)
  if (hasAvx2)
    return standardizeAvx2(values, count, fill, center, inverseScale, out);
#endif
  standardizeOf(values, count, fill, center, inverseScale, out);
}

template void standardize(const double *, Index, const double *, const double *,
                          const double *, float *);
template void standardize(const double *, Index, const double *, const double *,
                          const double *, double *);

void splitGains(const int *counts, Index classes, Index count,
                const double *weights, const double *totals, double all,
                double parent, double *gains) {
#if defined(__x86_64__)
  if (hasAvx2)
    return gainsAvx2(counts, classes, count, weights, totals, all, parent,
                     gains);
#endif
  gainsOf(counts, classes, count, weights, totals, all, parent, gains);
}

} // namespace dynfault::study
