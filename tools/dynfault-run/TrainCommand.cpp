//===- TrainCommand.cpp - dynfault-run train ------------------------------===//

#include "tools/dynfault-run/Commands.h"

#include "runtime/train/Progress.h"
#include "runtime/train/Train.h"
#include "runtime/train/TrivialPredictor.h"

#include <cmath>
#include <cstdio>
#include <ctime>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dynfault {

namespace {

struct TrainArguments {
  std::string program;
  std::string out;
  int64_t seed = 0;
  bool json = false;
  RunOptions run;
};

nlohmann::ordered_json numberOrNull(double value) {
  if (std::isfinite(value))
    return value;
  return nullptr;
}

void printHeader(const ProgramFile &file, const PreparedData &data,
                 const TrainArguments &arguments) {
  fmt::print("program  {} ({})\n", file.program.name, file.mutant.key);
  fmt::print("data     {}: {} training rows, {} validation rows\n",
             file.program.dataset, data.trainInputs.size(0),
             data.validationInputs.size(0));
  fmt::print("run      seed {}, {}, {} thread{}, {} epochs of {} steps\n\n",
             arguments.seed, arguments.run.device, arguments.run.threads,
             arguments.run.threads == 1 ? "" : "s", file.epochs,
             file.stepsPerEpoch(data.trainInputs.size(0)));
  const char *metric = file.data.classification ? "accuracy" : "R^2";
  fmt::print("epoch  training loss  validation loss  {:>17}  {:>19}\n",
             std::string("training ") + metric,
             std::string("validation ") + metric);
  std::fflush(stdout);
}

void printEpoch(const EpochSummary &epoch) {
  fmt::print("{:5}  {:13.6g}  {:15.6g}  {:17.4f}  {:19.4f}\n", epoch.epoch,
             epoch.trainLoss, epoch.validationLoss, epoch.trainMetric,
             epoch.validationMetric);
  std::fflush(stdout);
}

void printStatus(const Trace &trace, const std::string &steps,
                 const std::string &digest) {
  fmt::print("\n{}: {} of {} steps in {:.2f} s", toString(trace.status),
             trace.stepsDone, trace.stepsPlanned, trace.durationMs / 1000.0);
  if (!trace.reason.empty())
    fmt::print(" ({})", trace.reason);
  if (!steps.empty())
    fmt::print("\n{}", steps);
  size_t samples = 0;
  for (const TraceSignal &signal : trace.signals)
    samples += signal.values.size();
  fmt::print("\n{} signals, {} samples\n", trace.signals.size(), samples);
  fmt::print("final parameters and buffers: sha256 {}\n", digest);
}

void printJson(const ProgramFile &file, const PreparedData &data,
               const TrainArguments &arguments, const Trace &trace,
               double cpuSeconds, const std::string &steps,
               const std::vector<EpochSummary> &epochs,
               const std::string &digest) {
  nlohmann::ordered_json json = {
      {"program", file.program.name},
      {"mutant", file.mutant.key},
      {"seed", arguments.seed},
      {"device", arguments.run.device},
      {"threads", arguments.run.threads},
      {"status", toString(trace.status)},
      {"reason", trace.reason.empty() ? nlohmann::ordered_json(nullptr)
                                      : nlohmann::ordered_json(trace.reason)},
      {"steps_planned", trace.stepsPlanned},
      {"steps_done", trace.stepsDone},
      {"steps_per_epoch", trace.stepsPerEpoch},
      {"graphed_steps", steps.empty() ? nlohmann::ordered_json(nullptr)
                                      : nlohmann::ordered_json(steps)},
      {"duration_ms", trace.durationMs},
      {"cpu_ms", std::llround(1000 * cpuSeconds)},
      {"state_sha256", digest},
      {"trivial_metric",
       numberOrNull(trivialMetric(data, file.data.classification))},
      {"margin", file.margin ? nlohmann::ordered_json(*file.margin)
                             : nlohmann::ordered_json(nullptr)},
      {"epochs", nlohmann::ordered_json::array()}};
  for (const EpochSummary &epoch : epochs)
    json["epochs"].push_back(
        {{"epoch", epoch.epoch},
         {"train_loss", numberOrNull(epoch.trainLoss)},
         {"validation_loss", numberOrNull(epoch.validationLoss)},
         {"train_metric", numberOrNull(epoch.trainMetric)},
         {"validation_metric", numberOrNull(epoch.validationMetric)}});
  fmt::print("{}\n", json.dump(2, ' ', false,
                               nlohmann::json::error_handler_t::replace));
}

/// Where the run will be written, opened before training so that a mistake
/// does not cost the run.
class Output {
public:
  Output(const ProgramFile &file, const TrainArguments &arguments)
      : arguments(arguments) {
    if (arguments.out.empty())
      return;
    store.emplace(TraceStore::openOrCreate(arguments.out));
    mutant = store->addMutant(file.program, file.mutant);
    if (store->hasRun(mutant, key()))
      throw std::runtime_error(fmt::format(
          "{}: holds the run of '{}' {} with seed {} on {} already; choose "
          "another --seed or --out",
          arguments.out, file.program.name, file.mutant.key, arguments.seed,
          arguments.run.device));
  }

