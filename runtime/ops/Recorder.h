//===- Recorder.h - What the probes of one module recorded ------*- C++ -*-===//
//
// Probes are operators inside a TorchScript graph; they need one place that
// outlives the call and that the training loop can read afterwards. The
// recorder is that place. It is a custom class held as an attribute of the
// module, so that it travels with the archive and Python sees it too.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_RECORDER_H
#define DYNFAULT_RUNTIME_OPS_RECORDER_H

#include "runtime/ops/Numbers.h"

#include <torch/custom_class.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dynfault {

/// One recorded time series.
struct Signal {
  std::string name;           ///< `SET/NAME`, e.g. `activation/mean`.
  std::string site;           ///< Layer or parameter; empty: whole model.
  std::vector<int32_t> steps; ///< Training steps, strictly ascending.
  std::vector<float> values;  ///< As many values as steps.
};

/// When a probe records: at the first and the last planned step, and
struct ProbeSchedule {
  // Implicit, so that a plain period can stand for a schedule.
  ProbeSchedule(int64_t every = 0, int64_t warmUp = 0, int64_t epochs = 0)
      : every(every), warmUp(warmUp), epochs(epochs) {}

  int64_t every;  ///< at steps that are multiples of it (0: none);
  int64_t warmUp; ///< at each of so many steps at the start;
  int64_t epochs; ///< at the last step of every so many epochs (0: none).
};

/// Last extreme Ritz vectors of one matrix, flattened.
struct ExtremeVectors {
  at::Tensor top;
  at::Tensor bottom;
};

class InlinedMethods;

/// What the curvature probe keeps from one sample to the next.
struct CurvatureMemory {
  at::Tensor input;  ///< First batch seen; defined with `fixed_batch`.
  at::Tensor target; ///< Its target.
  /// By matrix (`hessian`, `gauss_newton`, ...): where Lanczos goes on from.
  std::map<std::string, ExtremeVectors> vectors;
  /// First positive top eigenvalue of the Hessian; 0: none yet.
  double firstTop = 0;
  /// The module's methods as the probe runs them; null before the first sample.
  std::shared_ptr<InlinedMethods> methods;
};

/// What a forward leaves for the end of its step where the step is not one of
/// the archive's own (runtime/script/TrainingLoop.h).
struct ForwardStep {
  std::vector<at::Tensor> parameters;
  std::vector<std::string> names;
  ProbeSchedule schedule; ///< Of gradients and optimizer state.
  std::chrono::steady_clock::time_point begin; ///< Of the first step.

  int64_t millisecondsSinceBegin() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now() - begin)
        .count();
  }
};

/// The probes' memory: recorded signals, the schedule, and what a probe keeps
/// between two operators or two samples. Used by one thread at a time.
///
/// Known to TorchScript as `__torch__.torch.classes.dynfault.Recorder`.
class Recorder : public torch::CustomClassHolder {
public:
  /// Marks the begin of training step `step` (>= 0). Throws c10::Error where
  /// `step` lies before a step that was recorded already.
  void beginStep(int64_t step);
  /// Marks the end of the step; until the next beginStep nothing is recorded.
  void endStep();

  /// Begins the next step, unless one is open, the recorder is paused, or steps
  /// are bracketed by beginStep; keeps what recordStep needs at the step's end.
  void beginForward(const std::vector<at::Tensor> &parameters,
                    const std::vector<std::string> &names,
                    const ProbeSchedule &schedule);
  /// Whether beginForward would begin a step now.
  bool stepsAtForward() const { return !inside && !bracketed && pauses == 0; }
  ForwardStep forwardStep;
  bool inStep() const { return inside; }

  /// True if a probe of that schedule is to record now: inside a step, not
  /// paused, and at a step that the schedule names. Throws c10::Error for a
  /// negative number, and for `epochs` where setStepsPerEpoch was not called.
  bool sampled(const ProbeSchedule &schedule) const;
  /// True if a probe of that schedule would record in training step `number`
  /// (>= 0), were the recorder not paused. Throws as `sampled` does.
  bool samples(int64_t number, const ProbeSchedule &schedule) const;

