//===- Forest.h - Decision trees and random forests -------------*- C++ -*-===//
//
// Own code: OpenCV's trees, which Debian has, sort every feature in every node
// and take seconds for one forest; a leave-one-program-out study fits hundreds.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_FOREST_H
#define DYNFAULT_STUDY_MODEL_FOREST_H

#include "tools/dynfault-study/model/Kernels.h"

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace dynfault::study {

struct ForestOptions {
  int trees = 1;
  int depth = 5;
  /// Features that are tried in a split; 0: all.
  int tried = 0;
  bool bootstrap = false; ///< Draws the rows of each tree with replacement.
  uint64_t seed = 0;
};

/// CART with Gini impurity (L. Breiman et al. 1984) and random forests of it
/// (L. Breiman 2001), with class-balanced weights. Split points are at most 255
/// per feature, between quantiles of the training rows (all points between
/// different values where there are no more), as histogram-based boosting
/// places them.
class Forest {
public:
  /// `labels` lie in [0, classes).
  Forest(const RowMatrix &rows, const std::vector<int> &labels, int classes,
         const ForestOptions &options);

  /// Mean class shares of the leaves, rows x classes.
  Eigen::MatrixXd probabilities(const RowMatrix &rows) const;

private:
  struct Node {
    int feature = -1; ///< -1: leaf.
    double threshold = 0;
    int right = 0; ///< The left child follows its parent.
    Eigen::Index leaf = 0;
  };
  struct Builder;
  int classes;
  std::vector<std::vector<Node>> trees;
  std::vector<double> shares; ///< Per leaf, classes long.
};

} // namespace dynfault::study

#endif
