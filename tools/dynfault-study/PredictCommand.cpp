//===- PredictCommand.cpp - dynfault-study predict ------------------------===//
//
// Prints, and writes no file.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/Commands.h"
#include "tools/dynfault-study/CommonOptions.h"
#include "tools/dynfault-study/predict/Diagnosis.h"
#include "tools/dynfault-study/util/Error.h"

#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace dynfault::study {
namespace {

using Json = nlohmann::ordered_json;

struct PredictArguments {
  CommonOptions common;
  std::string trace;
  std::string featureSet = "all";
  double minProbability = 0.5;
  bool json = false;
};

const Json null = nullptr;

std::string verdictText(const TaskSummary &task, const Verdict &verdict) {
  if (verdict.outOfRange)
    return "don't know (outside of the corpus)";
  if (verdict.improbable)
    return "don't know (no class is probable enough)";
  return task.classes[static_cast<size_t>(verdict.best)];
}

void printVerdict(const TaskSummary &task, const Verdict &verdict) {
  std::string shares;
  for (size_t c = 0; c < task.classes.size(); ++c)
    shares += fmt::format("{}{} {:.3f}", c ? ", " : "", task.classes[c],
                          verdict.probabilities(static_cast<Eigen::Index>(c)));
  fmt::print("    {}: {}; {}; distance {:.2f} (limit {:.2f})\n",
             taskName(task.task), verdictText(task, verdict), shares,
             verdict.distance, task.distanceLimit);
}

void printText(const Diagnosis &diagnosis) {
  for (const RunDiagnosis &run : diagnosis.runs) {
    fmt::print("{} {} seed {} ({}): {}\n", run.run.program, run.run.mutant,
               run.run.seed, run.run.device,
               verdictText(diagnosis.tasks.front(), run.verdicts.front()));
    for (size_t t = 0; t < diagnosis.tasks.size(); ++t)
      printVerdict(diagnosis.tasks[t], run.verdicts[t]);
    if (!std::isnan(run.relativeGap))
      fmt::print("    measured relative gap of the validation loss: {:.3f}\n",
                 run.relativeGap);
    if (!run.verdicts.front().known())
      continue;
    for (const Evidence &evidence : run.verdicts.front().evidence)
      fmt::print("    for it speaks {} = {:.4g} (log odds {:+.2f})\n",
                 evidence.feature, evidence.value, evidence.weight);
  }
  const TaskSummary &typing = diagnosis.tasks.front();
  fmt::print("Fitted on {} runs with {}. The classes are kinds of fault: a run "
             "without a fault has no class here.\n",
             typing.trainingRuns, fmt::join(typing.members, ", "));
  for (const auto &entry : diagnosis.excluded)
    fmt::print("No verdict on {}: {}\n", taskName(entry.first), entry.second);
  if (diagnosis.skippedRuns > 0)
    fmt::print("{} runs of the trace failed, timed out or have no features.\n",
               diagnosis.skippedRuns);
}

Json verdictJson(const TaskSummary &task, const Verdict &verdict) {
  Json probabilities = Json::object();
  for (size_t c = 0; c < task.classes.size(); ++c)
    probabilities[task.classes[c]] =
        verdict.probabilities(static_cast<Eigen::Index>(c));
  Json evidence = Json::array();
  for (const Evidence &one : verdict.evidence)
    evidence.push_back(
        {{"feature", one.feature},
         {"value", std::isfinite(one.value) ? Json(one.value) : null},
         {"log_odds", one.weight}});
  return {
      {"diagnosis", verdict.known()
                        ? Json(task.classes[static_cast<size_t>(verdict.best)])
                        : null},
      {"probabilities", probabilities},
      {"improbable", verdict.improbable},
      {"distance", verdict.distance},
      {"out_of_range", verdict.outOfRange},
      {"evidence", evidence}};
}

void printJson(const Diagnosis &diagnosis) {
  Json tasks = Json::array();
  for (const TaskSummary &task : diagnosis.tasks)
    tasks.push_back({{"task", taskName(task.task)},
                     {"classes", task.classes},
                     {"members", task.members},
                     {"l2_strength", task.strength},
                     {"temperature", task.temperature},
                     {"distance_limit", task.distanceLimit},
                     {"distance_limit_between", task.neighbours},
                     {"training_runs", task.trainingRuns}});
  Json excluded = Json::object();
  for (const auto &entry : diagnosis.excluded)
    excluded[taskName(entry.first)] = entry.second;
  Json runs = Json::array();
  for (const RunDiagnosis &run : diagnosis.runs) {
    Json entry = {{"program", run.run.program},
                  {"mutant", run.run.mutant},
                  {"seed", run.run.seed},
                  {"device", run.run.device},
                  {"measured_relative_gap",
                   std::isnan(run.relativeGap) ? null : Json(run.relativeGap)}};
    for (size_t t = 0; t < diagnosis.tasks.size(); ++t)
      entry[taskName(diagnosis.tasks[t].task)] =
          verdictJson(diagnosis.tasks[t], run.verdicts[t]);
    runs.push_back(entry);
  }
  const Json root = {{"schema", "dynfault.diagnosis/2"},
                     {"tasks", tasks},
                     {"excluded_tasks", excluded},
                     {"skipped_runs", diagnosis.skippedRuns},
                     {"runs", runs}};
  fmt::print("{}\n", root.dump(2));
}

void predictCommand(const PredictArguments &arguments) {
  DiagnosisOptions options;
  options.labels = arguments.common.labels();
  options.seed = arguments.common.seed;
  options.featureSet = arguments.featureSet;
  options.minProbability = arguments.minProbability;
  if (!(options.minProbability >= 0 && options.minProbability <= 1))
    throw UsageError(fmt::format("--min-probability: is {}, give a number from "
                                 "0 to 1",
                                 arguments.minProbability));
  const Diagnosis diagnosis =
      diagnose(readCorpusOrTable(arguments.common.corpus),
               readCorpusOrTable(arguments.trace, Redundant::Keep), options);
  if (arguments.json)
    printJson(diagnosis);
  else
    printText(diagnosis);
}

} // namespace

std::function<void()> addPredictCommand(CLI::App &app) {
  auto arguments = std::make_shared<PredictArguments>();
  CLI::App *command = app.add_subcommand(
      "predict", "Diagnose the runs of a trace with a corpus");
  command->footer(
      "Example: diagnose a program of your own:\n"
      "  dynfault-run train program.pt --out trace.sqlite\n"
      "  dynfault-study predict --corpus corpus.sqlite trace.sqlite\n"
      "`dynfault-study run` on the same corpus says how far to trust it: see "
      "its held-out score.\n");
  command
      ->add_option("--corpus", arguments->common.corpus,
                   "Corpus file or feature table that is learned from; it is "
                   "only read")
      ->required()
      ->type_name("FILE");
  command
      ->add_option(
          "TRACE", arguments->trace,
          "Corpus file or feature table with the runs to diagnose; it is "
          "only read")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--feature-set", arguments->featureSet,
                   "A set, sets joined by +, or all; of it, the features that "
                   "both files have are used")
      ->capture_default_str()
      ->type_name("SET");
  command
      ->add_option("--min-probability", arguments->minProbability,
                   "Say \"don't know\" when no class is as probable as this")
      ->capture_default_str()
      ->type_name("P");
  command->add_flag("--json", arguments->json,
                    "Print JSON (schema dynfault.diagnosis/2)");
  arguments->common.addTo(*command);
  return [command, arguments] {
    if (command->parsed())
      predictCommand(*arguments);
  };
}

} // namespace dynfault::study
