//===- PredictCommand.cpp - dynfault-study predict ------------------------===//
//
// Prints, and writes no file.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/Commands.h"
#include "tools/dynfault-study/CommonOptions.h"
#include "tools/dynfault-study/predict/Diagnosis.h"
#include "tools/dynfault-study/util/Error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace dynfault::study {
namespace {

struct PredictArguments {
  CommonOptions common;
  std::string trace;
  std::string featureSet = "all";
  double minProbability = 0.5;
  bool json = false;
};

std::string verdict(const Diagnosis &diagnosis, const RunDiagnosis &run) {
  if (run.outOfRange)
    return "don't know (outside of the corpus)";
  if (run.improbable)
    return "don't know (no class is probable enough)";
  return diagnosis.classes[static_cast<size_t>(run.best)];
}

void printText(const Diagnosis &diagnosis) {
  for (const RunDiagnosis &run : diagnosis.runs) {
    fmt::print("{} {} seed {} ({}): {}\n", run.program, run.mutant, run.seed,
               run.device, verdict(diagnosis, run));
    std::string shares;
    for (size_t c = 0; c < diagnosis.classes.size(); ++c)
      shares += fmt::format("{}{} {:.3f}", c ? ", " : "", diagnosis.classes[c],
                            run.probabilities(static_cast<Eigen::Index>(c)));
    fmt::print("    {}; distance {:.2f} (limit {:.2f})\n", shares, run.distance,
               diagnosis.distanceLimit);
  }
  fmt::print("Fitted on {} runs with {}. The classes are kinds of fault: a run "
             "without a fault has no class here.\n",
             diagnosis.trainingRuns, fmt::join(diagnosis.members, ", "));
  if (diagnosis.skippedRuns > 0)
    fmt::print("{} runs of the trace failed, timed out or have no features.\n",
               diagnosis.skippedRuns);
}

void printJson(const Diagnosis &diagnosis) {
  using Json = nlohmann::ordered_json;
  Json runs = Json::array();
  for (const RunDiagnosis &run : diagnosis.runs) {
    Json probabilities = Json::object();
    for (size_t c = 0; c < diagnosis.classes.size(); ++c)
      probabilities[diagnosis.classes[c]] =
          run.probabilities(static_cast<Eigen::Index>(c));
    const bool unknown = run.improbable || run.outOfRange;
    runs.push_back(
        {{"program", run.program},
         {"mutant", run.mutant},
         {"seed", run.seed},
         {"device", run.device},
         {"diagnosis",
          unknown ? Json(nullptr)
                  : Json(diagnosis.classes[static_cast<size_t>(run.best)])},
         {"probabilities", probabilities},
         {"improbable", run.improbable},
         {"distance", run.distance},
         {"out_of_range", run.outOfRange}});
  }
  const Json root = {{"schema", "dynfault.diagnosis/1"},
                     {"feature_set", diagnosis.featureSet},
                     {"members", diagnosis.members},
                     {"l2_strength", diagnosis.strength},
                     {"distance_limit", diagnosis.distanceLimit},
                     {"distance_limit_between", diagnosis.neighbours},
                     {"training_runs", diagnosis.trainingRuns},
                     {"skipped_runs", diagnosis.skippedRuns},
                     {"runs", runs}};
  fmt::print("{}\n", root.dump(2));
}

void predictCommand(const PredictArguments &arguments) {
  DiagnosisOptions options;
  options.task = arguments.common.task();
  options.seed = arguments.common.seed;
  options.folds = arguments.common.folds;
  options.featureSets = {arguments.featureSet};
  options.minProbability = arguments.minProbability;
  if (!(options.minProbability >= 0 && options.minProbability <= 1))
    throw UsageError(fmt::format("--min-probability: is {}, give a number from "
                                 "0 to 1",
                                 arguments.minProbability));
  const Diagnosis diagnosis =
      diagnose(readCorpus(arguments.common.corpus, "full"),
               readCorpus(arguments.trace, "full"), options);
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
                   "Corpus file that is learned from; it is only read")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("TRACE", arguments->trace,
                   "Corpus file with the runs to diagnose; it is only read")
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
                    "Print JSON (schema dynfault.diagnosis/1)");
  arguments->common.addTo(*command);
  return [command, arguments] {
    if (command->parsed())
      predictCommand(*arguments);
  };
}

} // namespace dynfault::study
