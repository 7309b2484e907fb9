//===- Commands.h - The sub-commands of dynfault-study ----------*- C++ -*-===//
//
// A sub-command adds its options to the command line and says what to do when
// it was chosen.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_COMMANDS_H
#define DYNFAULT_STUDY_COMMANDS_H

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <functional>

namespace dynfault::study {

/// Adds `run`; the result runs it and throws StudyError or UsageError.
std::function<void()> addRunCommand(CLI::App &app);

/// Adds `predict`, likewise.
std::function<void()> addPredictCommand(CLI::App &app);

/// Adds `report`, likewise.
std::function<void()> addReportCommand(CLI::App &app);

/// Adds `table`, likewise.
std::function<void()> addTableCommand(CLI::App &app);

} // namespace dynfault::study

#endif
