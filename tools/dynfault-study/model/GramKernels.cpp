//===- GramKernels.cpp - Gram matrices and triangular solves --------------===//
//
// A Gram matrix is made of blocks of 16 by 16 columns, whose sums stay in
// registers.
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

#if defined(__x86_64__)
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

/// `P` panels that follow each other on the right.
template <Index P>
DYNFAULT_AVX512 inline void
gramBlockAvx512(const float *left, const float *right, Index count, float sign,
                float *gram, Index stride) {
  constexpr Index high = 8;
  const __m512 signs = _mm512_set1_ps(sign);
  for (Index i = 0; i < lineColumns; i += high) {
    __m512 sum[high][P];
    for (Index k = 0; k < high; ++k)
      for (Index p = 0; p < P; ++p)
        sum[k][p] = _mm512_setzero_ps();
    for (Index r = 0; r < count; ++r) {
      __m512 line[P];
      for (Index p = 0; p < P; ++p)
        line[p] = _mm512_loadu_ps(right + (p * count + r) * lineColumns);
      for (Index k = 0; k < high; ++k) {
        const __m512 by = _mm512_set1_ps(left[r * lineColumns + i + k]);
        for (Index p = 0; p < P; ++p)
          sum[k][p] = _mm512_fmadd_ps(by, line[p], sum[k][p]);
      }
    }
    for (Index k = 0; k < high; ++k)
      for (Index p = 0; p < P; ++p) {
        float *to = gram + (i + k) * stride + p * lineColumns;
        _mm512_storeu_ps(to, _mm512_add_ps(_mm512_loadu_ps(to),
                                           _mm512_mul_ps(signs, sum[k][p])));
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

/// Two panels on the right share what is loaded of the left.
void gramAvx512(const float *packed, Index count, Index panels, float sign,
                float *gram, Index stride) {
  const Index size = count * lineColumns;
  Index right = 0;
  auto at = [&](Index left) {
    return gram + left * lineColumns * stride + right * lineColumns;
  };
  for (; right + 2 <= panels; right += 2)
    for (Index left = 0; left <= right + 1; ++left)
      gramBlockAvx512<2>(packed + left * size, packed + right * size, count,
                         sign, at(left), stride);
  for (Index left = 0; right < panels && left <= right; ++left)
    gramBlockAvx512<1>(packed + left * size, packed + right * size, count, sign,
                       at(left), stride);
}

DYNFAULT_AVX2 void solveAvx2(const float *upper, const float *inverseDiagonal,
                             Index size, Index stride, float *vectors,
                             Index count) {
  solveOf(upper, inverseDiagonal, size, stride, vectors, count);
}
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

void solveUpper(const float *upper, const float *inverseDiagonal, Index size,
                Index stride, float *vectors, Index count) {
#if defined(__x86_64__)
  if (hasAvx2)
    return solveAvx2(upper, inverseDiagonal, size, stride, vectors, count);
#endif
  solveOf(upper, inverseDiagonal, size, stride, vectors, count);
}

} // namespace dynfault::study
