//===- Evaluate.h - Loss and metric of a model on a part of the data ------===//
//
// The one definition of `baseline/validation_loss` and of the task metrics.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_EVALUATE_H
#define DYNFAULT_RUNTIME_TRAIN_EVALUATE_H

#include "runtime/step/CompiledMethod.h"

#include <torch/csrc/jit/api/module.h>

namespace dynfault {

struct Evaluation {
  double loss = 0;   ///< Mean over the rows; NaN where it was not asked for.
  double metric = 0; ///< Accuracy, or R^2; NaN where it is not defined.
};

/// The methods that an evaluation calls, planned over many evaluations.
struct CompiledEvaluation {
  explicit CompiledEvaluation(const torch::jit::Module &module)
      : forward(module, "forward"), loss(module, "loss") {}

  CompiledMethod forward, loss;
};

/// Runs `module.forward` and `module.loss` over all rows in evaluation mode
/// without gradients, in pieces of `batchSize` rows (a loss that sums over its
/// batch then stays comparable with the training loss), weighted by their rows.
///
/// Metric: for classification the share of rows whose largest score along the
/// second dimension is at the int64 target (a float target [rows, 1] goes with
/// one logit, > 0 meaning class 1); one with a non-finite score is wrong. With
/// scores [rows, classes, places] and targets [rows, places] each place counts,
/// but those whose target is -100. For regression 1 - SSE / SST in float64, NaN
/// if the targets are all equal; an output that is larger than the target is
/// compared by the first of its values in each row.
///
/// Without `withLoss` the metric is the same: a loss that draws random numbers
/// is computed all the same, since the next rows would get others.
///
/// `compiled`, if given, is the module's own; the results are the same.
///
/// Leaves the mode of the module and of its parts, and the default random
/// generators of the CPU and of the inputs' device, as they were.
Evaluation evaluate(torch::jit::Module &module, const at::Tensor &inputs,
                    const at::Tensor &targets, int64_t batchSize,
                    bool classification, bool withLoss = true,
                    CompiledEvaluation *compiled = nullptr);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_EVALUATE_H
