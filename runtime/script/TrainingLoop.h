//===- TrainingLoop.h - Probes in a training loop of one's own --*- C++ -*-===//
//
// An instrumented archive need not be trained by its own `training_step`. Its
// forward opens a step by itself when the module is in training mode; what
// stands outside of the graph, the loss, the gradients and the optimizer, is
// handed over after the optimizer's step. docs/existing-scripts.md shows how.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_SCRIPT_TRAININGLOOP_H
#define DYNFAULT_RUNTIME_SCRIPT_TRAININGLOOP_H

#include "runtime/ops/Operators.h"

#include <torch/optim/optimizer.h>

namespace dynfault {

/// The recorder of a loaded archive. Throws c10::Error if it has no probes.
RecorderPtr recorderOf(const torch::jit::Module &module);

/// Ends the step that the module's forward began: records the loss (one
/// element) as `baseline/train_loss` and, on the schedule of the archive's
/// probes, gradients, optimizer state and update. To be called after the
/// optimizer's step, while gradients are there. Knows the state of
/// torch::optim's SGD, Adam, AdamW, RMSprop and Adagrad; of others the update
/// alone is recorded. Throws c10::Error where no step was begun.
void recordStep(const RecorderPtr &recorder, const at::Tensor &loss,
                const torch::optim::Optimizer &optimizer);

/// The same for state that is given in the order of `parameters`.
void recordStep(const RecorderPtr &recorder, const at::Tensor &loss,
                const TensorList &parameters, const OptimizerState &state);

/// Records `value` at the last step that was ended. `name` is
/// `validation_loss`, `train_metric` or `validation_metric`.
void recordValue(const RecorderPtr &recorder, const std::string &name,
                 double value);

/// Adds what was recorded as a run to the corpus file `corpus`, which is made
/// where there is none. `archive` is the file that the module was loaded from:
/// it says which program and mutant this is. Throws std::runtime_error with one
/// line, also where the corpus has such a run already.
void writeTrace(const RecorderPtr &recorder, const std::string &archive,
                const std::string &corpus, int64_t seed);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_SCRIPT_TRAININGLOOP_H
