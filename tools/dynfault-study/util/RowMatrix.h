//===- RowMatrix.h - One row after the other in memory ----------*- C++ -*-===//
//
// Runs are rows, and nearly everything takes some of the rows.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_UTIL_ROWMATRIX_H
#define DYNFAULT_STUDY_UTIL_ROWMATRIX_H

#include <Eigen/Core>

namespace dynfault::study {

/// One row after the other in memory.
using RowMatrix =
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

} // namespace dynfault::study

#endif
