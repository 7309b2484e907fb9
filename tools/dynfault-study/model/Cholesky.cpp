//===- Cholesky.cpp - Cholesky factor in single precision -----------------===//
//
// Nearly all of the work is the update of what is left, which is a Gram matrix.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/Cholesky.h"

#include <algorithm>
#include <cmath>

namespace dynfault::study {

using Eigen::Index;

GramMatrix::GramMatrix(const float *rows, Index count, Index size,
                       Index rowStride)
    : GramMatrix(size) {
  addGram(rows, count, size, rowStride, 1, values.data(), stride);
}

CholeskyFactor::CholeskyFactor(const GramMatrix &matrix, float shift)
    : inverseDiagonal(static_cast<size_t>(matrix.size)), usedShift(shift) {
  while (true) {
    upper = matrix;
    for (Index i = 0; i < upper.size; ++i)
      upper.values[static_cast<size_t>(i * upper.stride + i)] += usedShift;
    if (factorize())
      break;
    usedShift *= 2;
  }
  for (Index i = 0; i < upper.size; ++i)
    std::fill_n(upper.values.begin() + i * upper.stride, i + 1, 0.0f);
}

bool CholeskyFactor::factorize() {
  constexpr Index block = 64;
  const Index size = upper.size, stride = upper.stride;
  float *values = upper.values.data();
  for (Index first = 0; first < size; first += block) {
    const Index end = std::min(first + block, size);
    for (Index r = first; r < end; ++r) {
      float *row = values + r * stride;
      for (Index above = first; above < r; ++above) {
        const float *known = values + above * stride;
        const float by = known[r];
        for (Index j = r; j < size; ++j)
          row[j] -= by * known[j];
      }
      if (!(row[r] > 0) || !std::isfinite(row[r]))
        return false;
      const float inverse = 1 / std::sqrt(row[r]);
      inverseDiagonal[static_cast<size_t>(r)] = inverse;
      for (Index j = r; j < size; ++j)
        row[j] *= inverse;
    }
    if (end < size)
      addGram(values + first * stride + end, end - first, size - end, stride,
              -1, values + end * stride + end, stride);
  }
  return true;
}

void CholeskyFactor::solveInPlace(float *vectors, Index count) const {
  solveUpper(upper.values.data(), inverseDiagonal.data(), upper.size,
             upper.stride, vectors, count);
}

} // namespace dynfault::study
