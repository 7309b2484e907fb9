//===- CorpusDigest.h - Are two corpora the same? ---------------*- C++ -*-===//
//
// The promise is: same manifest, device kind and thread count, same bytes in
// every signal, whatever the number of jobs, shards and interruptions. This is
// how to check it without comparing gigabytes.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_CORPUSDIGEST_H
#define DYNFAULT_RUNTIME_TRAIN_CORPUSDIGEST_H

#include "runtime/trace/TraceStore.h"

#include <functional>

namespace dynfault {

/// The hashes of one run.
struct RunDigest {
  std::string program, mutant; ///< Name and key.
  RunKey key;
  /// SHA-256 of what the run computed: status, steps, and names, sites, steps
  /// and values of all signals. Not how long it took, nor the reason of a
  /// failure, which may name a process or a path.
  std::string signals;
  std::string features; ///< SHA-256 of all features.
};

/// Calls `each` for every run, sorted by program, key, seed and device.
void digestRuns(const TraceStore &store,
                const std::function<void(const RunDigest &)> &each);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_CORPUSDIGEST_H
