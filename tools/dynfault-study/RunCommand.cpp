//===- RunCommand.cpp - dynfault-study run --------------------------------===//
//
// Checks everything that can be wrong before the work starts.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/Commands.h"
#include "tools/dynfault-study/CommonOptions.h"
#include "tools/dynfault-study/report/Layout.h"
#include "tools/dynfault-study/report/Writers.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/ReportFolder.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <thread>

namespace dynfault::study {
namespace {

struct RunArguments {
  CommonOptions common;
  std::string out;
  std::string task = "fault-typing";
  std::vector<std::string> protocols;
  std::vector<std::string> featureSets;
  int resamples = 10000;
  int permutations = 0;
  int jobs = 0;
};

StudyOptions checkedOptions(const RunArguments &arguments) {
  if (arguments.task != "fault-typing")
    throw UsageError(fmt::format("--task: unknown task '{}'; choose from "
                                 "fault-typing",
                                 arguments.task));
  StudyOptions options;
  options.task = arguments.common.task();
  options.seed = arguments.common.seed;
  options.folds = arguments.common.folds;
  options.featureSets = arguments.featureSets;
  if (arguments.resamples < 1)
    throw UsageError(fmt::format("--resamples: is {}, give at least 1 (10000 "
                                 "for a report)",
                                 arguments.resamples));
  options.resamples = arguments.resamples;
  if (arguments.permutations < 0)
    throw UsageError(fmt::format("--permutations: is {}, give 0 or more",
                                 arguments.permutations));
  options.permutations = arguments.permutations;
  if (arguments.jobs < 0)
    throw UsageError(fmt::format("--jobs: is {}, give 0 (all cores) or more",
                                 arguments.jobs));
  options.jobs =
      arguments.jobs > 0
          ? arguments.jobs
          : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  if (arguments.protocols.empty())
    return options;
  options.protocols.clear();
  for (const std::string &name : arguments.protocols) {
    const Protocol protocol = parseProtocol(name);
    auto &chosen = options.protocols;
    if (std::find(chosen.begin(), chosen.end(), protocol) == chosen.end())
      chosen.push_back(protocol);
  }
  std::sort(options.protocols.begin(), options.protocols.end());
  return options;
}

void runCommand(const RunArguments &arguments) {
  const StudyOptions options = checkedOptions(arguments);
  checkReportFolder(arguments.out);
  const StudyResult result =
      runStudy(readCorpus(arguments.common.corpus, "full"), options);
  writeReportFolder(arguments.out, {{"results.json", resultsJson(result)},
                                    {"predictions.csv", predictionsCsv(result)},
                                    {"report.txt", reportText(result)},
                                    {"report.html", reportHtml(result)}});
  for (const std::string &line : headline(result))
    fmt::print("{}\n", line);
  if (!result.cautions.empty())
    fmt::print("{} caution{}: see the report.\n", result.cautions.size(),
               result.cautions.size() == 1 ? "" : "s");
  fmt::print("Report: {}/report.html (also report.txt, results.json, "
             "predictions.csv)\n",
             arguments.out);
}

} // namespace

std::function<void()> addRunCommand(CLI::App &app) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App *command = app.add_subcommand(
      "run", "Score fault diagnosis on seen and on unseen programs");
  command->footer(
      "Example: score two feature sets on a corpus of your own, with a check "
      "for leaks:\n"
      "  dynfault-study run corpus.sqlite --out report \\\n"
      "      --feature-sets baseline,all --permutations 20\n"
      "Then open report/report.html. docs/study.md explains every number.\n");
  command
      ->add_option("CORPUS", arguments->common.corpus,
                   "Corpus file that dynfault-run wrote; it is only read")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--out", arguments->out,
                   "Folder for the report; an older report there is replaced, "
                   "any other folder is left alone")
      ->required()
      ->type_name("DIR");
  command
      ->add_option("--task", arguments->task,
                   "What to diagnose: fault-typing (the class of the fault)")
      ->capture_default_str()
      ->type_name("TASK");
  command
      ->add_option("--protocol", arguments->protocols,
                   "How to divide runs into training and test parts: within "
                   "(runs), within-grouped (mutants), held-out (programs); "
                   "default all three")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  command
      ->add_option("--feature-sets", arguments->featureSets,
                   "Sets, sets joined by +, or all; default: each set, "
                   "baseline with each other set, and all")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("SET,...");
  command
      ->add_option("--resamples", arguments->resamples,
                   "Bootstrap resamples of programs")
      ->capture_default_str()
      ->type_name("N");
  command
      ->add_option("--permutations", arguments->permutations,
                   "Also score the main feature set N times with labels "
                   "permuted within each program")
      ->capture_default_str()
      ->type_name("N");
  command
      ->add_option("--jobs", arguments->jobs,
                   "Threads, 0 for one per core; the result does not depend "
                   "on it")
      ->capture_default_str()
      ->type_name("N");
  arguments->common.addTo(*command);
  return [command, arguments] {
    if (command->parsed())
      runCommand(*arguments);
  };
}

} // namespace dynfault::study
