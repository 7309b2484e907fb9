//===- Lbfgs.h - Limited-memory BFGS ----------------------------*- C++ -*-===//
//
// A minimiser for smooth functions of which an estimate of the curvature is
// known.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_LBFGS_H
#define DYNFAULT_STUDY_MODEL_LBFGS_H

#include <Eigen/Core>
#include <functional>
#include <vector>

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

/// Replaces a vector by its product with the inverse of a positive definite
/// matrix that is about as large as the curvature or larger.
using InverseMetric = std::function<void(Eigen::VectorXd &vector)>;

/// What a minimisation learned of the curvature. Another one of a similar
/// function takes fewer steps with it.
struct LbfgsMemory {
  struct Pair {
    Eigen::VectorXd step;
    Eigen::VectorXd change; ///< Of the gradient along the step.
    double scale;           ///< change' metric change / step'change.
  };
  std::vector<Pair> pairs; ///< The latest last.
};

/// Minimises `objective` from `point`, which ends at the solution. `metric` is
/// the starting metric, a linear map, applied once per iteration, and once more
/// while pairs of `memory` are in use. Two-loop recursion over twenty pairs
/// (Nocedal and Wright, algorithm 7.4) and a backtracking line search on
/// sufficient decrease. `rounding` is the relative accuracy of the values.
/// Starts with the pairs of `memory` and leaves its own there.
LbfgsResult minimizeLbfgs(const Objective &objective, Eigen::VectorXd &point,
                          const InverseMetric &metric, double tolerance,
                          int maxIterations, double rounding = 1e-13,
                          LbfgsMemory *memory = nullptr);

} // namespace dynfault::study

#endif
