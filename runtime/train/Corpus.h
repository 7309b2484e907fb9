//===- Corpus.h - All runs of a manifest ------------------------*- C++ -*-===//
//
// The parent process plans, forks workers, and is the only one that writes the
// corpus. What is recorded is never computed again, so an interrupted command
// is simply repeated.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_CORPUS_H
#define DYNFAULT_RUNTIME_TRAIN_CORPUS_H

#include "runtime/train/CorpusFile.h"
#include "runtime/train/Plan.h"
#include "runtime/train/Train.h"

#include <map>

namespace dynfault {

struct CorpusOptions {
  std::string folder; ///< Gets the corpus file; made if it is not there.
  Shard shard;        ///< Which part of the manifest to run.
  int jobs = 1;       ///< Runs at a time.
  int threads = 1;    ///< Threads of each run.
  std::string device = "cpu";
  double timeoutSeconds = 0; ///< Per run; 0: none.
  int64_t memoryMib = 0;     ///< What a run may allocate; 0: no limit.
  bool compiledStep = true;  ///< See TrainOptions.
  bool graphedStep = true;   ///< See TrainOptions.
};

struct CorpusResult {
  std::string file;            ///< The corpus.
  int64_t planned = 0;         ///< Runs of the shard whose data is here.
  int64_t alreadyRecorded = 0; ///< Of them, there before.
  int64_t recorded = 0;        ///< Of them, done now.
  std::map<std::string, int64_t> byStatus; ///< Of those done now.
  std::map<std::string, int64_t> reasons;  ///< Why runs failed, with counts.
  /// Runs that were left out because their data set is absent, by the reason.
  std::map<std::string, int64_t> leftOut;
  bool interrupted = false;
};

/// Runs everything in the shard of `manifest` that is not recorded yet, then
/// does the killed test for all mutants of the file. All archives and data sets
/// are checked before the first run starts. A run that throws, crashes,
/// exhausts the memory or hangs is recorded as `failed` or `timeout`. One whose
/// data set is absent is left out and not recorded, so that the same command
/// does it once the data is fetched.
///
/// SIGINT or SIGTERM: the runs in flight are finished and recorded; a second
/// one abandons them. Throws std::runtime_error for everything that concerns
/// the whole command.
CorpusResult runCorpus(const Manifest &manifest, const CorpusOptions &options);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_CORPUS_H
