//===- RowKernels.cpp - Products of many rows with few columns ------------===//
//
// Each instruction set has the same sums in the same order, with fused
// products, and so the same bits. Fused instructions are only to be had in
// functions for their instruction set, so that the loops stand once for each.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Kernels.h"
#include "tools/dynfault-study/model/Lanes.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dynfault::study {
namespace {

using Eigen::Index;

static_assert(kernelRows == Lanes<double>::count);

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
  Doubles weight = {};
  Integers label = {};
  for (Index r = 0; r < count; ++r) {
    weight[r] = weights[r];
    label[r] = labels[r];
  }
  Doubles largest = {}, truth = {};
  for (Index c = 0; c < classes; ++c) {
    const Doubles score =
        __builtin_convertvector(rowsOf(scores + c * kernelRows), Doubles) +
        intercepts[c];
    truth = label == c ? score : truth;
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
    residual = label == c ? residual - weight : residual;
    rowsOf(scores + c * kernelRows) =
        __builtin_convertvector(residual, OneClass<T>);
    for (Index r = 0; r < count; ++r)
      interceptGradient[c] += residual[r];
  }
  double loss = 0;
  for (Index r = 0; r < count; ++r)
    loss += losses[r];
  return loss;
}

/// Numbers that are summed side by side, whatever a register holds.
template <typename T>
constexpr Index sumLanes = 64 / sizeof(T);

/// Sum of all lanes, halves first: no long chain of additions.
template <typename T>
T laneSum(T (&sums)[sumLanes<T>]) {
  for (Index half = sumLanes<T> / 2; half > 0; half /= 2)
    for (Index lane = 0; lane < half; ++lane)
      sums[lane] += sums[lane + half];
  return sums[0];
}

template <typename T>
void scoresPlain(const T *rows, Index stride, const T *weights, Index classes,
                 T *scores) {
  for (Index c = 0; c < classes; ++c)
    for (Index r = 0; r < kernelRows; ++r) {
      T sums[sumLanes<T>] = {};
      for (Index j = 0; j < stride; j += sumLanes<T>)
        for (Index lane = 0; lane < sumLanes<T>; ++lane)
          sums[lane] = std::fma(rows[r * stride + j + lane],
                                weights[c * stride + j + lane], sums[lane]);
      scores[c * kernelRows + r] = laneSum(sums);
    }
}

template <typename T>
void gradientPlain(const T *rows, Index count, Index stride, const T *residuals,
                   Index classes, T *gradient) {
  for (Index c = 0; c < classes; ++c)
    for (Index j = 0; j < stride; ++j)
      for (Index r = 0; r < count; ++r)
        gradient[c * stride + j] =
            std::fma(rows[r * stride + j], residuals[c * kernelRows + r],
                     gradient[c * stride + j]);
}

#if defined(__x86_64__)
template <typename T>
DYNFAULT_AVX2_FMA double
residualsAvx2(T *scores, Index count, Index classes, const double *intercepts,
              const int *labels, const double *weights,
              double *interceptGradient, double *shares) {
  return residualsOf(scores, count, classes, intercepts, labels, weights,
                     interceptGradient, shares);
}

/// Rows that follow each other are fetched ahead: the processor's own guesses
/// end with a page.
template <typename T>
DYNFAULT_INLINE void fetchAhead(const T *rows, Index stride, Index column) {
  for (Index r = 0; r < kernelRows; ++r)
    __builtin_prefetch(rows + (2 * kernelRows + r) * stride + column);
}

/// Half of the lanes of scoresPlain().
template <typename T>
using Half = typename Lanes<T, 32>::Type;

/// What is left of laneSum() when each of four rows has half of its lanes.
DYNFAULT_INLINE OneClass<float> laneSums(const Half<float> (&rows)[4]) {
  OneClass<float> half[4];
  for (int r = 0; r < 4; ++r)
    half[r] = __builtin_shufflevector(rows[r], rows[r], 0, 1, 2, 3) +
              __builtin_shufflevector(rows[r], rows[r], 4, 5, 6, 7);
  const auto low = __builtin_shufflevector(half[0], half[1], 0, 1, 4, 5) +
                   __builtin_shufflevector(half[0], half[1], 2, 3, 6, 7);
  const auto high = __builtin_shufflevector(half[2], half[3], 0, 1, 4, 5) +
                    __builtin_shufflevector(half[2], half[3], 2, 3, 6, 7);
  return __builtin_shufflevector(low, high, 0, 2, 4, 6) +
         __builtin_shufflevector(low, high, 1, 3, 5, 7);
}
DYNFAULT_INLINE OneClass<double> laneSums(const Half<double> (&rows)[4]) {
  Lanes<double, 16>::Type half[4];
  for (int r = 0; r < 4; ++r)
    half[r] = __builtin_shufflevector(rows[r], rows[r], 0, 1) +
              __builtin_shufflevector(rows[r], rows[r], 2, 3);
  const auto low = __builtin_shufflevector(half[0], half[1], 0, 2, 1, 3);
  const auto high = __builtin_shufflevector(half[2], half[3], 0, 2, 1, 3);
  return __builtin_shufflevector(low, high, 0, 1, 4, 5) +
         __builtin_shufflevector(low, high, 2, 3, 6, 7);
}