  /// Number of steps of the whole training; 0 (the default): not known.
  void setPlannedSteps(int64_t steps);
  int64_t plannedSteps() const { return planned; }
  int64_t currentStep() const { return step; }
  /// Number of steps of an epoch; 0 (the default): not known.
  void setStepsPerEpoch(int64_t steps);
  int64_t stepsPerEpoch() const { return epochSteps; }

  /// Appends `value` (0-dim, any floating type and device) to the signal. Does
  /// not wait for the device: the number is fetched when somebody reads it.
  /// Of several values of one signal in one step the first is kept.
  void record(const std::string &name, const std::string &site,
              const at::Tensor &value);
  /// The same for several signals of one site; as many values as names. The
  /// names are string literals: where they stand tells them apart.
  void recordAll(at::ArrayRef<const char *> names, const std::string &site,
                 const Numbers &values);
  /// The same for a number that is on the host already.
  void record(const std::string &name, const std::string &site, double value);

  /// All signals, in the order of their first value. Waits for the device.
  const std::vector<Signal> &signals() const;

  /// Distinct signal names, in the order of their first value.
  std::vector<std::string> names() const;
  /// Sites of the signal `name`, in the order of their first value.
  std::vector<std::string> sites(const std::string &name) const;
  /// Steps and values of one signal; empty where there is none such.
  std::vector<int64_t> steps(const std::string &name,
                             const std::string &site) const;
  std::vector<double> values(const std::string &name,
                             const std::string &site) const;

  /// Forgets everything but the numbers of steps of the training and an epoch.
  void clear();

  /// Keeps a copy of the parameter until the step ends.
  void keepSnapshot(const at::Tensor &parameter);
  /// The copy that keepSnapshot made in this step; undefined: there is none.
  at::Tensor snapshot(const at::Tensor &parameter) const;
  /// The same for the parameter's gradient; nothing is kept if it has none.
  void keepGradient(const at::Tensor &parameter);
  at::Tensor keptGradient(const at::Tensor &parameter) const;

  /// What the curvature probe keeps from sample to sample.
  CurvatureMemory curvature;

  /// While alive, no probe that writes to `recorder` records.
  class Pause {
  public:
    explicit Pause(Recorder &recorder) : recorder(recorder) {
      ++recorder.pauses;
    }
    ~Pause() { --recorder.pauses; }
    Pause(const Pause &) = delete;
    Pause &operator=(const Pause &) = delete;

  private:
    Recorder &recorder;
  };

  /// Pickled form: the planned steps and those of an epoch; name and site of
  /// each signal in turn; its steps (int32) and values (float32) in turn.
  using State = std::tuple<int64_t, int64_t, std::vector<std::string>,
                           std::vector<at::Tensor>>;
  State state() const;
  static c10::intrusive_ptr<Recorder> fromState(const State &state);

private:
  void openStep(int64_t newStep);

  /// Numbers that are still on the device, [targets.size()]. A target without
  /// signal (-1) is dropped.
  struct Pending {
    struct Target {
      int64_t signal;
      size_t sample;
    };
    std::vector<Target> targets;
    at::Tensor values;
  };

  /// Signals that are recorded together, found by the addresses of their names.
  struct Group {
    std::vector<const char *> names;
    std::vector<size_t> signals;
  };

  size_t signalIndex(const std::string &name, const std::string &site);
  const Group &groupOf(at::ArrayRef<const char *> names,
                       const std::string &site);
  void append(at::ArrayRef<size_t> signals, const Numbers &values);
  /// \returns false if this step has a value of the signal already.
  bool appendSample(size_t signal, float value);
  using Copies = std::unordered_map<const c10::TensorImpl *, at::Tensor>;

  const Signal *find(const std::string &name, const std::string &site) const;
  void flush() const;

  // Reading fetches what is still on the device; that changes the cache, not
  // what was recorded.
  mutable std::vector<Signal> recorded;
  mutable std::vector<Pending> pending;
  std::map<std::pair<std::string, std::string>, size_t> index;
  std::unordered_map<std::string, std::vector<Group>> groups; ///< By site.
  Copies snapshots, gradients;
  int64_t planned = 0;
  int64_t epochSteps = 0;
  int64_t step = -1;
  int64_t lastRecorded = -1;
  int pauses = 0;
  bool inside = false;
  bool bracketed = false; ///< Steps begin by beginStep, not by forwards.
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_RECORDER_H
