//===- Kernels.cpp - Products of many rows with few columns ---------------===//
//
// The loops are written once with vector types and compiled for several
// instruction sets. This file is compiled with -ffp-contract=off.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dynfault::study {
namespace {

using Eigen::Index;

/// Half a cache line of numbers, wherever they lie.
template <typename T>
struct Lanes {
  using Type __attribute__((vector_size(32), aligned(sizeof(T)))) = T;
  static constexpr Index count = 32 / sizeof(T);
};
/// A cache line of single precision.
constexpr Index lineColumns = 16;

#define DYNFAULT_INLINE inline __attribute__((always_inline))

template <typename T>
DYNFAULT_INLINE const typename Lanes<T>::Type &at(const T *where) {
  return *reinterpret_cast<const typename Lanes<T>::Type *>(where);
}
template <typename T>
DYNFAULT_INLINE typename Lanes<T>::Type &at(T *where) {
  return *reinterpret_cast<typename Lanes<T>::Type *>(where);
}

using Doubles = Lanes<double>::Type;
using Integers __attribute__((vector_size(32))) = int64_t;
/// 1.5 * 2^52: added to a number below 2^51, its last bits hold the nearest
/// integer.
constexpr double roundingShift = 6755399441055744.0;

/// exp of numbers that are not above 0: Taylor's series around the nearest
/// multiple of log 2, which goes into the exponent.
DYNFAULT_INLINE Doubles expOf(Doubles x) {
  constexpr double log2High = 0x1.62e42fefa0000p-1;
  constexpr double log2Low = 0x1.cf79abc9e3b3ap-40;
  // Less is nothing beside a largest share that is at least 1 / classes.
  x = x < -700.0 ? Doubles{} - 700.0 : x;
  const Doubles shifted = x * 0x1.71547652b82fep+0 + roundingShift;
  const Doubles multiple = shifted - roundingShift;
  const Doubles r = (x - multiple * log2High) - multiple * log2Low;
  Doubles sum = r * (1.0 / 479001600) + 1.0 / 39916800;
  for (double term :
       {1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
        1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1.0, 1.0})
    sum = sum * r + term;
  return reinterpret_cast<Doubles>(reinterpret_cast<Integers>(sum) +
                                   (reinterpret_cast<Integers>(shifted) << 52));
}

/// log of finite numbers that are not below 1: the series of the inverse
/// hyperbolic tangent.
DYNFAULT_INLINE Doubles logOf(Doubles x) {
  const Integers bits = reinterpret_cast<Integers>(x);
  Integers exponent = (bits >> 52) - 1023;
  Doubles m = reinterpret_cast<Doubles>((bits & 0xfffffffffffffLL) |
                                        0x3ff0000000000000LL);
  const Integers large = m > 0x1.6a09e667f3bcdp+0;
  m = large ? m * 0.5 : m;
  exponent -= large;
  const Doubles f = (m - 1.0) / (m + 1.0), square = f * f;
  Doubles sum = square * (1.0 / 23) + 1.0 / 21;
  for (double term : {1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,
                      1.0 / 7, 1.0 / 5, 1.0 / 3})
    sum = sum * square + term;
  const Doubles shift = Doubles{} + roundingShift;
  const Doubles times =
      reinterpret_cast<Doubles>(reinterpret_cast<Integers>(shift) + exponent) -
      roundingShift;
  return times * 0x1.62e42fefa39efp-1 + (2.0 * f + 2.0 * f * square * sum);
}

/// Rows are lanes.
template <typename T>
DYNFAULT_INLINE double residualsOf(T *scores, Index count, Index classes,
                                   const double *intercepts, const int *labels,
                                   const double *weights,
                                   double *interceptGradient, double *shares) {
  static_assert(kernelRows == Lanes<double>::count);
  Doubles weight = {}, truth = {};
  for (Index r = 0; r < count; ++r) {
    weight[r] = weights[r];
    truth[r] = static_cast<double>(scores[r * classes + labels[r]]) +
               intercepts[labels[r]];
  }
  Doubles largest = {};
  for (Index c = 0; c < classes; ++c) {
    Doubles score = {};
    for (Index r = 0; r < count; ++r)
      score[r] = static_cast<double>(scores[r * classes + c]);
    score += intercepts[c];
    largest = c == 0 ? score : (score > largest ? score : largest);
    at(shares + c * kernelRows) = score;
  }
  Doubles sum = {};
  for (Index c = 0; c < classes; ++c) {
    const Doubles share = expOf(at(shares + c * kernelRows) - largest);
    at(shares + c * kernelRows) = share;
    sum += share;
  }
  const Doubles losses = weight * (logOf(sum) - (truth - largest));
  for (Index c = 0; c < classes; ++c) {
    Doubles residual = weight * (at(shares + c * kernelRows) / sum);
    for (Index r = 0; r < count; ++r) {
      if (labels[r] == c)
        residual[r] -= weights[r];
      scores[r * classes + c] = static_cast<T>(residual[r]);
      interceptGradient[c] += residual[r];
    }
  }
  double loss = 0;
  for (Index r = 0; r < count; ++r)
    loss += losses[r];
  return loss;
}

/// Sum of all lanes, halves first: no long chain of additions.
template <typename T>
DYNFAULT_INLINE T laneSum(const typename Lanes<T>::Type &lanes) {
  T sums[Lanes<T>::count];
  for (Index lane = 0; lane < Lanes<T>::count; ++lane)
    sums[lane] = lanes[lane];
  for (Index half = Lanes<T>::count / 2; half > 0; half /= 2)
    for (Index lane = 0; lane < half; ++lane)
      sums[lane] += sums[lane + half];
  return sums[0];
}

/// Scores of R rows for C classes. Rows that follow each other are fetched
/// ahead: the processor's own guesses end with a page.
template <typename T, Index R, Index C>
DYNFAULT_INLINE void scoreTile(const T *rows, Index stride, const T *weights,
                               Index classes, T *scores) {
  typename Lanes<T>::Type sum[R][C] = {};
  for (Index j = 0; j < stride; j += Lanes<T>::count) {
    for (Index r = 0; r < R; ++r)
      __builtin_prefetch(rows + (2 * R + r) * stride + j);
    for (Index r = 0; r < R; ++r)
      for (Index c = 0; c < C; ++c)
        sum[r][c] += at(rows + r * stride + j) * at(weights + c * stride + j);
  }
  for (Index r = 0; r < R; ++r)
    for (Index c = 0; c < C; ++c)
      scores[r * classes + c] = laneSum<T>(sum[r][c]);
}

template <typename T, Index R>
DYNFAULT_INLINE void scoresOf(const T *rows, Index stride, const T *weights,
                              Index classes, T *scores) {
  Index c = 0;
  for (; c + 2 <= classes; c += 2)
    scoreTile<T, R, 2>(rows, stride, weights + c * stride, classes, scores + c);
  if (c < classes)
    scoreTile<T, R, 1>(rows, stride, weights + c * stride, classes, scores + c);
}

template <typename T>
DYNFAULT_INLINE void scoresOf(const T *rows, Index count, Index stride,
                              const T *weights, Index classes, T *scores) {
  if (count == kernelRows)
    return scoresOf<T, kernelRows>(rows, stride, weights, classes, scores);
  for (Index r = 0; r < count; ++r)
    scoresOf<T, 1>(rows + r * stride, stride, weights, classes,
                   scores + r * classes);
}

/// What R rows add to the gradients of C classes.
template <typename T, Index R, Index C>
DYNFAULT_INLINE void gradientTile(const T *rows, Index stride,
                                  const T *residuals, Index classes,
                                  T *gradient) {
  for (Index j = 0; j < stride; j += Lanes<T>::count) {
    typename Lanes<T>::Type sum[C];
    for (Index c = 0; c < C; ++c)
      sum[c] = at(gradient + c * stride + j);
    for (Index r = 0; r < R; ++r)
      for (Index c = 0; c < C; ++c)
        sum[c] += at(rows + r * stride + j) * residuals[r * classes + c];
    for (Index c = 0; c < C; ++c)
      at(gradient + c * stride + j) = sum[c];
  }
}

template <typename T, Index R>
DYNFAULT_INLINE void gradientOf(const T *rows, Index stride, const T *residuals,
                                Index classes, T *gradient) {
  Index c = 0;
  for (; c + 2 <= classes; c += 2)
    gradientTile<T, R, 2>(rows, stride, residuals + c, classes,
                          gradient + c * stride);
  if (c < classes)
    gradientTile<T, R, 1>(rows, stride, residuals + c, classes,
                          gradient + c * stride);
}

template <typename T>
DYNFAULT_INLINE void gradientOf(const T *rows, Index count, Index stride,
                                const T *residuals, Index classes,
                                T *gradient) {
  if (count == kernelRows)
    return gradientOf<T, kernelRows>(rows, stride, residuals, classes,
                                     gradient);
  for (Index r = 0; r < count; ++r)
    gradientOf<T, 1>(rows + r * stride, stride, residuals + r * classes,
                     classes, gradient);
}

/// Calls `block` for two panels of packed columns each, whose rows it
/// multiplies into a block of the Gram matrix: sums of fused products, row
/// after row.
template <typename Block>
DYNFAULT_INLINE void gramOf(const float *packed, Index count, Index panels,
                            float *gram, Index stride, const Block &block) {
  const Index size = count * lineColumns;
  for (Index right = 0; right < panels; ++right)
    for (Index left = 0; left <= right; ++left)
      block(packed + left * size, packed + right * size,
            gram + left * lineColumns * stride + right * lineColumns);
}

void gramPlain(const float *packed, Index count, Index panels, float sign,
               float *gram, Index stride) {
  gramOf(packed, count, panels, gram, stride,
         [&](const float *left, const float *right, float *to) {
           for (Index i = 0; i < lineColumns; ++i) {
             float sum[lineColumns] = {};
             for (Index r = 0; r < count; ++r)
               for (Index j = 0; j < lineColumns; ++j)
                 sum[j] = std::fma(left[r * lineColumns + i],
                                   right[r * lineColumns + j], sum[j]);
             for (Index j = 0; j < lineColumns; ++j)
               to[i * stride + j] += sign * sum[j];
           }
         });
}

template <typename T>
DYNFAULT_INLINE void standardizeOf(const double *values, Index count,
                                   double fill, double center,
                                   double inverseScale, T *out) {
  for (Index i = 0; i < count; ++i) {
    const double value = values[i] == values[i] ? values[i] : fill;
    out[i] = static_cast<T>((value - center) * inverseScale);
  }
}

DYNFAULT_INLINE void solveOf(const float *upper, const float *inverseDiagonal,
                             Index size, Index stride, float *vectors,
                             Index count) {
  constexpr Index lanes = Lanes<float>::count;
  for (Index k = 0; k < size; ++k) {
    const float *row = upper + k * stride;
    for (Index v = 0; v < count; ++v) {
      float *vector = vectors + v * stride;
      const float solved = vector[k] *= inverseDiagonal[k];
      for (Index j = k / lanes * lanes; j < stride; j += lanes)
        at(vector + j) -= solved * at(row + j);
    }
  }
  for (Index k = size; k-- > 0;) {
    const float *row = upper + k * stride;
    for (Index v = 0; v < count; ++v) {
      float *vector = vectors + v * stride;
      Lanes<float>::Type even = {}, odd = {};
      for (Index j = k / (2 * lanes) * 2 * lanes; j < stride; j += 2 * lanes) {
        even += at(row + j) * at(vector + j);
        odd += at(row + j + lanes) * at(vector + j + lanes);
      }
      vector[k] = (vector[k] - laneSum<float>(even + odd)) * inverseDiagonal[k];
    }
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
#define DYNFAULT_AVX2 __attribute__((target("avx2")))
#define DYNFAULT_AVX2_FMA __attribute__((target("avx2,fma")))
#define DYNFAULT_AVX512 __attribute__((target("avx512f")))

template <typename T>
DYNFAULT_AVX2 void scoresAvx2(const T *rows, Index count, Index stride,
                              const T *weights, Index classes, T *scores) {
  scoresOf(rows, count, stride, weights, classes, scores);
}

template <typename T>
DYNFAULT_AVX2 void gradientAvx2(const T *rows, Index count, Index stride,
                                const T *residuals, Index classes,
                                T *gradient) {
  gradientOf(rows, count, stride, residuals, classes, gradient);
}

template <typename T>
DYNFAULT_AVX2 double residualsAvx2(T *scores, Index count, Index classes,
                                   const double *intercepts, const int *labels,
                                   const double *weights,
                                   double *interceptGradient, double *shares) {
  return residualsOf(scores, count, classes, intercepts, labels, weights,
                     interceptGradient, shares);
}

DYNFAULT_AVX2_FMA inline void gramBlockAvx2(const float *left,
                                            const float *right, Index count,
                                            float sign, float *gram,
                                            Index stride) {
  constexpr Index high = 4, wide = 8;
  const __m256 signs = _mm256_set1_ps(sign);
  for (Index i = 0; i < lineColumns; i += high) {
    __m256 sum[high][2];
    for (Index k = 0; k < high; ++k)
      sum[k][0] = sum[k][1] = _mm256_setzero_ps();
    for (Index r = 0; r < count; ++r) {
      const __m256 first = _mm256_loadu_ps(right + r * lineColumns);
      const __m256 second = _mm256_loadu_ps(right + r * lineColumns + wide);
      for (Index k = 0; k < high; ++k) {
        const __m256 by = _mm256_set1_ps(left[r * lineColumns + i + k]);
        sum[k][0] = _mm256_fmadd_ps(by, first, sum[k][0]);
        sum[k][1] = _mm256_fmadd_ps(by, second, sum[k][1]);
      }
    }
    for (Index k = 0; k < high; ++k)
      for (Index half = 0; half < 2; ++half) {
        float *to = gram + (i + k) * stride + half * wide;
        _mm256_storeu_ps(to, _mm256_add_ps(_mm256_loadu_ps(to),
                                           _mm256_mul_ps(signs, sum[k][half])));
      }
  }
}

DYNFAULT_AVX512 inline void gramBlockAvx512(const float *left,
                                            const float *right, Index count,
                                            float sign, float *gram,
                                            Index stride) {
  constexpr Index high = 8;
  const __m512 signs = _mm512_set1_ps(sign);
  for (Index i = 0; i < lineColumns; i += high) {
    __m512 sum[high];
    for (Index k = 0; k < high; ++k)
      sum[k] = _mm512_setzero_ps();
    for (Index r = 0; r < count; ++r) {
      const __m512 line = _mm512_loadu_ps(right + r * lineColumns);
      for (Index k = 0; k < high; ++k)
        sum[k] = _mm512_fmadd_ps(_mm512_set1_ps(left[r * lineColumns + i + k]),
                                 line, sum[k]);
    }
    for (Index k = 0; k < high; ++k) {
      float *to = gram + (i + k) * stride;
      _mm512_storeu_ps(
          to, _mm512_add_ps(_mm512_loadu_ps(to), _mm512_mul_ps(signs, sum[k])));
    }
  }
}

void gramAvx2(const float *packed, Index count, Index panels, float sign,
              float *gram, Index stride) {
  gramOf(packed, count, panels, gram, stride,
         [&](const float *left, const float *right, float *to) {
           gramBlockAvx2(left, right, count, sign, to, stride);
         });
}

void gramAvx512(const float *packed, Index count, Index panels, float sign,
                float *gram, Index stride) {
  gramOf(packed, count, panels, gram, stride,
         [&](const float *left, const float *right, float *to) {
           gramBlockAvx512(left, right, count, sign, to, stride);
         });
}

template <typename T>
DYNFAULT_AVX2 void standardizeAvx2(const double *values, Index count,
                                   double fill, double center,
                                   double inverseScale, T *out) {
  standardizeOf(values, count, fill, center, inverseScale, out);
}

DYNFAULT_AVX2 void solveAvx2(const float *upper, const float *inverseDiagonal,
                             Index size, Index stride, float *vectors,
                             Index count) {
  solveOf(upper, inverseDiagonal, size, stride, vectors, count);
}

DYNFAULT_AVX2 void gainsAvx2(const int *counts, Index classes, Index count,
                             const double *weights, const double *totals,
                             double all, double parent, double *gains) {
  gainsOf(counts, classes, count, weights, totals, all, parent, gains);
}

const bool hasAvx2 = __builtin_cpu_supports("avx2");
const bool hasFma = __builtin_cpu_supports("fma");
const bool hasAvx512 = __builtin_cpu_supports("avx512f");
#endif

void addPackedGram(const float *packed, Index count, Index panels, float sign,
                   float *gram, Index stride) {
#if defined(__x86_64__)
  if (hasAvx512)
    return gramAvx512(packed, count, panels, sign, gram, stride);
  if (hasAvx2 && hasFma)
    return gramAvx2(packed, count, panels, sign, gram, stride);
#endif
  gramPlain(packed, count, panels, sign, gram, stride);
}

} // namespace

template <typename T>
void rowScores(const T *rows, Index count, Index stride, const T *weights,
               Index classes, T *scores) {
#if defined(__x86_64__)
  if (hasAvx2)
    return scoresAvx2(rows, count, stride, weights, classes, scores);
#endif
  scoresOf(rows, count, stride, weights, classes, scores);
}

template <typename T>
void addRowGradient(const T *rows, Index count, Index stride,
                    const T *residuals, Index classes, T *gradient) {
#if defined(__x86_64__)
  if (hasAvx2)
    return gradientAvx2(rows, count, stride, residuals, classes, gradient);
#endif
  gradientOf(rows, count, stride, residuals, classes, gradient);
}

template <typename T>
double softmaxResiduals(T *scores, Index count, Index classes,
                        const double *intercepts, const int *labels,
                        const double *weights, double *interceptGradient,
                        double *shares) {
#if defined(__x86_64__)
  if (hasAvx2)
    return residualsAvx2(scores, count, classes, intercepts, labels, weights,
                         interceptGradient, shares);
#endif
  return residualsOf(scores, count, classes, intercepts, labels, weights,
                     interceptGradient, shares);
}

template double softmaxResiduals(float *, Index, Index, const double *,
                                 const int *, const double *, double *,
                                 double *);
template double softmaxResiduals(double *, Index, Index, const double *,
                                 const int *, const double *, double *,
                                 double *);
template void rowScores(const float *, Index, Index, const float *, Index,
                        float *);
template void rowScores(const double *, Index, Index, const double *, Index,
                        double *);
template void addRowGradient(const float *, Index, Index, const float *, Index,
                             float *);
template void addRowGradient(const double *, Index, Index, const double *,
                             Index, double *);

void addGram(const float *rows, Index count, Index columns, Index stride,
             float sign, float *gram, Index gramStride) {
  // Panels of 256 rows: two of them stay in the first-level cache.
  constexpr Index deep = 256;
  const Index panels = (columns + lineColumns - 1) / lineColumns;
  std::vector<float> packed(
      static_cast<size_t>(panels * lineColumns * std::min(deep, count)));
  for (Index first = 0; first < count; first += deep) {
    const Index high = std::min(deep, count - first);
    for (Index r = 0; r < high; ++r) {
      const float *row = rows + (first + r) * stride;
      for (Index panel = 0; panel < panels; ++panel) {
        float *to = packed.data() + (panel * high + r) * lineColumns;
        const Index wide = std::min(lineColumns, columns - panel * lineColumns);
        std::copy_n(row + panel * lineColumns, wide, to);
        std::fill(to + wide, to + lineColumns, 0.0f);
      }
    }
    addPackedGram(packed.data(), high, panels, sign, gram, gramStride);
  }
}

template <typename T>
void standardize(const double *values, Index count, double fill, double center,
                 double inverseScale, T *out) {
#if defined(__x86_64__)
  if (hasAvx2)
    return standardizeAvx2(values, count, fill, center, inverseScale, out);
#endif
  standardizeOf(values, count, fill, center, inverseScale, out);
}

template void standardize(const double *, Index, double, double, double,
                          float *);
template void standardize(const double *, Index, double, double, double,
                          double *);

void solveUpper(const float *upper, const float *inverseDiagonal, Index size,
                Index stride, float *vectors, Index count) {
#if defined(__x86_64__)
  if (hasAvx2)
    return solveAvx2(upper, inverseDiagonal, size, stride, vectors, count);
#endif
  solveOf(upper, inverseDiagonal, size, stride, vectors, count);
}

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
