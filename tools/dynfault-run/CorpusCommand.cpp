//===- CorpusCommand.cpp - dynfault-run corpus ----------------------------===//

#include "tools/dynfault-run/Commands.h"

#include "runtime/train/Corpus.h"

#include <fmt/format.h>

namespace dynfault {

namespace {

struct CorpusArguments {
  std::string manifest;
  std::string out;
  int jobs = 1;
  int64_t memory = 0;
  std::string shard = "1/1";
  RunOptions run;
};

void printSummary(const CorpusResult &result) {
  fmt::print("{}: {} runs recorded", result.file,
             result.alreadyRecorded + result.recorded);
  if (result.alreadyRecorded)
    fmt::print(", {} of them before", result.alreadyRecorded);
  for (const auto &[status, count] : result.byStatus)
    fmt::print(", {} {}", count, status);
  fmt::print("\n");
  for (const auto &[reason, count] : result.reasons)
    fmt::print("  {} failed: {}\n", count, reason);

  for (const auto &[reason, count] : result.leftOut)
    fmt::print(stderr, "dynfault-run: left out {} runs: {}\n", count, reason);

  TraceStore store = TraceStore::openForReading(result.file);
  int64_t killed = 0, survived = 0, untested = 0;
  for (const StoredMutant &mutant : store.mutants()) {
    if (mutant.key == "clean")
      continue;
    ++(!mutant.killed ? untested : *mutant.killed ? killed : survived);
  }
  fmt::print("mutants: {} killed, {} survived, {} not tested (fewer than {} "
             "matched seeds)\n",
             killed, survived, untested, LeastMatchedSeeds);
}

int runCorpusCommand(const CorpusArguments &arguments) {
  Manifest manifest = readManifest(arguments.manifest);
  CorpusOptions options;
  options.folder = arguments.out;
  options.jobs = arguments.jobs;
  options.threads = arguments.run.threads;
  options.device = arguments.run.device;
  options.timeoutSeconds = arguments.run.timeout;
  options.compiledStep = arguments.run.compiledStep;
  options.graphedStep = arguments.run.graphedStep;
  options.memoryMib = arguments.memory;
  options.shard = parseShard(arguments.shard).value();
  CorpusResult result = runCorpus(manifest, options);
  printSummary(result);
  if (result.interrupted)
    throw std::runtime_error(
        fmt::format("stopped after {} of {} runs; repeat the command to go on",
                    result.alreadyRecorded + result.recorded, result.planned));
  return 0;
}

} // namespace

void addCorpusCommand(CLI::App &app, ExitStatus &status) {
  auto *command = app.add_subcommand(
      "corpus",
      "Do all runs of a manifest, each in a process of its own, into "
      "DIR/corpus.sqlite. Runs that are recorded already are skipped, so an "
      "interrupted command is simply repeated.\n"
      "Example: dynfault-run corpus manifest.json --out corpus/ --jobs 2\n"
      "Status 0: every run has a recorded result, be it a failed one.");
  auto arguments = std::make_shared<CorpusArguments>();
  command->add_option("MANIFEST", arguments->manifest, "From dynfault-run plan")
      ->required();
  command->add_option("--out", arguments->out, "Folder of the corpus")
      ->required();
  command->add_option("--jobs", arguments->jobs, "Runs at a time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command
      ->add_option("--memory", arguments->memory,
                   "End a run that needs more than so many MiB for itself; 0: "
                   "no limit")
      ->check(CLI::Range(int64_t(0), int64_t(1) << 30))
      ->capture_default_str();
  auto isShard = [](const std::string &text) {
    return parseShard(text) ? std::string()
                            : "'" + text + "' is not I/N with 1 <= I <= N";
  };
  command
      ->add_option("--shard", arguments->shard,
                   "Do part I of N only, into DIR/shard-I-of-N.sqlite; all "
                   "parts together are joined by dynfault-run merge")
      ->check(CLI::Validator(isShard, "I/N"))
      ->capture_default_str();
  addRunOptions(*command, arguments->run);
  command->callback(
      [arguments, &status] { status = runCorpusCommand(*arguments); });
}

} // namespace dynfault
