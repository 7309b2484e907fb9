//===- Train.cpp - One training run ---------------------------------------===//

#include "runtime/train/Train.h"

#include "runtime/data/Random.h"
#include "runtime/data/Sha256.h"
#include "runtime/ops/Recorder.h"
#include "runtime/step/CompiledStep.h"
#include "runtime/step/GraphedStep.h"
#include "runtime/train/Evaluate.h"
#include "runtime/train/Versions.h"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sstream>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/cuda.h>

namespace dynfault {

struct TrainingPlans {
  explicit TrainingPlans(const torch::jit::Module &module)
      : step(module), evaluation(module) {}

  CompiledStep step;
  CompiledEvaluation evaluation;
};

namespace {

/// Stream of Random for the order of the rows.
constexpr uint64_t ShuffleStream = 3;
/// Rows of the training part that its metric is computed on.
constexpr int64_t TrainMetricRows = 1000;

constexpr const char *RequiredMethods[] = {"forward", "loss", "training_step",
                                           "reset_parameters"};

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Thrown inside the loop to end it with a status other than completed.
struct EarlyEnd {
  RunStatus status;
  std::string reason;
};

/// Whether all entries are.
bool isFinite(const at::Tensor &tensor) {
  if (!tensor.device().is_cpu() || tensor.scalar_type() != at::kFloat ||
      !tensor.is_contiguous())
    return tensor.isfinite().all().item<bool>();
  // Infinities and NaN have all bits of the exponent. Without operators, which
  // would make two tensors for each parameter.
  constexpr uint32_t Exponent = 0x7f800000;
  const auto *entries = tensor.data_ptr<float>();
  uint32_t found = 0;
  for (int64_t i = 0, count = tensor.numel(); i < count; ++i) {
    uint32_t bits;
    std::memcpy(&bits, entries + i, sizeof(bits));
    found |= (bits & Exponent) == Exponent;
  }
  return found == 0;
}

/// The state of one run.
class TrainingRun {
public:
  TrainingRun(torch::jit::Module &module, const ProgramFile &file,
              const PreparedData &data, const TrainOptions &options)
      : module(module), file(file), options(options), device(options.device),
        shuffle(options.seed, ShuffleStream),
        step(module.get_method("training_step")) {
    trainInputs = data.trainInputs.to(device);
    trainTargets = data.trainTargets.to(device);
    validationInputs = data.validationInputs.to(device);
    validationTargets = data.validationTargets.to(device);
    // Not what program.json asks for: faults remove or repeat rows.
    trace.stepsPerEpoch = file.stepsPerEpoch(trainInputs.size(0));
    trace.stepsPlanned = file.epochs * trace.stepsPerEpoch;
    trace.versions = versionsJson();
    trainLoss.name = "baseline/train_loss";
    validationLoss.name = "baseline/validation_loss";
    trainMetric.name = "baseline/train_metric";
    validationMetric.name = "baseline/validation_metric";
  }

  Trace run() {
    auto start = Clock::now();
    deadline = options.timeoutSeconds > 0 ? options.timeoutSeconds : INFINITY;
    started = start;
    try {
      prepare();
      for (int64_t epoch = 1; epoch <= file.epochs; ++epoch)
        runEpoch(epoch);
    } catch (const EarlyEnd &end) {
      trace.status = end.status;
      trace.reason = end.reason;
    } catch (const std::exception &error) {
      trace.status = RunStatus::Failed;
      trace.reason = firstLine(error);
    }
    collectSignals();
    tellSteps();
    trace.durationMs = std::llround(1000 * secondsSince(start));
    return std::move(trace);
  }

  std::shared_ptr<TrainingPlans> plan() {
    prepare();
    if (!plans)
      return nullptr;
    int64_t rows = trainInputs.size(0), batch = file.batchSize;
    for (int64_t first : {int64_t(0), rows / batch * batch})
      if (int64_t count = std::min(batch, rows - first))
        plans->step.prepare(trainInputs.narrow(0, first, count),
                            trainTargets.narrow(0, first, count));
    evaluateTraining();
    evaluateValidation();
    return plans;
  }

private:
  void prepare() {
    torch::manual_seed(options.seed);
    module.train();
    // Drawn on the host, so that all devices begin with the same parameters.
    if (device.type() != at::kCPU)
      module.to(at::kCPU);
    module.get_method("reset_parameters")({});
    if (device.type() != at::kCPU)
      module.to(device);
    // What a learning-rate schedule counts epochs by.
    if (module.hasattr("steps_per_epoch"))
      module.setattr("steps_per_epoch", trace.stepsPerEpoch);
    if (module.hasattr("recorder")) {
      recorder = module.attr("recorder").toCustomClass<Recorder>();
      recorder->clear();
      recorder->setPlannedSteps(trace.stepsPlanned);
      recorder->setStepsPerEpoch(trace.stepsPerEpoch);
    }
    if (options.graphedStep)
      if (auto graphs = options.deviceGraphs(device))
        graphed.emplace(module, device, std::move(graphs));
    if (options.compiledStep && device.type() == at::kCPU && !graphed)
      plans = options.plans ? options.plans
                            : std::make_shared<TrainingPlans>(module);
  }

