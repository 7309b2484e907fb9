//===- Recorder.cpp - What the probes of one module recorded --------------===//
//
// The numbers that a probe computes stay where they were computed: asking a
// GPU for one number makes the host wait for the whole queue, in every step.
// They are fetched together when somebody reads, or when many have gathered.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Recorder.h"

#include <ATen/ATen.h>

#include <algorithm>

using namespace dynfault;

// Each waiting number holds one small block of device memory (512 bytes with
// the caching allocator of CUDA): at most 8 MiB.
static constexpr size_t kMaxPending = 16384;

void Recorder::beginStep(int64_t newStep) {
  openStep(newStep);
  bracketed = true;
}

void Recorder::beginForward(const std::vector<at::Tensor> &parameters,
                            const std::vector<std::string> &names,
                            const ProbeSchedule &schedule) {
  if (!stepsAtForward())
    return;
  if (step < 0)
    forwardStep.begin = std::chrono::steady_clock::now();
  openStep(step + 1);
  forwardStep.parameters = parameters;
  forwardStep.names = names;
  forwardStep.schedule = schedule;
  if (!sampled(schedule))
    return;
  for (const at::Tensor &parameter : parameters)
    keepSnapshot(parameter);
}

void Recorder::openStep(int64_t newStep) {
  TORCH_CHECK(newStep >= 0, "dynfault::begin_step: step ", newStep,
              " is negative");
  TORCH_CHECK(newStep <= INT32_MAX, "dynfault::begin_step: step ", newStep,
              " does not fit the trace's 32 bits");
  TORCH_CHECK(newStep >= lastRecorded, "dynfault::begin_step: step ", newStep,
              " comes before step ", lastRecorded,
              ", which is recorded already; call recorder.clear() before "
              "training anew");
  step = newStep;
  inside = true;
  snapshots.clear();
  gradients.clear();
}

void Recorder::endStep() {
  inside = false;
  snapshots.clear();
  gradients.clear();
}

bool Recorder::samples(int64_t number, const ProbeSchedule &schedule) const {
  TORCH_CHECK(schedule.every >= 0 && schedule.warmUp >= 0 &&
                  schedule.epochs >= 0,
              "dynfault probe: every = ", schedule.every,
              ", warm_up = ", schedule.warmUp, ", epochs = ", schedule.epochs,
              " must not be negative");
  TORCH_CHECK(schedule.epochs == 0 || epochSteps > 0,
              "dynfault probe: epochs "
              "= ",
              schedule.epochs,
              " needs the number of steps per epoch; "
              "call recorder.set_steps_per_epoch(n) before training");
  if (number == 0 || (planned > 0 && number == planned - 1))
    return true;
  return number < schedule.warmUp ||
         (schedule.every > 0 && number % schedule.every == 0) ||
         (schedule.epochs > 0 &&
          (number + 1) % (schedule.epochs * epochSteps) == 0);
}

bool Recorder::sampled(const ProbeSchedule &schedule) const {
  return samples(step, schedule) && inside && pauses == 0;
}

void Recorder::setStepsPerEpoch(int64_t steps) {
  TORCH_CHECK(steps >= 0, "dynfault.Recorder: set_steps_per_epoch(", steps,
              ") must not be negative");
  epochSteps = steps;
}

void Recorder::setPlannedSteps(int64_t steps) {
  TORCH_CHECK(steps >= 0, "dynfault.Recorder: set_planned_steps(", steps,
              ") must not be negative");
  planned = steps;
}

size_t Recorder::signalIndex(const std::string &name, const std::string &site) {
  auto [entry, isNew] = index.try_emplace({name, site}, recorded.size());
  if (isNew)
    recorded.push_back({name, site, {}, {}});
  return entry->second;
}

const Recorder::Group &Recorder::groupOf(at::ArrayRef<const char *> names,
                                         const std::string &site) {
  std::vector<Group> &candidates = groups[site];
  for (const Group &group : candidates)
    if (names.equals(group.names))
      return group;
  Group group{names.vec(), {}};
  for (const char *name : names)
    group.signals.push_back(signalIndex(name, site));
  candidates.push_back(std::move(group));
  return candidates.back();
}

bool Recorder::appendSample(size_t index, float value) {
  Signal &signal = recorded[index];
  if (!signal.steps.empty() && signal.steps.back() >= step)
    return false;
  signal.steps.push_back(static_cast<int32_t>(step));
  signal.values.push_back(value);
  lastRecorded = std::max(lastRecorded, step);
  return true;
}

void Recorder::record(const std::string &name, const std::string &site,
                      const at::Tensor &value) {
  TORCH_CHECK(value.defined() && value.dim() == 0, "dynfault.Recorder: ", name,
              " expects a 0-dim tensor");
  append({signalIndex(name, site)}, Numbers(value.detach().view({1})));
}

void Recorder::recordAll(at::ArrayRef<const char *> names,
                         const std::string &site, const Numbers &values) {
  TORCH_CHECK(values.size() == names.size(),
              "dynfault.Recorder: ", names.size(), " signals, but ",
              values.size(), " values");
  append(groupOf(names, site).signals, values);
}

void Recorder::append(at::ArrayRef<size_t> signals, const Numbers &values) {
  if (values.onHost()) {
    for (size_t i = 0; i < signals.size(); ++i)
      appendSample(signals[i], static_cast<float>(values[i]));
    return;
  }
  Pending entry;
  for (size_t signal : signals) {
    bool isNew = appendSample(signal, 0.0F);
    entry.targets.push_back({isNew ? static_cast<int64_t>(signal) : -1,
                             recorded[signal].values.size() - 1});
  }
  // Casting copies, so that a later in-place change cannot reach the samples.
  at::NoGradGuard noGrad;
  entry.values =
      values.tensor().to(at::kFloat, /*non_blocking=*/true, /*copy=*/true);
  pending.push_back(std::move(entry));
  if (pending.size() >= kMaxPending)
    flush();
}

