//===- Kernels.h - Products of many rows with few columns -------*- C++ -*-===//
//
// A linear classifier multiplies a tall matrix with one of a few columns, which
// general matrix products are not made for; and the products that are made for
// it must not choose their order of summation by the processor's caches. These
// loops use AVX2 or AVX-512 where the processor has it, in one order of
// summation. Products are fused everywhere, by the C library where the
// processor cannot, which takes many times as long, so that every processor
// gives the same bits.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_KERNELS_H
#define DYNFAULT_STUDY_MODEL_KERNELS_H

#include "tools/dynfault-study/util/RowMatrix.h"

#include <vector>

namespace dynfault::study {

/// The kernels' rows, weights and gradients are padded with zeros to a multiple
/// of this many columns.
inline constexpr Eigen::Index kernelColumns = 16;
/// Rows per call, at most.
inline constexpr Eigen::Index kernelRows = 4;

inline Eigen::Index paddedColumns(Eigen::Index columns) {
  return (columns + kernelColumns - 1) / kernelColumns * kernelColumns;
}

/// Rows as the kernels walk them: row-major, padded with zeros. `T` is float
/// or double.
template <typename T>
struct Design {
  Design() = default;
  /// The padding is zeros, the rest is not set.
  Design(Eigen::Index rows, Eigen::Index columns)
      : rows(rows), columns(columns), stride(paddedColumns(columns)),
        values(rows * stride) {
    for (Eigen::Index r = 0; r < rows; ++r)
      values.segment(r * stride + columns, stride - columns).setZero();
  }
  explicit Design(const RowMatrix &from) : Design(from.rows(), from.cols()) {
    for (Eigen::Index r = 0; r < rows; ++r)
      values.segment(r * stride, columns) =
          from.row(r).transpose().array().template cast<T>();
  }
  const T *row(Eigen::Index r) const { return values.data() + r * stride; }

  Eigen::Index rows = 0, columns = 0, stride = 0;
  Eigen::Array<T, Eigen::Dynamic, 1> values; ///< rows x stride.
};

/// scores (classes x kernelRows) = weights (classes x stride) * rows' (count x
/// stride); `count` is at most kernelRows. Scores of rows that are not there
/// are 0.
template <typename T>
void rowScores(const T *rows, Eigen::Index count, Eigen::Index stride,
               const T *weights, Eigen::Index classes, T *scores);

/// gradient (classes x stride) += residuals (classes x kernelRows) * rows
/// (count x stride).
template <typename T>
void addRowGradient(const T *rows, Eigen::Index count, Eigen::Index stride,
                    const T *residuals, Eigen::Index classes, T *gradient);

/// Scores (classes x kernelRows) of `count` rows to what their log loss has as
/// derivative, in place: weight_r * (p_rc - [c is label_r]) with p the softmax
/// of scores + intercepts. Adds the derivatives up in `interceptGradient` and
/// returns the rows' weighted loss. `shares` is scratch for kernelRows x
/// classes. exp and log are right to about 5e-16 of themselves and the
/// same on all processors.
template <typename T>
double softmaxResiduals(T *scores, Eigen::Index count, Eigen::Index classes,
                        const double *intercepts, const int *labels,
                        const double *weights, double *interceptGradient,
                        double *shares);

/// Upper triangle of gram (columns x gramStride) += sign * rows' * rows for
/// rows (count x columns, `stride` apart). `gramStride` is padded; entries of
/// `gram` right of `columns`, and below the diagonal within blocks of twice
/// kernelColumns, are written to as well, with what depends on the processor.
void addGram(const float *rows, Eigen::Index count, Eigen::Index columns,
             Eigen::Index stride, float sign, float *gram,
             Eigen::Index gramStride);

/// out[i] = (values[i] - center[i]) * inverseScale[i], with fill[i] in the
/// place of a missing value.
template <typename T>
void standardize(const double *values, Eigen::Index count, const double *fill,
                 const double *center, const double *inverseScale, T *out);

/// Solves U'Ux = b in place for each of `count` vectors of `stride` entries. U
/// is an upper triangle (size x stride) with zeros on and below the diagonal,
/// whose diagonal's inverse stands apart.
void solveUpper(const float *upper, const float *inverseDiagonal,
                Eigen::Index size, Eigen::Index stride, float *vectors,
                Eigen::Index count);

/// Classes of splitGains() come in multiples of this.
inline constexpr Eigen::Index splitClasses = 4;

/// What the splits of a tree's node gain: for counts (count x classes) of the
/// node's rows per bin and class, class weights w and totals t (of the node,
/// weighted), with l_c = w_c times the counts up to bin s and r_c = t_c - l_c,
///   gains[s] = sum l_c^2 / sum l_c + sum r_c^2 / (all - sum l_c) - parent.
/// Rounds `count` up to a multiple of 4 in reading counts and writing gains.
void splitGains(const int *counts, Eigen::Index classes, Eigen::Index count,
                const double *weights, const double *totals, double all,
                double parent, double *gains);

} // namespace dynfault::study

#endif
