//===- Kernels.h - Products of many rows with few columns -------*- C++ -*-===//
//
// A linear classifier multiplies a tall matrix with one of a few columns, which
// general matrix products are not made for. These two loops do it eight rows at
// a time. They use AVX2 where the processor has it, without fused operations
// and in one order of summation, so that every x86-64 processor gives the same
// bits.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_KERNELS_H
#define DYNFAULT_STUDY_MODEL_KERNELS_H

#include <Eigen/Core>

namespace dynfault::study {

/// Row-major, as the kernels walk it.
using RowMatrix =
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Columns of weights and scores are padded with zeros to a multiple of this.
inline constexpr Eigen::Index kernelWidth = 4;
/// Rows per call.
inline constexpr Eigen::Index kernelRows = 8;

inline Eigen::Index paddedWidth(Eigen::Index columns) {
  return (columns + kernelWidth - 1) / kernelWidth * kernelWidth;
}

/// scores (count x width) = rows (count x features) * weights (features x
/// width); all row-major, `count` at most kernelRows, `width` padded.
void rowScores(const double *rows, Eigen::Index count, Eigen::Index features,
               const double *weights, Eigen::Index width, double *scores);

/// gradient (features x width) += rows' * residuals, likewise.
void addRowGradient(const double *rows, Eigen::Index count,
                    Eigen::Index features, const double *residuals,
                    Eigen::Index width, double *gradient);

} // namespace dynfault::study

#endif
