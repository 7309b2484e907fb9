//===- Lbfgs.h - Limited-memory BFGS ----------------------------*- C++ -*-===//
//
// A minimiser for smooth convex functions whose curvature has a known diagonal
// upper bound.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_LBFGS_H
#define DYNFAULT_STUDY_MODEL_LBFGS_H

#include <Eigen/Core>
#include <functional>

namespace dynfault::study {

/// Value at a point; fills the gradient (same size as the point).
using Objective =
    std::function<double(const Eigen::VectorXd &at, Eigen::VectorXd &gradient)>;

struct LbfgsResult {
  double value = 0;
  double gradientNorm = 0; ///< Largest absolute entry.
  int iterations = 0;
  bool converged = false; ///< gradientNorm <= tolerance.
};

/// Minimises `objective` from `point`, which ends at the solution. The inverse
/// of `bound` (> 0, same size) is the starting metric. Two-loop recursion over
/// ten pairs (Nocedal and Wright, algorithm 7.4) and a backtracking line search
/// on sufficient decrease.
LbfgsResult minimizeLbfgs(const Objective &objective, Eigen::VectorXd &point,
                          const Eigen::VectorXd &bound, double tolerance,
                          int maxIterations);

} // namespace dynfault::study

#endif
