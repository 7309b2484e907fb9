//===- Operators.h - The operators of the archive ---------------*- C++ -*-===//
//
// The C++ side of docs/archive.md, "Operators": one function per operator. All
// of them are registered in Operators.cpp, where the schemas stand together.
//
// Optimizer updates read `.grad`, pass over parameters without one, and leave
// the bits that torch.optim of PyTorch 1.13 leaves (its single-tensor path, in
// its order of operations). They are plain loops over parameters: on a CPU the
// at::_foreach_* operators take as long (50 us for Adam on six small tensors).
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_OPERATORS_H
#define DYNFAULT_RUNTIME_OPS_OPERATORS_H

#include "runtime/curvature/StabilityThreshold.h"
#include "runtime/ops/Recorder.h"

#include <string>
#include <vector>

namespace torch {
namespace jit {
struct Module;
} // namespace jit
} // namespace torch

namespace dynfault {

using TensorList = std::vector<at::Tensor>;
using RecorderPtr = c10::intrusive_ptr<Recorder>;

/// Sets `.grad` of each parameter to undefined (Python: None).
void zeroGrad(TensorList parameters);

/// torch.nn.utils.clip_grad_norm_ with the 2-norm over all gradients together.
void clipGradNorm(TensorList parameters, double maxNorm);

/// torch.nn.utils.clip_grad_value_; `clipValue` >= 0.
void clipGradValue(TensorList parameters, double clipValue);

/// Swaps each gradient with the tensor of `previous` that belongs to it, so
/// that the next operator sees the gradients of the step before. A gradient
/// that is undefined counts as zeros.
void delayGradients(TensorList parameters, TensorList previous);

/// Updates so far, one count per parameter: torch.optim counts them apart, and
/// a parameter whose first gradient comes late has its first update then.
using StepCounts = std::vector<int64_t>;

/// torch.optim.SGD. `momentumBuffers` has one zero-initialised tensor per
/// parameter, or none where `momentum` is 0. \returns the new counts.
StepCounts sgd(TensorList parameters, TensorList momentumBuffers,
               StepCounts steps, double lr, double momentum, double dampening,
               double weightDecay, bool nesterov);

/// torch.optim.Adam (Kingma and Ba 2015, algorithm 1, with L2 regularisation),
/// or torch.optim.AdamW (Loshchilov and Hutter 2019, algorithm 2) with
/// `decoupledWeightDecay`. State and result as for sgd, as in all that follow.
StepCounts adam(TensorList parameters, TensorList expAvgs, TensorList expAvgSqs,
                StepCounts steps, double lr, double beta1, double beta2,
                double eps, double weightDecay, bool decoupledWeightDecay);

/// The same, with a few operators on lists of tensors instead of some for each
/// parameter. On a GPU each operator costs time to start, and adam takes this
/// way; on a CPU it is slower, with the same bits.
StepCounts adamOfLists(TensorList parameters, TensorList expAvgs,
                       TensorList expAvgSqs, StepCounts steps, double lr,
                       double beta1, double beta2, double eps,
                       double weightDecay, bool decoupledWeightDecay);

/// torch.optim.RMSprop. `gradAvgs` is empty unless centred, `momentumBuffers`
/// where `momentum` is 0.
StepCounts rmsprop(TensorList parameters, TensorList squareAvgs,
                   TensorList gradAvgs, TensorList momentumBuffers,
                   StepCounts steps, double lr, double alpha, double eps,
                   double weightDecay, double momentum);

/// torch.optim.Adagrad.
StepCounts adagrad(TensorList parameters, TensorList sums, StepCounts steps,
                   double lr, double lrDecay, double weightDecay,
                   double initialAccumulator, double eps);

/// torch.optim.Adadelta.
StepCounts adadelta(TensorList parameters, TensorList squareAvgs,
                    TensorList accDeltas, StepCounts steps, double lr,
                    double rho, double eps, double weightDecay);

/// torch.optim.Adamax.
StepCounts adamax(TensorList parameters, TensorList expAvgs, TensorList expInfs,
                  StepCounts steps, double lr, double beta1, double beta2,
                  double eps, double weightDecay);

/// torch.optim.NAdam, since LibTorch 2 that of PyTorch 2 (NAdam.cpp).
StepCounts nadam(TensorList parameters, TensorList expAvgs,
                 TensorList expAvgSqs, StepCounts steps, double lr,
                 double beta1, double beta2, double eps, double weightDecay,
                 double momentumDecay);

/// The learning rate at `time` >= 0 (epochs or updates so far) of a schedule
/// that starts from `lr`. For the first `warmup` times it rises linearly,
/// lr * (time + 1) / (warmup + 1), as LinearLR(1 / (warmup + 1), 1, warmup);
/// then, with t = time - warmup, by kind:
///
/// * `constant`: lr;
/// * `step`: lr * gamma^floor(t / period) (StepLR);
/// * `multistep`: lr * gamma^(number of milestones <= t) (MultiStepLR);
/// * `exponential`: lr * gamma^t (ExponentialLR);
/// * `cosine`: minimum + (lr - minimum) (1 + cos(pi t / period)) / 2
///   (CosineAnnealingLR; Loshchilov and Hutter 2017, equation 5);
/// * `polynomial`: lr * (1 - min(t / period, 1))^power (PolynomialLR).
double scheduledLr(double lr, int64_t time, std::string kind, int64_t warmup,
                   int64_t period, std::vector<int64_t> milestones,
                   double gamma, double minimum, double power);

/// Brackets of a training step; see Recorder::beginStep.
void beginStep(const RecorderPtr &recorder, int64_t step);
void endStep(const RecorderPtr &recorder);

/// Records statistics of the pre-activation `x` (any shape, floating) of an
/// activation called `kind` (docs/probes.md, "Activations"). `unitDim` is 1
/// where units are channels, 0 where they are the last dimension, or unknown.
/// \returns x itself.
at::Tensor recordActivation(const RecorderPtr &recorder, at::Tensor x,
                            const std::string &site, const std::string &kind,
                            const ProbeSchedule &schedule, int64_t unitDim = 0);

/// Records statistics of gradients and weights per parameter (docs/probes.md,
/// "Gradients and weights").
void recordGradients(const RecorderPtr &recorder, const TensorList &parameters,
                     const std::vector<std::string> &names,
                     const ProbeSchedule &schedule);

/// Keeps copies of the gradients from before clipping for recordOptimizer.
void snapshotGradients(const RecorderPtr &recorder,
                       const TensorList &parameters,
                       const ProbeSchedule &schedule);

/// Keeps copies of the parameters for recordOptimizer in the same step.
void snapshotParameters(const RecorderPtr &recorder,
                        const TensorList &parameters,
                        const ProbeSchedule &schedule);

/// What an optimizer remembers after an update.
struct OptimizerState {
  /// `sgd`, `adam`, `adamw`, `adamax`, `nadam`, ...; tells the bias correction.
  std::string kind;
  /// One tensor per parameter, or none where the optimizer has no such state.
  /// Momentum buffer or exp_avg.
  TensorList firstMoments;
  /// exp_avg_sq, square_avg, Adagrad's sum, or the infinity norm of Adamax.
  TensorList secondMoments;
  int64_t updates = 0; ///< So far, this one included; the most of any.
  double beta1 = 0, beta2 = 0, momentumDecay = 0;
};

/// Records moments, update sizes and clipping per parameter (docs/probes.md,
/// "Optimizer").
void recordOptimizer(const RecorderPtr &recorder, const TensorList &parameters,
                     const std::vector<std::string> &names,
                     const OptimizerState &state,
                     const ProbeSchedule &schedule);

/// Arguments of recordCurvature; see docs/curvature.md.
struct CurvatureRequest {
  at::Tensor input;
  at::Tensor target;
  TensorList parameters;
  double lr = 0;
  ProbeSchedule schedule = 1;
  int64_t lanczosSteps = 1; ///< At most so many products; >= 1.
  int64_t traceSamples = 0; ///< Products for the trace; 0: no trace.
  int64_t seed = 0;         ///< Of dropout and of all random vectors.
  bool fixedBatch = false;  ///< Always use the first batch seen.
  int64_t rows = 0;         ///< Of the batch, the first ones; 0: all.
  bool training = true;     ///< Modes as they are; false: evaluation mode.
  /// One per parameter, for signals per layer; empty: no such signals.
  std::vector<std::string> names;
  /// What to record beside the Hessian's ends and trace: see kQuantities.
  std::vector<std::string> quantities;
  double tolerance = 1e-3;                   ///< Of Lanczos; > 0.
  std::string lanczosStop = "residual";      ///< Or `error`: see LanczosStop.
  std::string traceEstimator = "hutchinson"; ///< Or `xtrace`.
  OptimizerDynamics optimizer;               ///< `lr` is taken from above.
};

/// The names that `quantities` may hold.
extern const std::vector<std::string> kQuantities;

/// Records the curvature of module.loss(module.forward(input), target) in the
/// given parameters, and leaves everything else as it found it.
void recordCurvature(torch::jit::Module module, const RecorderPtr &recorder,
                     const CurvatureRequest &request);

/// Products of a curvature matrix of module.loss(module.forward(input), target)
/// with `vectors` [k, n]: the parameters flattened one after the other, in
/// their dtype. `matrix` is `hessian` or `gauss_newton`. \returns [k, n].
/// Changes nothing, and records nothing.
at::Tensor hessianProduct(const torch::jit::Module &module,
                          const at::Tensor &input, const at::Tensor &target,
                          const TensorList &parameters,
                          const at::Tensor &vectors, const std::string &matrix,
                          int64_t seed, bool training);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_OPERATORS_H