  void write(const Trace &trace) {
    if (!store)
      return;
    store->addRun(mutant, key(), arguments.run.threads, trace);
    if (!arguments.json)
      fmt::print("recorded in {}\n", arguments.out);
  }

private:
  RunKey key() const { return {arguments.seed, arguments.run.device}; }

  const TrainArguments &arguments;
  std::optional<TraceStore> store;
  int64_t mutant = 0;
};

int runTrain(const TrainArguments &arguments) {
  Archive archive = readArchive(arguments.program);
  const ProgramFile &file = archive.file;
  DataStore data(Catalogue::load());
  PreparedData prepared = data.prepare(file.data);
  torch::jit::Module module = loadModule(archive, arguments.run.device);
  Output output(file, arguments);

  std::vector<EpochSummary> epochs;
  TrainOptions options;
  options.seed = arguments.seed;
  options.device = arguments.run.device;
  options.threads = arguments.run.threads;
  options.timeoutSeconds = arguments.run.timeout;
  options.compiledStep = arguments.run.compiledStep;
  options.graphedStep = arguments.run.graphedStep;
  std::string steps;
  options.onSteps = [&](const std::string &text) { steps = text; };
  options.onEpoch = [&](const EpochSummary &epoch) {
    epochs.push_back(epoch);
    if (!arguments.json)
      printEpoch(epoch);
  };
  if (!arguments.json)
    printHeader(file, prepared, arguments);
  std::clock_t begin = std::clock();
  Trace trace = train(module, file, prepared, options);
  double cpuSeconds = static_cast<double>(std::clock() - begin) /
                      static_cast<double>(CLOCKS_PER_SEC);
  if (arguments.json)
    printJson(file, prepared, arguments, trace, cpuSeconds, steps, epochs,
              stateDigest(module));
  else
    printStatus(trace, steps, stateDigest(module));
  output.write(trace);
  if (trace.status == RunStatus::Failed)
    throw std::runtime_error(
        fmt::format("{}: training failed: {}", file.path, trace.reason));
  // A diverged run is a result; an unfinished one is not what was asked for.
  return trace.status == RunStatus::Timeout ? 1 : 0;
}

} // namespace

void addTrainCommand(CLI::App &app, ExitStatus &status) {
  auto *command = app.add_subcommand(
      "train",
      "Train one program once, show how it goes, record the trace.\n"
      "Example: dynfault-run train lenet5.pt --seed 3 --out my.sqlite\n"
      "Status 0: completed or diverged; 1: failed or timed out.");
  auto arguments = std::make_shared<TrainArguments>();
  command
      ->add_option("PROGRAM", arguments->program,
                   "Instrumented archive (.pt) from dynfault-opt")
      ->required();
  command
      ->add_option("--seed", arguments->seed,
                   "Seed of parameters, shuffling and dropout")
      ->check(CLI::Range(int64_t(0), int64_t(1) << 31))
      ->capture_default_str();
  addRunOptions(*command, arguments->run);
  command->add_option("--out", arguments->out,
                      "Corpus file that the trace is added to");
  command->add_flag("--json", arguments->json,
                    "Print one JSON object instead of text");
  command->callback([arguments, &status] { status = runTrain(*arguments); });
}

} // namespace dynfault
