//===- NearestNeighbours.h - k-NN classifier --------------------*- C++ -*-===//
//
// As DeepFD uses it: five neighbours, Euclidean distance, equal votes.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_NEARESTNEIGHBOURS_H
#define DYNFAULT_STUDY_MODEL_NEARESTNEIGHBOURS_H

#include "tools/dynfault-study/model/Kernels.h"

#include <Eigen/Core>
#include <vector>

namespace dynfault::study {

/// Shares of the classes among the `neighbours` nearest training rows, test
/// rows x classes. Of equally far rows the first counts.
Eigen::MatrixXd nearestNeighbourShares(const RowMatrix &train,
                                       const std::vector<int> &labels,
                                       const RowMatrix &test, int classes,
                                       int neighbours = 5);

} // namespace dynfault::study

#endif
