//===- CorpusStatus.h - How far a corpus is ---------------------*- C++ -*-===//
//
// Asked from outside while the runs go on, perhaps on other machines: what is
// planned, what is there, what failed and why, and how long it will take.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_CORPUSSTATUS_H
#define DYNFAULT_RUNTIME_TRAIN_CORPUSSTATUS_H

#include "runtime/trace/Trace.h"
#include "runtime/train/Plan.h"

#include <map>

namespace dynfault {

/// Counts of one program, or of all together.
struct RunCounts {
  int64_t planned = 0;  ///< Runs in the manifest.
  int64_t recorded = 0; ///< Of them, in the corpus.
  std::map<std::string, int64_t> byStatus;
  double seconds = 0; ///< What the recorded ones took together.

  /// Mean duration of a recorded run; nothing if there is none.
  std::optional<double> meanSeconds() const;
};

/// Why runs did not complete.
struct EndReason {
  std::string status, reason;
  int64_t count = 0;
  std::string example; ///< PROGRAM MUTANT seed N.
};

struct CorpusStatus {
  std::vector<std::string> files; ///< The corpus, or its shards.
  RunCounts all;
  std::map<std::string, RunCounts> byProgram;
  std::vector<EndReason> reasons; ///< The most frequent ones first.
  int64_t notPlanned = 0; ///< Recorded runs that the manifest does not have.
  int jobsAtWork = 0;     ///< Of all processes that write one of the files.
  /// Run time of what is left, from the mean of the recorded runs of each
  /// program (of all, for a program without any); nothing before the first run.
  std::optional<double> secondsOfWorkLeft;

  /// Until everything is recorded, with the jobs at work now; nothing if none
  /// is, or it is not known.
  std::optional<double> secondsLeft() const;
};

/// Reads all corpus files in `folder` (CorpusFile.h). A run that stands in
/// several files counts once. Throws std::runtime_error that names the file if
/// there is no such folder, or it holds something that is no corpus.
CorpusStatus corpusStatus(const Manifest &manifest, const std::string &folder,
                          const std::string &device);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_CORPUSSTATUS_H
