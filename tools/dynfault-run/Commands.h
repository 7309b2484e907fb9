//===- Commands.h - The commands of dynfault-run ----------------*- C++ -*-===//
//
// Each command adds itself to the command line and, when it was chosen, runs.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_TOOLS_DYNFAULT_RUN_COMMANDS_H
#define DYNFAULT_TOOLS_DYNFAULT_RUN_COMMANDS_H

#include <CLI/CLI.hpp>

namespace dynfault {

/// Exit status of the whole program; a command sets it from its callback.
/// Errors are thrown as std::exception and end with status 1.
using ExitStatus = int;

void addTrainCommand(CLI::App &app, ExitStatus &status);
void addPlanCommand(CLI::App &app, ExitStatus &status);
void addCorpusCommand(CLI::App &app, ExitStatus &status);
void addStatusCommand(CLI::App &app, ExitStatus &status);
void addMergeCommand(CLI::App &app, ExitStatus &status);
void addExportCommand(CLI::App &app, ExitStatus &status);
void addDataCommand(CLI::App &app, ExitStatus &status);

/// The options that `train` and `corpus` share.
struct RunOptions {
  std::string device = "cpu";
  int threads = 1;
  double timeout = 0;
  bool compiledStep = true;
  bool graphedStep = true;
};
void addRunOptions(CLI::App &command, RunOptions &options);

} // namespace dynfault

#endif // DYNFAULT_TOOLS_DYNFAULT_RUN_COMMANDS_H
