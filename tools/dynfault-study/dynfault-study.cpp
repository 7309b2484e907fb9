//===- dynfault-study.cpp - How well are faults diagnosed? ----------------===//
//
// Entry point: command line and exit status. 0: done; 1: failed, with one line
// on stderr that says why; 2: wrong usage.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/Commands.h"
#include "tools/dynfault-study/util/Error.h"

#include <fmt/format.h>
#include <new>

using namespace dynfault::study;

int main(int argc, char **argv) {
  CLI::App app("Measures how well faults in deep learning programs are "
               "diagnosed from their training\ntraces, on programs that were "
               "seen and on programs that were not.");
  app.set_version_flag("--version", "dynfault-study " DYNFAULT_VERSION);
  app.footer("`dynfault-study COMMAND --help` explains a command. Corpora are "
             "recorded with dynfault-run.\n");
  app.require_subcommand(0, 1);
  const auto run = addRunCommand(app);
  const auto report = addReportCommand(app);
  const auto table = addTableCommand(app);
  const auto predict = addPredictCommand(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0)
      return app.exit(error);
    const auto chosen = app.get_subcommands();
    fmt::print(stderr, "dynfault-study: {}; see `dynfault-study {}--help`\n",
               error.what(),
               chosen.empty() ? "" : chosen.front()->get_name() + " ");
    return 2;
  }
  if (app.get_subcommands().empty()) {
    fmt::print(stderr,
               "dynfault-study: a command is needed, run, report, table or "
               "predict; "
               "see `dynfault-study --help`\n");
    return 2;
  }

  try {
    run();
    report();
    table();
    predict();
    return 0;
  } catch (const UsageError &error) {
    fmt::print(stderr, "dynfault-study: {}\n", error.what());
    return 2;
  } catch (const StudyError &error) {
    fmt::print(stderr, "dynfault-study: {}\n", error.what());
    return 1;
  } catch (const std::bad_alloc &) {
    fmt::print(stderr, "dynfault-study: out of memory; give --feature-sets a "
                       "smaller set, or --jobs 1\n");
    return 1;
  }
}