void Recorder::record(const std::string &name, const std::string &site,
                      double value) {
  appendSample(signalIndex(name, site), static_cast<float>(value));
}

void Recorder::flush() const {
  std::map<std::pair<at::DeviceType, at::DeviceIndex>, std::vector<size_t>>
      byDevice;
  for (size_t i = 0; i < pending.size(); ++i) {
    at::Device device = pending[i].values.device();
    byDevice[{device.type(), device.index()}].push_back(i);
  }
  at::NoGradGuard noGrad;
  for (const auto &[device, entries] : byDevice) {
    std::vector<at::Tensor> values;
    values.reserve(entries.size());
    for (size_t i : entries)
      values.push_back(pending[i].values);
    at::Tensor host = at::cat(values).cpu();
    const float *number = host.data_ptr<float>();
    for (size_t i : entries)
      for (const Pending::Target &target : pending[i].targets) {
        if (target.signal >= 0)
          recorded[target.signal].values[target.sample] = *number;
        ++number;
      }
  }
  pending.clear();
}

const std::vector<Signal> &Recorder::signals() const {
  flush();
  return recorded;
}

const Signal *Recorder::find(const std::string &name,
                             const std::string &site) const {
  auto entry = index.find({name, site});
  return entry == index.end() ? nullptr : &signals()[entry->second];
}

std::vector<std::string> Recorder::names() const {
  std::vector<std::string> result;
  for (const Signal &signal : recorded)
    if (std::find(result.begin(), result.end(), signal.name) == result.end())
      result.push_back(signal.name);
  return result;
}

std::vector<std::string> Recorder::sites(const std::string &name) const {
  std::vector<std::string> result;
  for (const Signal &signal : recorded)
    if (signal.name == name)
      result.push_back(signal.site);
  return result;
}

std::vector<int64_t> Recorder::steps(const std::string &name,
                                     const std::string &site) const {
  const Signal *signal = find(name, site);
  if (!signal)
    return {};
  return {signal->steps.begin(), signal->steps.end()};
}

std::vector<double> Recorder::values(const std::string &name,
                                     const std::string &site) const {
  const Signal *signal = find(name, site);
  if (!signal)
    return {};
  return {signal->values.begin(), signal->values.end()};
}

void Recorder::clear() {
  recorded.clear();
  pending.clear();
  index.clear();
  groups.clear();
  snapshots.clear();
  gradients.clear();
  curvature = {};
  step = -1;
  lastRecorded = -1;
  inside = false;
  bracketed = false;
  forwardStep = {};
}

void Recorder::keepSnapshot(const at::Tensor &parameter) {
  at::NoGradGuard noGrad;
  snapshots[parameter.unsafeGetTensorImpl()] = parameter.detach().clone();
}

at::Tensor Recorder::snapshot(const at::Tensor &parameter) const {
  auto entry = snapshots.find(parameter.unsafeGetTensorImpl());
  return entry == snapshots.end() ? at::Tensor() : entry->second;
}

void Recorder::keepGradient(const at::Tensor &parameter) {
  at::NoGradGuard noGrad;
  if (parameter.grad().defined())
    gradients[parameter.unsafeGetTensorImpl()] =
        parameter.grad().detach().clone();
}

at::Tensor Recorder::keptGradient(const at::Tensor &parameter) const {
  auto entry = gradients.find(parameter.unsafeGetTensorImpl());
  return entry == gradients.end() ? at::Tensor() : entry->second;
}

Recorder::State Recorder::state() const {
  std::vector<std::string> keys;
  std::vector<at::Tensor> samples;
  for (const Signal &signal : signals()) {
    keys.push_back(signal.name);
    keys.push_back(signal.site);
    samples.push_back(
        at::tensor(at::ArrayRef<int32_t>(signal.steps), at::kInt));
    samples.push_back(
        at::tensor(at::ArrayRef<float>(signal.values), at::kFloat));
  }
  return {planned, epochSteps, keys, samples};
}

c10::intrusive_ptr<Recorder> Recorder::fromState(const State &state) {
  const auto &[planned, epochSteps, keys, samples] = state;
  TORCH_CHECK(keys.size() == samples.size() && keys.size() % 2 == 0,
              "dynfault.Recorder: the archive's recorder is corrupt (",
              keys.size(), " names and sites, ", samples.size(),
              " series); write the archive anew");
  auto recorder = c10::make_intrusive<Recorder>();
  recorder->setPlannedSteps(planned);
  recorder->setStepsPerEpoch(epochSteps);
  for (size_t i = 0; i < keys.size(); i += 2) {
    at::Tensor steps = samples[i].to(at::kCPU, at::kInt).contiguous();
    at::Tensor values = samples[i + 1].to(at::kCPU, at::kFloat).contiguous();
    TORCH_CHECK(steps.numel() == values.numel(),
                "dynfault.Recorder: the archive's recorder is corrupt (",
                keys[i], " has ", steps.numel(), " steps and ", values.numel(),
                " values); write the archive anew");
    for (int64_t j = 0; j < steps.numel(); ++j) {
      recorder->step = steps.data_ptr<int32_t>()[j];
      recorder->record(keys[i], keys[i + 1],
                       static_cast<double>(values.data_ptr<float>()[j]));
    }
  }
  return recorder;
}