  at::Tensor runStep(const at::Tensor &input, const at::Tensor &target) {
    if (plans)
      return plans->step(input, target);
    if (graphed)
      return (*graphed)(input, target);
    // Kernels may be chosen by where a tensor begins; copies begin alike.
    return device.type() == at::kCPU
               ? step({input, target}).toTensor()
               : step({input.clone(), target.clone()}).toTensor();
  }

  void runEpoch(int64_t epoch) {
    at::Tensor inputs = trainInputs, targets = trainTargets;
    int64_t rows = inputs.size(0);
    if (file.shuffle) {
      std::vector<int64_t> order = shuffle.permutation(rows);
      at::Tensor index = at::tensor(order, at::kLong).to(device);
      inputs = inputs.index_select(0, index);
      targets = targets.index_select(0, index);
    }
    firstOfEpoch = trainLoss.values.size();
    // On an accelerator reading each loss would stall it, so they stay there
    // until the epoch is over.
    std::vector<at::Tensor> waiting;
    for (int64_t first = 0; first < rows; first += file.batchSize) {
      int64_t count = std::min(file.batchSize, rows - first);
      at::Tensor loss = runStep(inputs.narrow(0, first, count),
                                targets.narrow(0, first, count));
      ++trace.stepsDone;
      if (device.type() == at::kCPU)
        addLoss(loss.item<double>());
      else
        waiting.push_back(loss.detach().reshape({}));
      if (secondsSince(started) > deadline) {
        flush(waiting);
        throw EarlyEnd{RunStatus::Timeout,
                       fmt::format("over {} s after {} of {} steps",
                                   options.timeoutSeconds, trace.stepsDone,
                                   trace.stepsPlanned)};
      }
    }
    flush(waiting);
    checkParameters();
    finishEpoch(epoch);
  }

  void flush(std::vector<at::Tensor> &waiting) {
    if (waiting.empty())
      return;
    at::Tensor losses = at::stack(waiting).to(at::kCPU, at::kDouble);
    waiting.clear();
    for (int64_t i = 0; i < losses.size(0); ++i)
      addLoss(losses[i].item<double>());
  }

  void addLoss(double loss) {
    int32_t index = trainLoss.values.size();
    trainLoss.steps.push_back(index);
    trainLoss.values.push_back(loss);
    if (std::isfinite(loss))
      return;
    trace.stepsDone = index + 1;
    throw EarlyEnd{RunStatus::Diverged,
                   fmt::format("training loss is {} at step {}",
                               std::isnan(loss) ? "nan"
                               : loss > 0       ? "inf"
                                                : "-inf",
                               index)};
  }

  void checkParameters() {
    for (const auto &parameter : module.named_parameters())
      if (!isFinite(parameter.value))
        throw EarlyEnd{RunStatus::Diverged,
                       fmt::format("parameter '{}' is not finite after step {}",
                                   parameter.name, trace.stepsDone - 1)};
  }

  Evaluation evaluateTraining() {
    int64_t rows = std::min(TrainMetricRows, trainInputs.size(0));
    return evaluate(module, trainInputs.narrow(0, 0, rows),
                    trainTargets.narrow(0, 0, rows), file.batchSize,
                    file.data.classification, /*withLoss=*/false,
                    plans ? &plans->evaluation : nullptr);
  }

  Evaluation evaluateValidation() {
    return evaluate(module, validationInputs, validationTargets, file.batchSize,
                    file.data.classification, /*withLoss=*/true,
                    plans ? &plans->evaluation : nullptr);
  }

  void finishEpoch(int64_t epoch) {
    Evaluation train = evaluateTraining(), validation = evaluateValidation();
    auto add = [&](TraceSignal &signal, double value) {
      signal.steps.push_back(trace.stepsDone - 1);
      signal.values.push_back(value);
    };
    add(validationLoss, validation.loss);
    add(trainMetric, train.metric);
    add(validationMetric, validation.metric);
    if (!options.onEpoch)
      return;
    EpochSummary summary;
    summary.epoch = epoch;
    for (size_t i = firstOfEpoch; i < trainLoss.values.size(); ++i)
      summary.trainLoss += trainLoss.values[i];
    summary.trainLoss /= trainLoss.values.size() - firstOfEpoch;
    summary.validationLoss = validation.loss;
    summary.trainMetric = train.metric;
    summary.validationMetric = validation.metric;
    options.onEpoch(summary);
  }

