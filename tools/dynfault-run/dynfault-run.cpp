//===- dynfault-run.cpp - Train instrumented programs and record traces ---===//
//
// Exit status: 0 done, 1 failed (one line on standard error says why), 2 wrong
// usage.
//
//===----------------------------------------------------------------------===//

#include "tools/dynfault-run/Commands.h"

#include "runtime/train/Train.h"
#include "runtime/train/Versions.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>

using namespace dynfault;

void dynfault::addRunOptions(CLI::App &command, RunOptions &options) {
  command.add_option("--device", options.device, "Where to train")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  command
      .add_option("--threads", options.threads,
                  "Threads of one run; part of what makes runs repeatable")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command
      .add_option("--timeout", options.timeout,
                  "End a run after this many seconds; 0: never")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_flag("!--no-compiled-step", options.compiledStep,
                   "Run each training step as TorchScript, as everything does "
                   "that cannot be planned. Slower; results are the same");
  command.add_flag("!--no-graphed-step", options.graphedStep,
                   "With --device cuda, record no CUDA graph of the training "
                   "step. Slower; results are the same");
}

int main(int argc, char **argv) {
  CLI::App app("Trains instrumented programs and records their traces.\n"
               "A first session:\n"
               "  dynfault-run data fetch fashion-mnist\n"
               "  dynfault-run train program.pt\n"
               "  dynfault-run plan archives/ --seeds 5 --out manifest.json\n"
               "  dynfault-run corpus manifest.json --out corpus/ --jobs 2\n"
               "  dynfault-run export corpus/corpus.sqlite --out runs.csv",
               "dynfault-run");
  app.set_version_flag("--version", "dynfault-run " + dynfaultVersion());
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  int status = 0;
  addTrainCommand(app, status);
  addPlanCommand(app, status);
  addCorpusCommand(app, status);
  addStatusCommand(app, status);
  addMergeCommand(app, status);
  addExportCommand(app, status);
  addDataCommand(app, status);

  // A closed pipe (`| head`) is noticed when writing, not by dying silently
  // in the middle of a corpus.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    // Help and version are "errors" with status 0; all others are wrong usage.
    if (error.get_exit_code() == 0)
      return app.exit(error);
    // A wrong command is reported as a missing one.
    bool unknown = app.get_subcommands().empty() && !app.remaining().empty();
    fmt::print(stderr, "dynfault-run: {}; see dynfault-run --help\n",
               unknown ? "no such command: " + app.remaining().front()
                       : firstLine(error));
    return 2;
  } catch (const std::exception &error) {
    std::fflush(stdout);
    fmt::print(stderr, "dynfault-run: error: {}\n", firstLine(error));
    return 1;
  }
  if (std::fflush(stdout) != 0) {
    fmt::print(stderr, "dynfault-run: error: cannot write standard output\n");
    return 1;
  }
#ifndef __SANITIZE_ADDRESS__ // It looks for leaks at the regular end.
  // Everything is written and closed. What is left are LibTorch's tables, which
  // take it longer to take down than many a command takes.
  std::_Exit(status);
#endif
  return status;
}
