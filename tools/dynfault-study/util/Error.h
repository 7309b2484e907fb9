//===- Error.h - Errors a user can cause ------------------------*- C++ -*-===//
//
// One exception type for everything that the user can mend: its text is the one
// line that the command prints, so it names the file, the place and the remedy.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_UTIL_ERROR_H
#define DYNFAULT_STUDY_UTIL_ERROR_H

#include <stdexcept>
#include <string>

namespace dynfault::study {

/// The command failed for a reason that its user can mend (exit status 1).
class StudyError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The command line makes no sense (exit status 2).
class UsageError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

} // namespace dynfault::study

#endif
