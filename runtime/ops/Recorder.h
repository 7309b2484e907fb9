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

#include <torch/custom_class.h>

#include <map>
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

/// Last extreme Ritz vectors of one matrix, flattened.
struct ExtremeVectors {
  at::Tensor top;
  at::Tensor bottom;
};

/// What the curvature probe keeps from one sample to the next.
struct CurvatureMemory {
  at::Tensor input;  ///< First batch seen; defined with `fixed_batch`.
  at::Tensor target; ///< Its target.
  /// By matrix (`hessian`, `gauss_newton`, ...): where Lanczos goes on from.
  std::map<std::string, ExtremeVectors> vectors;
  /// First positive top eigenvalue of the Hessian; 0: none yet.
  double firstTop = 0;
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

  /// True if a probe with the period `every` (> 0, otherwise c10::Error) is to
  /// record now: inside a step, not paused, and at step 0, every, 2*every, ...
  /// or at the last planned step.
  bool sampled(int64_t every) const;

  /// Number of steps of the whole training; 0 (the default): not known.
  void setPlannedSteps(int64_t steps);
  int64_t plannedSteps() const { return planned; }
  int64_t currentStep() const { return step; }

  /// Appends `value` (0-dim, any floating type and device) to the signal. Does
  /// not wait for the device: the number is fetched when somebody reads it.
  /// Of several values of one signal in one step the first is kept.
  void record(const std::string &name, const std::string &site,
              const at::Tensor &value);
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

  /// Forgets everything but the number of planned steps.
  void clear();

  /// Keeps a copy of the parameter until the step ends.
  void keepSnapshot(const at::Tensor &parameter);
  /// The copy that keepSnapshot made in this step; undefined: there is none.
  at::Tensor snapshot(const at::Tensor &parameter) const;

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

  /// Pickled form: the planned steps; name and site of each signal in turn;
  /// its steps (int32) and values (float32) in turn.
  using State =
      std::tuple<int64_t, std::vector<std::string>, std::vector<at::Tensor>>;
  State state() const;
  static c10::intrusive_ptr<Recorder> fromState(const State &state);

private:
  struct Pending {
    size_t signal;
    size_t sample;
    at::Tensor value;
  };

  /// The signal's index, or -1 if this step has a value of it already.
  int64_t appendSample(const std::string &name, const std::string &site,
                       float value);
  const Signal *find(const std::string &name, const std::string &site) const;
  void flush() const;

  // Reading fetches what is still on the device; that changes the cache, not
  // what was recorded.
  mutable std::vector<Signal> recorded;
  mutable std::vector<Pending> pending;
  std::map<std::pair<std::string, std::string>, size_t> index;
  std::unordered_map<const c10::TensorImpl *, at::Tensor> snapshots;
  int64_t planned = 0;
  int64_t step = -1;
  int64_t lastRecorded = -1;
  int pauses = 0;
  bool inside = false;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_RECORDER_H
