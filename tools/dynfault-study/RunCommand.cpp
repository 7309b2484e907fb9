//===- RunCommand.cpp - dynfault-study run --------------------------------===//
//
// Checks everything that can be wrong before the work starts.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/Commands.h"
#include "tools/dynfault-study/CommonOptions.h"
#include "tools/dynfault-study/report/Report.h"
#include "tools/dynfault-study/study/Study.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/ReportFolder.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <set>
#include <thread>

namespace dynfault::study {
namespace {

struct RunArguments {
  CommonOptions common;
  std::string out;
  std::string features, group, label, mutant;
  std::vector<std::string> tasks, protocols, featureSets, models, closing;
  bool noSources = false;
  int resamples = 10000;
  int permutations = 2;
  int folds = 5;
  int jobs = 0;
};

/// The entries of a list without repetitions, parsed.
template <typename T, typename Parse>
std::vector<T> parsedList(const std::vector<std::string> &names, Parse parse) {
  std::set<T> chosen;
  for (const std::string &name : names)
    chosen.insert(parse(name));
  return {chosen.begin(), chosen.end()};
}

void checkAtLeast(const char *option, int value, int least) {
  if (value < least)
    throw UsageError(
        fmt::format("{}: is {}, give at least {}", option, value, least));
}

StudyOptions checkedOptions(const RunArguments &arguments) {
  StudyOptions options;
  options.labels = arguments.common.labels();
  options.seed = arguments.common.seed;
  checkAtLeast("--folds", arguments.folds, 2);
  checkAtLeast("--resamples", arguments.resamples, 1);
  checkAtLeast("--permutations", arguments.permutations, 0);
  checkAtLeast("--jobs", arguments.jobs, 0);
  options.folds = arguments.folds;
  options.resamples = arguments.resamples;
  options.permutations = arguments.permutations;
  options.featureSets = arguments.featureSets;
  options.sources = !arguments.noSources;
  options.jobs =
      arguments.jobs > 0
          ? arguments.jobs
          : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  options.tasks = parsedList<TaskId>(arguments.tasks, parseTask);
  if (!arguments.protocols.empty())
    options.protocols =
        parsedList<Protocol>(arguments.protocols, parseProtocol);
  if (!arguments.models.empty())
    options.models = parsedList<Model>(arguments.models, parseModel);
  if (arguments.closing == std::vector<std::string>{"none"})
    options.closing.clear();
  else if (arguments.closing == std::vector<std::string>{"all"})
    options.closing.assign(allTasks.begin(), allTasks.end());
  else if (!arguments.closing.empty())
    options.closing = parsedList<TaskId>(arguments.closing, parseTask);
  return options;
}

FeatureTable tableOf(const RunArguments &arguments, StudyOptions &options) {
  const bool foreign = !arguments.features.empty();
  if (foreign != arguments.common.corpus.empty())
    throw UsageError("give either CORPUS or --features FILE");
  if (!foreign) {
    if (!arguments.group.empty() || !arguments.label.empty() ||
        !arguments.mutant.empty())
      throw UsageError("--group, --label and --mutant name columns of a table "
                       "given as --features");
    return readCorpusOrTable(arguments.common.corpus);
  }
  if (arguments.group.empty() || arguments.label.empty())
    throw UsageError("--features: also give --group (the column that names the "
                     "program) and --label (the column of the class)");
  FeatureTable table = readForeignTable(
      arguments.features, {arguments.group, arguments.label, arguments.mutant});
  std::set<std::string> classes;
  for (const TableRow &row : table.rows)
    classes.insert(row.faultClass);
  if (classes.size() < 2)
    throw StudyError(fmt::format("{}: column '{}' holds the single class '{}'; "
                                 "there is nothing to tell apart",
                                 table.path, arguments.label,
                                 *classes.begin()));
  options.labels.classes.assign(classes.begin(), classes.end());
  options.tasks = {TaskId::FaultTyping};
  return table;
}

void runCommand(const RunArguments &arguments) {
  StudyOptions options = checkedOptions(arguments);
  checkReportFolder(arguments.out);
  const FeatureTable table = tableOf(arguments, options);
  const StudyOutput result = runStudy(table, options);
  auto files = reportFiles(result.study);
  files.emplace_back("predictions.csv.gz", result.predictions);
  writeReportFolder(arguments.out, files);
  for (const Json &task : result.study["tasks"]) {
    for (const std::string &line : headline(task))
      fmt::print("{}\n", line);
    if (const size_t cautions = task["cautions"].size())
      fmt::print("{} caution{}: see the report.\n", cautions,
                 cautions == 1 ? "" : "s");
  }
  for (const Json &one : result.study["excluded_tasks"])
    fmt::print("Left out: {}\n", one["reason"].get<std::string>());
  fmt::print("Report: {}/report.html (also study.json, tables as CSV, plots as "
             "SVG)\n",
             arguments.out);
}

} // namespace

std::function<void()> addRunCommand(CLI::App &app) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App *command = app.add_subcommand(
      "run", "Score fault diagnosis on seen and on unseen programs");
  command->footer(
      "Examples: everything on a corpus of your own; one task with two feature "
      "sets and a\ncheck for leaks; a table from elsewhere:\n"
      "  dynfault-study run corpus.sqlite --out report\n"
      "  dynfault-study run corpus.sqlite --out report --task fault-typing \\\n"
      "      --feature-sets baseline,all --permutations 20\n"
      "  dynfault-study run --features table.csv --group program --label class "
      "--out report\n"
      "Then open report/report.html. docs/study.md explains every number.\n");
  command
      ->add_option("CORPUS", arguments->common.corpus,
                   "Corpus file that dynfault-run wrote, or feature table that "
                   "`dynfault-study table` wrote; it is only read")
      ->type_name("FILE");
  command
      ->add_option("--features", arguments->features,
                   "In place of CORPUS: any CSV file with a header line, plain "
                   "or gzipped; every column of numbers is a feature")
      ->type_name("FILE");
  command
      ->add_option("--group", arguments->group,
                   "With --features: column that names the program")
      ->type_name("COLUMN");
  command
      ->add_option("--label", arguments->label,
                   "With --features: column of the class")
      ->type_name("COLUMN");
  command
      ->add_option("--mutant", arguments->mutant,
                   "With --features: column of runs that belong together "
                   "(default: each row is its own)")
      ->type_name("COLUMN");
  command
      ->add_option("--out", arguments->out,
                   "Folder for the report; an older report there is replaced, "
                   "any other folder is left alone")
      ->required()
      ->type_name("DIR");
  command
      ->add_option("--task", arguments->tasks,
                   "fault-typing, fault-detection, instability-triage, "
                   "train-validation-mismatch; default: all that the corpus "
                   "allows")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  command
      ->add_option("--protocol", arguments->protocols,
                   "How to divide runs into training and test parts: within "
                   "(runs), within-grouped (mutants), held-out (programs), "
                   "held-out-dataset, held-out-family; default all")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  command
      ->add_option("--models", arguments->models,
                   "logistic, ridge, k-nearest, tree, forest, forest-200; "
                   "default all")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...");
  command
      ->add_option("--closing", arguments->closing,
                   "Tasks on which the methods that close the gap are tried, "
                   "all, or none; default fault-typing")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("TASK,...");
  command->add_flag("--no-sources", arguments->noSources,
                    "Do not ask where the gap comes from");
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
                   "Score the main feature set N times with labels permuted "
                   "within each program")
      ->capture_default_str()
      ->type_name("N");
  command
      ->add_option("--jobs", arguments->jobs,
                   "Threads, 0 for one per core; the result does not depend "
                   "on it")
      ->capture_default_str()
      ->type_name("N");
  command
      ->add_option("--folds", arguments->folds,
                   "Folds of the within protocols, at least 2")
      ->capture_default_str()
      ->type_name("K");
  arguments->common.addTo(*command);
  return [command, arguments] {
    if (command->parsed())
      runCommand(*arguments);
  };
}

} // namespace dynfault::study
