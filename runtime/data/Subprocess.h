//===- Subprocess.h - Run a program and keep what it prints -----*- C++ -*-===//
//
// Package tools are run by argument vector, never through a shell, so that no
// name can be taken for a command.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_SUBPROCESS_H
#define DYNFAULT_RUNTIME_DATA_SUBPROCESS_H

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace dynfault {

/// What a finished program left behind.
struct SubprocessResult {
  /// Exit status; 128 + N if signal N ended it; 127 if it could not be started.
  int status = 0;
  /// Standard output and standard error together.
  std::string output;

  /// The last line of `output` that is not blank.
  std::string lastLine() const;
};

/// Asked several times a second while a program runs; `false` ends it.
using KeepGoing = std::function<bool()>;

/// Runs `arguments[0]` (looked up in PATH) in the folder `workingDirectory`
/// with standard input closed, and waits for it. The program is ended with
/// SIGTERM as soon as `keepGoing` says no. Throws std::runtime_error only if no
/// process can be made.
SubprocessResult runSubprocess(const std::vector<std::string> &arguments,
                               const std::filesystem::path &workingDirectory,
                               const KeepGoing &keepGoing = {});

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_SUBPROCESS_H
