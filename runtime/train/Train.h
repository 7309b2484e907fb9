//===- Train.h - One training run -------------------------------*- C++ -*-===//
//
// The loop around `training_step`: everything that is the program's (loss,
// clipping, optimizer) stands in the archive; what is left here is the data,
// the random numbers, the clock, and what the baseline signals need.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_TRAIN_H
#define DYNFAULT_RUNTIME_TRAIN_TRAIN_H

#include "runtime/ops/ErrorText.h"
#include "runtime/step/DeviceGraph.h"
#include "runtime/trace/Trace.h"
#include "runtime/train/ProgramFile.h"

#include <functional>
#include <torch/csrc/jit/api/module.h>

namespace dynfault {

/// The numbers of one epoch.
struct EpochSummary {
  int64_t epoch = 0;    ///< Counted from 1.
  double trainLoss = 0; ///< Mean of what `training_step` returned.
  double validationLoss = 0;
  double trainMetric = 0;
  double validationMetric = 0;
};

/// The plans of a module's steps and evaluations on the CPU (CompiledStep.h).
struct TrainingPlans;

struct TrainOptions {
  int64_t seed = 0;
  std::string device = "cpu"; ///< `cpu` or `cuda`.
  int threads = 1;
  double timeoutSeconds = 0; ///< 0: none.
  /// Plan the step where that can be done (CompiledStep.h). Changes no result.
  bool compiledStep = true;
  /// The module's own, from planTraining; empty: this training makes its own.
  std::shared_ptr<TrainingPlans> plans;
  /// On CUDA, record the step as a graph where that can be done
  /// (GraphedStep.h). Changes no result.
  bool graphedStep = true;
  /// What records graphs of a device; null results: nothing does.
  std::function<std::unique_ptr<DeviceGraphs>(at::Device)> deviceGraphs =
      makeDeviceGraphs;
  std::function<void(const EpochSummary &)> onEpoch;
  /// Told once how many steps were replays of a graph, and why not more; not
  /// called on a CPU, which has no graphs.
  std::function<void(const std::string &)> onSteps;
};

/// Loads the archive and checks that it has the methods of docs/archive.md.
/// Throws std::runtime_error with one line that names the file.
torch::jit::Module loadModule(const Archive &archive,
                              const std::string &device);

/// Trains `module` from new parameters. Same archive, data, seed, device and
/// thread count: same trace, bit for bit, except for `durationMs`.
///
/// The seed sets LibTorch's generators before `reset_parameters` is called;
/// shuffling has a generator of its own. The trace holds the baseline signals
/// (at the last step of each epoch where they are per epoch) followed by the
/// recorder's, and ends with one of these:
///
/// * completed;
/// * diverged: the training loss of a step is not finite (that step is the last
///   one in the trace), or a parameter is not finite at the end of an epoch;
/// * timeout: `timeoutSeconds` are over;
/// * failed: an operator threw; the reason is the first line of its message.
///
/// Sets LibTorch's thread count and turns on its deterministic algorithms for
/// the whole process.
Trace train(torch::jit::Module &module, const ProgramFile &file,
            const PreparedData &data, const TrainOptions &options);

/// Makes the plans that a training of `module` with these arguments would make,
/// so that trainings in processes forked from this one share them. Draws new
/// parameters, and trains nothing. Sets what `train` sets for the process.
///
/// \returns null where nothing is planned. Throws what the program throws.
std::shared_ptr<TrainingPlans> planTraining(torch::jit::Module &module,
                                            const ProgramFile &file,
                                            const PreparedData &data,
                                            const TrainOptions &options);

/// SHA-256 of the names, types, shapes and bytes of all parameters and buffers,
/// in the module's order: equal if and only if two modules are, bit for bit.
std::string stateDigest(const torch::jit::Module &module);

/// Throws std::runtime_error if there is no such device.
void checkDevice(const std::string &device);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_TRAIN_H
