//===- BatchNormLoops.cpp - Batch normalisation, many channels ------------===//
//
// A lane per channel: eight rows of eight entries are transposed, and then each
// vector holds one entry of eight channels. Sixteen channels, so that there is
// always an addition that need not wait. Compiled with -ffp-contract=off: where
// products and sums are rounded together stands in the code, as GCC has fused
// them in LibTorch's kernels for AVX2.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/BatchNormLoops.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace dynfault;

#if defined(__x86_64__)

// Everything between the loops has to be inlined into them: vectors are not
// passed between functions, and lambdas would not have the target.
#define DYNFAULT_WIDE __attribute__((target("avx2,fma"), always_inline)) inline

namespace {

constexpr int64_t Width = 8;

/// The first `count` lanes.
DYNFAULT_WIDE __m256i firstLanes(int64_t count) {
  return _mm256_cmpgt_epi32(
      _mm256_set1_epi32(static_cast<int>(std::min(count, Width))),
      _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

DYNFAULT_WIDE void transpose(__m256 (&rows)[8]) {
  __m256 pairs[8], quads[8];
  for (int i = 0; i < 4; ++i) {
    pairs[2 * i] = _mm256_unpacklo_ps(rows[2 * i], rows[2 * i + 1]);
    pairs[2 * i + 1] = _mm256_unpackhi_ps(rows[2 * i], rows[2 * i + 1]);
  }
  for (int half = 0; half < 2; ++half)
    for (int i = 0; i < 2; ++i) {
      __m256 a = pairs[4 * half + i], b = pairs[4 * half + i + 2];
      quads[4 * half + 2 * i] = _mm256_shuffle_ps(a, b, 0x44);
      quads[4 * half + 2 * i + 1] = _mm256_shuffle_ps(a, b, 0xee);
    }
  for (int i = 0; i < 4; ++i) {
    rows[i] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x20);
    rows[i + 4] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x31);
  }
}

/// Double precision for eight channels.
struct Sum {
  __m256d low, high;

  DYNFAULT_WIDE void clear() { low = high = _mm256_setzero_pd(); }
  DYNFAULT_WIDE void add(__m256 entry) {
    low = _mm256_add_pd(low, _mm256_cvtps_pd(_mm256_castps256_ps128(entry)));
    high =
        _mm256_add_pd(high, _mm256_cvtps_pd(_mm256_extractf128_ps(entry, 1)));
  }
  DYNFAULT_WIDE void store(double *out) const {
    _mm256_storeu_pd(out, low);
    _mm256_storeu_pd(out + 4, high);
  }
};

/// Eight of a group's channels. Lanes without a channel repeat the last one.
struct Octet {
  int64_t offset[Width]; ///< Of each lane's first entry in a sample.