DYNFAULT_AVX2_FMA inline void addFused(Half<float> &sum, const Half<float> &a,
                                       const Half<float> &b) {
  sum = _mm256_fmadd_ps(a, b, sum);
}
DYNFAULT_AVX2_FMA inline void addFused(Half<double> &sum, const Half<double> &a,
                                       const Half<double> &b) {
  sum = _mm256_fmadd_pd(a, b, sum);
}

template <typename T>
DYNFAULT_AVX2_FMA void scoresAvx2(const T *rows, Index stride, const T *weights,
                                  Index classes, T *scores) {
  constexpr Index wide = Lanes<T, 32>::count;
  for (Index c = 0; c < classes; ++c) {
    const T *own = weights + c * stride;
    Half<T> low[kernelRows] = {}, high[kernelRows] = {};
    for (Index j = 0; j < stride; j += 2 * wide) {
      if (c == 0)
        fetchAhead(rows, stride, j);
      const Half<T> first = at<32>(own + j), second = at<32>(own + j + wide);
      for (Index r = 0; r < kernelRows; ++r) {
        addFused(low[r], at<32>(rows + r * stride + j), first);
        addFused(high[r], at<32>(rows + r * stride + j + wide), second);
      }
    }
    for (Index r = 0; r < kernelRows; ++r)
      low[r] += high[r];
    rowsOf(scores + c * kernelRows) = laneSums(low);
  }
}

/// What R rows add to the gradients of C classes.
template <Index R, Index C, typename T>
DYNFAULT_AVX2_FMA inline void
gradientTileAvx2(const T *rows, Index stride, const T *residuals, T *gradient) {
  for (Index j = 0; j < stride; j += Lanes<T, 32>::count) {
    Half<T> sum[C];
    for (Index c = 0; c < C; ++c)
      sum[c] = at<32>(gradient + c * stride + j);
    for (Index r = 0; r < R; ++r)
      for (Index c = 0; c < C; ++c)
        addFused(sum[c], at<32>(rows + r * stride + j),
                 Half<T>{} + residuals[c * kernelRows + r]);
    for (Index c = 0; c < C; ++c)
      at<32>(gradient + c * stride + j) = sum[c];
  }
}

template <Index R, typename T>
DYNFAULT_AVX2_FMA void gradientAvx2(const T *rows, Index stride,
                                    const T *residuals, Index classes,
                                    T *gradient) {
  Index c = 0;
  for (; c + 2 <= classes; c += 2)
    gradientTileAvx2<R, 2>(rows, stride, residuals + c * kernelRows,
                           gradient + c * stride);
  if (c < classes)
    gradientTileAvx2<R, 1>(rows, stride, residuals + c * kernelRows,
                           gradient + c * stride);
}

/// All lanes of scoresPlain().
template <typename T>
using Whole = typename Lanes<T, 64>::Type;

DYNFAULT_AVX512 inline void addFused(Whole<float> &sum, const Whole<float> &a,
                                     const Whole<float> &b) {
  sum = _mm512_fmadd_ps(a, b, sum);
}
DYNFAULT_AVX512 inline void addFused(Whole<double> &sum, const Whole<double> &a,
                                     const Whole<double> &b) {
  sum = _mm512_fmadd_pd(a, b, sum);
}
DYNFAULT_INLINE Half<float> folded(const Whole<float> &whole) {
  return __builtin_shufflevector(whole, whole, 0, 1, 2, 3, 4, 5, 6, 7) +
         __builtin_shufflevector(whole, whole, 8, 9, 10, 11, 12, 13, 14, 15);
}
DYNFAULT_INLINE Half<double> folded(const Whole<double> &whole) {
  return __builtin_shufflevector(whole, whole, 0, 1, 2, 3) +
         __builtin_shufflevector(whole, whole, 4, 5, 6, 7);
}