  void collectSignals() {
    for (TraceSignal *signal :
         {&trainLoss, &validationLoss, &trainMetric, &validationMetric})
      if (!signal->steps.empty())
        trace.signals.push_back(std::move(*signal));
    if (!recorder)
      return;
    for (const Signal &recorded : recorder->signals()) {
      TraceSignal signal{recorded.name, recorded.site, {}, {}};
      for (size_t i = 0; i < recorded.steps.size(); ++i) {
        // On an accelerator the end is noticed some steps later.
        if (recorded.steps[i] >= trace.stepsDone)
          break;
        signal.steps.push_back(recorded.steps[i]);
        signal.values.push_back(recorded.values[i]);
      }
      if (!signal.steps.empty())
        trace.signals.push_back(std::move(signal));
    }
  }

  void tellSteps() const {
    if (!options.onSteps || (device.type() == at::kCPU && !graphed))
      return;
    std::string text =
        fmt::format("{} of {} steps replayed as a graph",
                    graphed ? graphed->replays() : 0, trace.stepsDone);
    if (!graphed)
      text += options.graphedStep ? ": not on this device" : ": switched off";
    else if (!graphed->whyNot().empty())
      text += ": " + graphed->whyNot();
    else if (!graphed->leftToHost().empty())
      text += ", but for " + graphed->leftToHost() + " and what follows it";
    options.onSteps(text);
  }

  torch::jit::Module &module;
  const ProgramFile &file;
  const TrainOptions &options;
  at::Device device;
  Random shuffle;
  torch::jit::Method step;
  std::shared_ptr<TrainingPlans> plans;
  std::optional<GraphedStep> graphed;
  at::Tensor trainInputs, trainTargets, validationInputs, validationTargets;
  c10::intrusive_ptr<Recorder> recorder;
  Trace trace;
  TraceSignal trainLoss, validationLoss, trainMetric, validationMetric;
  size_t firstOfEpoch = 0;
  Clock::time_point started;
  double deadline = 0;
};

} // namespace

std::string stateDigest(const torch::jit::Module &module) {
  std::string bytes;
  auto append = [&bytes](const std::string &name, const at::Tensor &tensor) {
    at::Tensor host = tensor.detach().cpu().contiguous();
    bytes +=
        fmt::format("{} {} [{}]\n", name, c10::toString(host.scalar_type()),
                    fmt::join(host.sizes(), ","));
    bytes.append(static_cast<const char *>(host.data_ptr()), host.nbytes());
  };
  for (const auto &parameter : module.named_parameters())
    append(parameter.name, parameter.value);
  for (const auto &buffer : module.named_buffers())
    append(buffer.name, buffer.value);
  return sha256(bytes);
}

void checkDevice(const std::string &device) {
  if (device == "cuda" && !torch::cuda::is_available())
    throw std::runtime_error(
        "no CUDA device, or LibTorch was built without CUDA; use --device cpu");
}

torch::jit::Module loadModule(const Archive &archive,
                              const std::string &device) {
  checkDevice(device);
  torch::jit::Module module;
  try {
    std::istringstream stream(archive.bytes);
    module = torch::jit::load(stream, at::Device(device));
    // LibTorch compiles a method when it is first asked for; done here, it is
    // part of what several runs share.
    for (const char *name : RequiredMethods)
      if (auto method = module.find_method(name))
        method->function().ensure_defined();
  } catch (const std::exception &error) {
    throw std::runtime_error(
        fmt::format("{}: cannot be loaded ({}); write it again with "
                    "dynfault-opt of this version",
                    archive.file.path, firstLine(error)));
  }
  for (const char *method : RequiredMethods)
    if (!module.find_method(method))
      throw std::runtime_error(
          fmt::format("{}: has no method '{}'; write it again with "
                      "dynfault-opt",
                      archive.file.path, method));
  return module;
}

/// Keeps memory that a step frees for the next step. By default the C library
/// gives large blocks back to the system, which then clears them again for each
/// step: a tenth of the time of a small convolutional program.
static void keepFreedMemory() {
#ifdef __GLIBC__
  // The most that mallopt takes.
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
}

/// The settings of all trainings of this process.
static void setUpProcess(const TrainOptions &options) {
  setThreadCount(options.threads);
  // cuBLAS asks for this where algorithms must be deterministic.
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/false);
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setBenchmarkCuDNN(false);
}

Trace train(torch::jit::Module &module, const ProgramFile &file,
            const PreparedData &data, const TrainOptions &options) {
  setUpProcess(options);
  keepFreedMemory();
  // The profiling executor of LibTorch 1.13 computes wrong second derivatives
  // from the second call on.
  torch::jit::GraphOptimizerEnabledGuard noOptimizer(false);
  return TrainingRun(module, file, data, options).run();
}

std::shared_ptr<TrainingPlans> planTraining(torch::jit::Module &module,
                                            const ProgramFile &file,
                                            const PreparedData &data,
                                            const TrainOptions &options) {
  setUpProcess(options);
  torch::jit::GraphOptimizerEnabledGuard noOptimizer(false);
  return TrainingRun(module, file, data, options).plan();
}

} // namespace dynfault