  DYNFAULT_WIDE void set(const BatchNormSizes &sizes, int64_t first) {
    for (int64_t lane = 0; lane < Width; ++lane)
      offset[lane] = std::min(first + lane, sizes.channels - 1) * sizes.image;
  }
  /// Entries `i` to `i + 8` of each lane: entry i + k of all lanes in out[k].
  DYNFAULT_WIDE void load(const float *sample, int64_t i,
                          __m256 (&out)[8]) const {
    for (int64_t lane = 0; lane < Width; ++lane)
      out[lane] = _mm256_loadu_ps(sample + offset[lane] + i);
    transpose(out);
  }
  /// Entry `i` of each lane.
  DYNFAULT_WIDE __m256 entry(const float *sample, int64_t i) const {
    return _mm256_setr_ps(sample[offset[0] + i], sample[offset[1] + i],
                          sample[offset[2] + i], sample[offset[3] + i],
                          sample[offset[4] + i], sample[offset[5] + i],
                          sample[offset[6] + i], sample[offset[7] + i]);
  }
};

struct AddEntry {
  DYNFAULT_WIDE void operator()(int octet, Sum &sum, __m256 entry) const {
    sum.add(entry);
  }
};

struct AddSquare {
  __m256 mean[2];
  DYNFAULT_WIDE void operator()(int octet, Sum &sum, __m256 entry) const {
    __m256 centred = _mm256_sub_ps(entry, mean[octet]);
    sum.add(_mm256_mul_ps(centred, centred));
  }
};

/// visit(octet, sum, entry) for all entries of the group's channels, in order.
template <typename Visit>
DYNFAULT_WIDE void sumEntries(const BatchNormSizes &sizes, const float *input,
                              const Octet (&octets)[2], const Visit &visit,
                              double (&out)[kBatchNormGroup]) {
  Sum sums[2];
  sums[0].clear();
  sums[1].clear();
  for (int64_t n = 0; n < sizes.batch; ++n) {
    const float *sample = input + n * sizes.channels * sizes.image;
    int64_t i = 0;
    for (; i + Width <= sizes.image; i += Width) {
      __m256 a[8], b[8];
      octets[0].load(sample, i, a);
      octets[1].load(sample, i, b);
      for (int k = 0; k < 8; ++k) {
        visit(0, sums[0], a[k]);
        visit(1, sums[1], b[k]);
      }
    }
    if (i < sizes.image && sizes.image >= Width) {
      // The last eight again; those that have been added are left out.
      __m256 a[8], b[8];
      octets[0].load(sample, sizes.image - Width, a);
      octets[1].load(sample, sizes.image - Width, b);
      for (int64_t k = Width - (sizes.image - i); k < Width; ++k) {
        visit(0, sums[0], a[k]);
        visit(1, sums[1], b[k]);
      }
      continue;
    }
    for (; i < sizes.image; ++i) {
      visit(0, sums[0], octets[0].entry(sample, i));
      visit(1, sums[1], octets[1].entry(sample, i));
    }
  }
  sums[0].store(out);
  sums[1].store(out + Width);
}

/// Sums of a sample's rows as LibTorch's vectorised reductions give them: eight
/// partial sums per row, which are added in pairs; a short row is added one
/// after the other.
template <ProductRounding rounding>
struct RowSums {
  __m256 sum, dot;

  DYNFAULT_WIDE static __m256 addProduct(__m256 sum, __m256 a, __m256 b) {
    if (rounding == ProductRounding::Fused)
      return _mm256_fmadd_ps(a, b, sum);
    return _mm256_add_ps(sum, _mm256_mul_ps(a, b));
  }

  /// ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)) of each row.
  DYNFAULT_WIDE static __m256 addLanes(__m256 (&rows)[8]) {
    transpose(rows);
    __m256 even = _mm256_add_ps(_mm256_add_ps(rows[0], rows[4]),
                                _mm256_add_ps(rows[2], rows[6]));
    __m256 odd = _mm256_add_ps(_mm256_add_ps(rows[1], rows[5]),
                               _mm256_add_ps(rows[3], rows[7]));
    return _mm256_add_ps(even, odd);
  }

  DYNFAULT_WIDE void ofLongRows(const Octet &octet, int64_t image,
                                const float *gradient, const float *input,
                                const float *means) {
    __m256 sums[8], dots[8];
    __m256i rest = firstLanes(image % Width);
    for (int64_t lane = 0; lane < Width; ++lane) {
      const float *dy = gradient + octet.offset[lane],
                  *x = input + octet.offset[lane];
      __m256 mean = _mm256_set1_ps(means[lane]);
      __m256 rowSum = _mm256_loadu_ps(dy);
      __m256 rowDot =
          _mm256_mul_ps(_mm256_sub_ps(_mm256_loadu_ps(x), mean), rowSum);
      int64_t i = Width;
      for (; i + Width <= image; i += Width) {
        __m256 entry = _mm256_loadu_ps(dy + i);
        rowSum = _mm256_add_ps(rowSum, entry);
        rowDot = addProduct(rowDot, _mm256_sub_ps(_mm256_loadu_ps(x + i), mean),
                            entry);
      }
      if (i < image) {
        __m256 entry = _mm256_maskload_ps(dy + i, rest);
        __m256 centred = _mm256_sub_ps(_mm256_maskload_ps(x + i, rest), mean);
        rowSum = _mm256_blendv_ps(rowSum, _mm256_add_ps(rowSum, entry),
                                  _mm256_castsi256_ps(rest));
        rowDot = _mm256_blendv_ps(rowDot, addProduct(rowDot, centred, entry),
                                  _mm256_castsi256_ps(rest));
      }
      sums[lane] = rowSum;
      dots[lane] = rowDot;
    }
    sum = addLanes(sums);
    dot = addLanes(dots);
  }