/// Scores for C classes.
template <Index C, typename T>
DYNFAULT_AVX512 inline void scoreTileAvx512(const T *rows, Index stride,
                                            const T *weights, bool isFirst,
                                            T *scores) {
  Whole<T> sum[C][kernelRows] = {};
  for (Index j = 0; j < stride; j += sumLanes<T>) {
    if (isFirst)
      fetchAhead(rows, stride, j);
    Whole<T> weight[C];
    for (Index c = 0; c < C; ++c)
      weight[c] = at<64>(weights + c * stride + j);
    for (Index r = 0; r < kernelRows; ++r) {
      const Whole<T> row = at<64>(rows + r * stride + j);
      for (Index c = 0; c < C; ++c)
        addFused(sum[c][r], row, weight[c]);
    }
  }
  for (Index c = 0; c < C; ++c) {
    Half<T> half[kernelRows];
    for (Index r = 0; r < kernelRows; ++r)
      half[r] = folded(sum[c][r]);
    rowsOf(scores + c * kernelRows) = laneSums(half);
  }
}

template <typename T>
DYNFAULT_AVX512 void scoresAvx512(const T *rows, Index stride, const T *weights,
                                  Index classes, T *scores) {
  Index c = 0;
  for (; c + 4 <= classes; c += 4)
    scoreTileAvx512<4>(rows, stride, weights + c * stride, c == 0,
                       scores + c * kernelRows);
  for (; c + 2 <= classes; c += 2)
    scoreTileAvx512<2>(rows, stride, weights + c * stride, c == 0,
                       scores + c * kernelRows);
  if (c < classes)
    scoreTileAvx512<1>(rows, stride, weights + c * stride, c == 0,
                       scores + c * kernelRows);
}

/// What R rows add to the gradients of C classes.
template <Index R, Index C, typename T>
DYNFAULT_AVX512 inline void gradientTileAvx512(const T *rows, Index stride,
                                               const T *residuals,
                                               T *gradient) {
  Whole<T> residual[C][R];
  for (Index c = 0; c < C; ++c)
    for (Index r = 0; r < R; ++r)
      residual[c][r] = Whole<T>{} + residuals[c * kernelRows + r];
  for (Index j = 0; j < stride; j += sumLanes<T>) {
    Whole<T> sum[C];
    for (Index c = 0; c < C; ++c)
      sum[c] = at<64>(gradient + c * stride + j);
    for (Index r = 0; r < R; ++r) {
      const Whole<T> row = at<64>(rows + r * stride + j);
      for (Index c = 0; c < C; ++c)
        addFused(sum[c], row, residual[c][r]);
    }
    for (Index c = 0; c < C; ++c)
      at<64>(gradient + c * stride + j) = sum[c];
  }
}

template <Index R, typename T>
DYNFAULT_AVX512 void gradientAvx512(const T *rows, Index stride,
                                    const T *residuals, Index classes,
                                    T *gradient) {
  Index c = 0;
  for (; c + 4 <= classes; c += 4)
    gradientTileAvx512<R, 4>(rows, stride, residuals + c * kernelRows,
                             gradient + c * stride);
  for (; c + 2 <= classes; c += 2)
    gradientTileAvx512<R, 2>(rows, stride, residuals + c * kernelRows,
                             gradient + c * stride);
  if (c < classes)
    gradientTileAvx512<R, 1>(rows, stride, residuals + c * kernelRows,
                             gradient + c * stride);
}
#endif

/// Of kernelRows rows.
template <typename T>
void blockScores(const T *rows, Index stride, const T *weights, Index classes,
                 T *scores) {
#if defined(__x86_64__)
  if (hasAvx512)
    return scoresAvx512(rows, stride, weights, classes, scores);
  if (hasAvx2 && hasFma)
    return scoresAvx2(rows, stride, weights, classes, scores);
#endif
  scoresPlain(rows, stride, weights, classes, scores);
}

/// Of `R` rows.
template <Index R, typename T>
void addBlockGradient(const T *rows, Index stride, const T *residuals,
                      Index classes, T *gradient) {
#if defined(__x86_64__)
  if (hasAvx512)
    return gradientAvx512<R>(rows, stride, residuals, classes, gradient);
  if (hasAvx2 && hasFma)
    return gradientAvx2<R>(rows, stride, residuals, classes, gradient);
#endif
  gradientPlain(rows, R, stride, residuals, classes, gradient);
}

} // namespace

template <typename T>
void rowScores(const T *rows, Index count, Index stride, const T *weights,
               Index classes, T *scores) {
  if (count == kernelRows)
    return blockScores(rows, stride, weights, classes, scores);
  std::vector<T> block(static_cast<size_t>(kernelRows * stride), T(0));
  std::copy_n(rows, count * stride, block.begin());
  blockScores(block.data(), stride, weights, classes, scores);
}

template <typename T>
void addRowGradient(const T *rows, Index count, Index stride,
                    const T *residuals, Index classes, T *gradient) {
  if (count == kernelRows)
    return addBlockGradient<kernelRows>(rows, stride, residuals, classes,
                                        gradient);
  for (Index r = 0; r < count; ++r)
    addBlockGradient<1>(rows + r * stride, stride, residuals + r, classes,
                        gradient);
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

} // namespace dynfault::study
