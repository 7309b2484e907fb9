//===- WriteTrace.cpp - From a recorder to a corpus -----------------------===//

#include "runtime/script/TrainingLoop.h"
#include "runtime/train/ProgramFile.h"
#include "runtime/train/Versions.h"

#include <ATen/Parallel.h>
#include <cmath>
#include <fmt/format.h>

using namespace dynfault;

/// What the recorder holds as a trace. A loss that is not finite ends it, as it
/// ends a run of dynfault-run.
static Trace toTrace(const Recorder &recorder) {
  Trace trace;
  trace.stepsDone = recorder.currentStep() + 1;
  for (const Signal &signal : recorder.signals())
    if (signal.name == "baseline/train_loss")
      for (size_t i = 0; i < signal.values.size(); ++i)
        if (!std::isfinite(signal.values[i])) {
          trace.status = RunStatus::Diverged;
          trace.reason = fmt::format("training loss is {} at step {}",
                                     signal.values[i], signal.steps[i]);
          trace.stepsDone = signal.steps[i] + 1;
          break;
        }
  for (const Signal &signal : recorder.signals()) {
    TraceSignal copy{signal.name, signal.site, {}, {}};
    for (size_t i = 0; i < signal.steps.size(); ++i)
      if (signal.steps[i] < trace.stepsDone) {
        copy.steps.push_back(signal.steps[i]);
        copy.values.push_back(signal.values[i]);
      }
    if (!copy.steps.empty())
      trace.signals.push_back(std::move(copy));
  }
  return trace;
}

void dynfault::writeTrace(const RecorderPtr &recorder,
                          const std::string &archive, const std::string &corpus,
                          int64_t seed) {
  ProgramFile file = readProgramFile(archive);
  if (recorder->currentStep() < 0)
    throw std::runtime_error(fmt::format(
        "{}: nothing was recorded; call dynfault::record_step after each step",
        archive));
  Trace trace = toTrace(*recorder);
  trace.stepsPlanned = std::max(recorder->plannedSteps(), trace.stepsDone);
  // The script's own data need not be the program's.
  trace.stepsPerEpoch = recorder->stepsPerEpoch() > 0
                            ? recorder->stepsPerEpoch()
                            : file.stepsPerEpoch(file.data.dataset.train);
  trace.durationMs = recorder->forwardStep.millisecondsSinceBegin();
  trace.versions = versionsJson();
  const TensorList &parameters = recorder->forwardStep.parameters;
  RunKey key;
  key.seed = seed;
  key.device = !parameters.empty() && parameters[0].is_cuda() ? "cuda" : "cpu";
  TraceStore store = TraceStore::openOrCreate(corpus);
  int64_t mutant = store.addMutant(file.program, file.mutant);
  if (store.hasRun(mutant, key))
    throw std::runtime_error(fmt::format(
        "{}: holds the run of '{}' {} with seed {} on {} already; "
        "choose another seed or corpus",
        corpus, file.program.name, file.mutant.key, seed, key.device));
  store.addRun(mutant, key, at::get_num_threads(), trace);
}