  DYNFAULT_WIDE void ofShortRows(const Octet &octet, int64_t image,
                                 const float *gradient, const float *input,
                                 const float *means) {
    __m256 mean = _mm256_loadu_ps(means);
    sum = octet.entry(gradient, 0);
    dot = _mm256_mul_ps(_mm256_sub_ps(octet.entry(input, 0), mean), sum);
    for (int64_t i = 1; i < image; ++i) {
      __m256 dy = octet.entry(gradient, i);
      __m256 centred = _mm256_sub_ps(octet.entry(input, i), mean);
      sum = _mm256_add_ps(sum, dy);
      dot = _mm256_add_ps(dot, _mm256_mul_ps(centred, dy));
    }
  }
};

/// What a channel's entries are added to in a matrix [batch, channels]:
/// LibTorch does it in single precision there. Eight channels, `lanes` of them
/// exist.
struct ColumnSums {
  const float *gradient, *input;
  int64_t batch, channels;
  __m256i lanes;

  DYNFAULT_WIDE __m256 row(const float *matrix, int64_t n) const {
    return _mm256_maskload_ps(matrix + n * channels, lanes);
  }
  DYNFAULT_WIDE __m256 entries() const {
    __m256 sum = _mm256_setzero_ps();
    for (int64_t n = 0; n < batch; ++n)
      sum = _mm256_add_ps(row(input, n), sum);
    return sum;
  }
  DYNFAULT_WIDE __m256 squares(__m256 mean) const {
    __m256 sum = _mm256_setzero_ps();
    for (int64_t n = 0; n < batch; ++n) {
      __m256 centred = _mm256_sub_ps(row(input, n), mean);
      sum = _mm256_fmadd_ps(centred, centred, sum);
    }
    return sum;
  }
  DYNFAULT_WIDE void gradients(__m256 mean, __m256 &sum, __m256 &dot) const {
    sum = dot = _mm256_setzero_ps();
    for (int64_t n = 0; n < batch; ++n) {
      __m256 dy = row(gradient, n);
      sum = _mm256_add_ps(sum, dy);
      dot = _mm256_fmadd_ps(_mm256_sub_ps(row(input, n), mean), dy, dot);
    }
  }
};

DYNFAULT_WIDE ColumnSums columnsFrom(const BatchNormSizes &sizes,
                                     const float *gradient, const float *input,
                                     int64_t first) {
  return {gradient ? gradient + first : nullptr, input + first, sizes.batch,
          sizes.channels, firstLanes(sizes.channels - first)};
}

DYNFAULT_WIDE void storeWide(double *out, __m256 single) {
  Sum wide;
  wide.clear();
  wide.add(single);
  wide.store(out);
}

/// Mean and sum of squared deviations of each of the group's channels.
DYNFAULT_WIDE void computeMoments(const BatchNormSizes &sizes,
                                  const float *input, int64_t first,
                                  float (&means)[kBatchNormGroup],
                                  double (&squares)[kBatchNormGroup]) {
  int64_t count = std::min(kBatchNormGroup, sizes.channels - first);
  double sums[kBatchNormGroup] = {};
  auto entries = static_cast<double>(sizes.batch * sizes.image);
  Octet octets[2];
  octets[0].set(sizes, first);
  octets[1].set(sizes, first + std::min(Width, count - 1));
  bool isMatrix = sizes.image == 1;
  if (isMatrix)
    for (int64_t part = 0; part < count; part += Width)
      storeWide(sums + part,
                columnsFrom(sizes, nullptr, input, first + part).entries());
  else
    sumEntries(sizes, input, octets, AddEntry(), sums);
  for (int64_t c = 0; c < kBatchNormGroup; ++c)
    means[c] = static_cast<float>(sums[c] / entries);
  if (isMatrix) {
    for (int64_t part = 0; part < count; part += Width)
      storeWide(squares + part, columnsFrom(sizes, nullptr, input, first + part)
                                    .squares(_mm256_loadu_ps(means + part)));
    return;
  }
  AddSquare addSquare{{_mm256_loadu_ps(means), _mm256_loadu_ps(means + Width)}};
  sumEntries(sizes, input, octets, addSquare, squares);
}

/// Of each of the group's channels: the sum of the gradient, and of its product
/// with the centred input.
template <ProductRounding rounding>
DYNFAULT_WIDE void
sumGradients(const BatchNormSizes &sizes, const BatchNormBackward &a,
             int64_t first, const float *means, double (&sums)[kBatchNormGroup],
             double (&dots)[kBatchNormGroup]) {
  int64_t count = std::min(kBatchNormGroup, sizes.channels - first);
  for (int64_t part = 0; part < count; part += Width) {
    if (sizes.image == 1) {
      __m256 sum, dot;
      columnsFrom(sizes, a.gradient, a.input, first + part)
          .gradients(_mm256_loadu_ps(means + part), sum, dot);
      storeWide(sums + part, sum);
      storeWide(dots + part, dot);
      continue;
    }
    Octet octet;
    octet.set(sizes, first + part);
    Sum sum, dot;
    sum.clear();
    dot.clear();
    for (int64_t n = 0; n < sizes.batch; ++n) {
      int64_t sample = n * sizes.channels * sizes.image;
      RowSums<rounding> rows;
      if (sizes.image >= Width)
        rows.ofLongRows(octet, sizes.image, a.gradient + sample,
                        a.input + sample, means + part);
      else
        rows.ofShortRows(octet, sizes.image, a.gradient + sample,
                         a.input + sample, means + part);
      sum.add(rows.sum);
      dot.add(rows.dot);
    }
    sum.store(sums + part);
    dot.store(dots + part);
  }
}

/// out = (in x) scale + shift.
struct Scale {
  const float *in;
  __m256 scale, shift;
  DYNFAULT_WIDE void set(const float *factors) {
    scale = _mm256_set1_ps(factors[0]);
    shift = _mm256_set1_ps(factors[kBatchNormGroup]);
  }
  DYNFAULT_WIDE void setLanes(const float *factors) {
    scale = _mm256_loadu_ps(factors);
    shift = _mm256_loadu_ps(factors + kBatchNormGroup);
  }
  DYNFAULT_WIDE __m256 operator()(int64_t i) const {
    return _mm256_fmadd_ps(_mm256_loadu_ps(in + i), scale, shift);
  }
  DYNFAULT_WIDE __m256 some(int64_t i, __m256i lanes) const {
    return _mm256_fmadd_ps(_mm256_maskload_ps(in + i, lanes), scale, shift);
  }
};

/// The gradient of the input: ((gradient - its mean) - (x - mean) k) invstd w.
struct Derive {
  const float *gradient, *in;
  __m256 mean, k, gradientMean, invstd, weight;
  DYNFAULT_WIDE void set(const float *factors) {
    mean = _mm256_set1_ps(factors[0]);
    k = _mm256_set1_ps(factors[kBatchNormGroup]);
    gradientMean = _mm256_set1_ps(factors[2 * kBatchNormGroup]);
    invstd = _mm256_set1_ps(factors[3 * kBatchNormGroup]);
    weight = _mm256_set1_ps(factors[4 * kBatchNormGroup]);
  }
  DYNFAULT_WIDE void setLanes(const float *factors) {
    mean = _mm256_loadu_ps(factors);
    k = _mm256_loadu_ps(factors + kBatchNormGroup);
    gradientMean = _mm256_loadu_ps(factors + 2 * kBatchNormGroup);
    invstd = _mm256_loadu_ps(factors + 3 * kBatchNormGroup);
    weight = _mm256_loadu_ps(factors + 4 * kBatchNormGroup);
  }
  DYNFAULT_WIDE __m256 of(__m256 dy, __m256 x) const {
    __m256 rest = _mm256_fnmadd_ps(_mm256_sub_ps(x, mean), k,
                                   _mm256_sub_ps(dy, gradientMean));
    return _mm256_mul_ps(_mm256_mul_ps(rest, invstd), weight);
  }
  DYNFAULT_WIDE __m256 operator()(int64_t i) const {
    return of(_mm256_loadu_ps(gradient + i), _mm256_loadu_ps(in + i));
  }
  DYNFAULT_WIDE __m256 some(int64_t i, __m256i lanes) const {
    return of(_mm256_maskload_ps(gradient + i, lanes),
              _mm256_maskload_ps(in + i, lanes));
  }
};

/// Writes map(i) for all entries of the group's channels; `factors` are arrays
/// of kBatchNormGroup numbers each that map.set takes for a channel.
template <typename Map>
DYNFAULT_WIDE void mapEntries(const BatchNormSizes &sizes, int64_t first,
                              const float *factors, Map map, float *out) {
  int64_t count = std::min(kBatchNormGroup, sizes.channels - first);
  int64_t image = sizes.image;
  if (image == 1) {
    for (int64_t octet = 0; octet < count; octet += Width) {
      map.setLanes(factors + octet);
      __m256i lanes = firstLanes(count - octet);
      for (int64_t n = 0; n < sizes.batch; ++n) {
        int64_t i = n * sizes.channels + first + octet;
        _mm256_maskstore_ps(out + i, lanes, map.some(i, lanes));
      }
    }
    return;
  }
  __m256i shortRow = firstLanes(image);
  for (int64_t n = 0; n < sizes.batch; ++n) {
    for (int64_t c = 0; c < count; ++c) {
      map.set(factors + c);
      int64_t i = (n * sizes.channels + first + c) * image;
      if (image < Width) {
        _mm256_maskstore_ps(out + i, shortRow, map.some(i, shortRow));
        continue;
      }
      int64_t end = i + image;
      for (; i + Width <= end; i += Width)
        _mm256_storeu_ps(out + i, map(i));
      // Some of the last eight a second time.
      if (i < end)
        _mm256_storeu_ps(out + end - Width, map(end - Width));
    }
  }
}

template <size_t count>
bool areFinite(const float (&numbers)[count]) {
  bool all = true;
  for (float number : numbers)
    all = all && std::isfinite(number);
  return all;
}

__attribute__((target("avx2,fma"))) bool
forwardWide(const BatchNormSizes &sizes, const BatchNormForward &a,
            int64_t group) {
  int64_t first = group * kBatchNormGroup;
  int64_t count = std::min(kBatchNormGroup, sizes.channels - first);
  float means[kBatchNormGroup], factors[2 * kBatchNormGroup] = {};
  double squares[kBatchNormGroup];
  computeMoments(sizes, a.input, first, means, squares);
  int64_t entries = sizes.batch * sizes.image;
  auto momentum = static_cast<float>(a.momentum);
  for (int64_t c = 0; c < count; ++c) {
    float mean = means[c], squareSum = static_cast<float>(squares[c]);
    double variance = squareSum / static_cast<float>(entries);
    float invstd = 0;
    if (variance != 0 || a.eps != 0)
      invstd = static_cast<float>(1 / std::sqrt(variance + a.eps));
    if (a.runningMean) {
      float &running = a.runningMean[first + c];
      running = momentum * mean + (1 - momentum) * running;
    }
    if (a.runningVariance) {
      float &running = a.runningVariance[first + c];
      double unbiased = squareSum / static_cast<float>(entries - 1);
      running =
          static_cast<float>(momentum * unbiased + (1 - momentum) * running);
    }
    float scale = invstd * (a.weight ? a.weight[first + c] : 1.0F);
    factors[c] = scale;
    factors[kBatchNormGroup + c] =
        __builtin_fmaf(-mean, scale, a.bias ? a.bias[first + c] : 0.0F);
    a.mean[first + c] = mean;
    a.invstd[first + c] = invstd;
  }
  mapEntries(sizes, first, factors, Scale{a.input, {}, {}}, a.output);
  // One entry that is not finite shows in its channel's mean.
  return areFinite(factors);
}

__attribute__((target("avx2,fma"))) bool
evaluateWide(const BatchNormSizes &sizes, const BatchNormEvaluation &a,
             int64_t group) {
  int64_t first = group * kBatchNormGroup;
  int64_t count = std::min(kBatchNormGroup, sizes.channels - first);
  float factors[2 * kBatchNormGroup] = {};
  for (int64_t c = 0; c < count; ++c) {
    float invstd =
        1 / std::sqrt(a.runningVariance[first + c] + static_cast<float>(a.eps));
    float scale = invstd * (a.weight ? a.weight[first + c] : 1.0F);
    factors[c] = scale;
    factors[kBatchNormGroup + c] = __builtin_fmaf(
        -a.runningMean[first + c], scale, a.bias ? a.bias[first + c] : 0.0F);
  }
  mapEntries(sizes, first, factors, Scale{a.input, {}, {}}, a.output);
  return areFinite(factors);
}

__attribute__((target("avx2,fma"))) bool
backwardWide(const BatchNormSizes &sizes, const BatchNormBackward &a,
             int64_t group) {
  int64_t first = group * kBatchNormGroup;
  int64_t count = std::min(kBatchNormGroup, sizes.channels - first);
  float factors[5 * kBatchNormGroup] = {};
  std::copy_n(a.mean + first, count, factors);
  double sums[kBatchNormGroup], dots[kBatchNormGroup];
  if (a.rowProducts == ProductRounding::Fused)
    sumGradients<ProductRounding::Fused>(sizes, a, first, factors, sums, dots);
  else
    sumGradients<ProductRounding::Separate>(sizes, a, first, factors, sums,
                                            dots);
  int64_t entries = sizes.batch * sizes.image;
  for (int64_t c = 0; c < count; ++c) {
    float invstd = a.invstd[first + c];
    factors[kBatchNormGroup + c] = static_cast<float>(dots[c]) * invstd *
                                   invstd / static_cast<float>(entries);
    factors[2 * kBatchNormGroup + c] =
        static_cast<float>(sums[c] / static_cast<double>(entries));
    factors[3 * kBatchNormGroup + c] = invstd;
    factors[4 * kBatchNormGroup + c] = a.weight ? a.weight[first + c] : 1.0F;
    if (a.weightGradient)
      a.weightGradient[first + c] = static_cast<float>(dots[c] * invstd);
    if (a.biasGradient)
      a.biasGradient[first + c] = static_cast<float>(sums[c]);
  }
  if (a.inputGradient)
    mapEntries(sizes, first, factors,
               Derive{a.gradient, a.input, {}, {}, {}, {}, {}},
               a.inputGradient);
  return areFinite(factors);
}

} // namespace

bool dynfault::supportsBatchNormLoops() {
  return supportsRounding(ProductRounding::Fused);
}

bool dynfault::batchNormForward(const BatchNormSizes &sizes,
                                const BatchNormForward &args, int64_t group) {
  return forwardWide(sizes, args, group);
}

bool dynfault::batchNormEvaluate(const BatchNormSizes &sizes,
                                 const BatchNormEvaluation &args,
                                 int64_t group) {
  return evaluateWide(sizes, args, group);
}

bool dynfault::batchNormBackward(const BatchNormSizes &sizes,
                                 const BatchNormBackward &args, int64_t group) {
  return backwardWide(sizes, args, group);
}

#else

bool dynfault::supportsBatchNormLoops() { return false; }

bool dynfault::batchNormForward(const BatchNormSizes &,
                                const BatchNormForward &, int64_t) {
  std::abort();
}

bool dynfault::batchNormEvaluate(const BatchNormSizes &,
                                 const BatchNormEvaluation &, int64_t) {
  std::abort();
}

bool dynfault::batchNormBackward(const BatchNormSizes &,
                                 const BatchNormBackward &, int64_t) {
  std::abort();
}

#endif
