//===- StabilityThreshold.h - What curvature an optimizer bears -*- C++ -*-===//
//
// On a quadratic every optimizer diverges along a direction whose curvature is
// above a threshold; training is drawn to that threshold and hovers there
// (Cohen et al., ICLR 2021: gradient descent and momentum; Cohen et al. 2022,
// arXiv 2207.14484: adaptive optimizers, with the preconditioned Hessian).
// Curvature over threshold is a number without unit that compares programs,
// learning rates and optimizers.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_STABILITYTHRESHOLD_H
#define DYNFAULT_RUNTIME_CURVATURE_STABILITYTHRESHOLD_H

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace dynfault {

/// The optimizer as far as its stability goes.
struct OptimizerDynamics {
  /// `sgd`, `adam`, `adamw`, `rmsprop`, `adagrad`; others have no known
  /// threshold here.
  std::string kind = "sgd";
  double lr = 0;
  double momentum = 0;        ///< sgd's momentum, or beta1.
  double dampening = 0;       ///< sgd's.
  bool nesterov = false;      ///< sgd's.
  double beta2 = 0;           ///< adam's and adamw's.
  double eps = 0;             ///< What is added to the root of second moments.
  std::vector<int64_t> steps; ///< Updates so far, per parameter.
  /// exp_avg_sq, square_avg or sum, per parameter; empty for sgd.
  std::vector<at::Tensor> secondMoments;
};

/// The largest eigenvalue of the Hessian times this is 1 at the threshold of
/// sgd: with momentum b and dampening d, lr (1 - d) / (2 + 2b), and for
/// Nesterov's form lr (1 + 2b) / (2 + 2b). NaN for other optimizers.
double momentumFactor(const OptimizerDynamics &optimizer);

/// The largest eigenvalue of P^-1 H times this is 1 at the threshold: lr / 2
/// for rmsprop and adagrad, lr (1 - b) / (2 + 2b) for adam and adamw with
/// b = beta1. NaN for other optimizers.
double preconditionedFactor(const OptimizerDynamics &optimizer);

/// P^(-1/2) of the last update, [n], in the dtype of `parameters`: P is
/// sqrt(second moment) + eps; for adam and adamw with both bias corrections,
/// (1 - beta1^t) (sqrt(v / (1 - beta2^t)) + eps), t the parameter's own count
/// of updates. Zero for a parameter that has had no update: it does not move.
/// Undefined where the optimizer has no preconditioner or has made no update
/// yet, and where an entry of P is zero: P^-1 H does not exist then.
at::Tensor inverseRootPreconditioner(const OptimizerDynamics &optimizer,
                                     const std::vector<at::Tensor> &parameters);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_STABILITYTHRESHOLD_H
