//===- Cholesky.h - Cholesky factor in single precision ---------*- C++ -*-===//
//
// Own code, because general libraries choose their order of summation by the
// processor, and a report must have the same bits on all of them.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_CHOLESKY_H
#define DYNFAULT_STUDY_MODEL_CHOLESKY_H

#include "tools/dynfault-study/model/Kernels.h"

#include <vector>

namespace dynfault::study {

/// A symmetric matrix in single precision; only its upper triangle is kept.
struct GramMatrix {
  GramMatrix() = default;
  explicit GramMatrix(Eigen::Index size)
      : size(size), stride(paddedColumns(size)),
        values(static_cast<size_t>(stride * stride), 0.0f) {}
  /// rows' * rows of rows (count x size, rowStride apart).
  GramMatrix(const float *rows, Eigen::Index count, Eigen::Index size,
             Eigen::Index rowStride);

  Eigen::Index size = 0, stride = 0;
  std::vector<float> values; ///< stride x stride, row-major.
};

/// U with U'U = matrix + shift * I (G. Golub and C. Van Loan, "Matrix
/// Computations", 4th ed., section 4.2.6: by blocks, the rest updated after
/// each). Where rounding leaves a pivot that is not positive, `shift` is
/// doubled: as a preconditioner the factor serves as well.
class CholeskyFactor {
public:
  CholeskyFactor(const GramMatrix &matrix, float shift);

  /// Solves in place for `count` vectors of stride() entries each.
  void solveInPlace(float *vectors, Eigen::Index count) const;

  Eigen::Index stride() const { return upper.stride; }
  float shift() const { return usedShift; }

private:
  bool factorize();

  GramMatrix upper; ///< Zeros on and below the diagonal.
  std::vector<float> inverseDiagonal;
  float usedShift;
};

} // namespace dynfault::study

#endif
