//===- CorpusFile.h - Where a corpus or a part of it is written -*- C++ -*-===//
//
// One process writes one file. Several processes, on several machines perhaps,
// share a manifest by taking a shard each; a lock beside each file keeps a
// second writer away and tells who only looks on whether one is at work.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_CORPUSFILE_H
#define DYNFAULT_RUNTIME_TRAIN_CORPUSFILE_H

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dynfault {

/// Part `index` (from 1) of `count`.
struct Shard {
  int64_t index = 1, count = 1;

  /// Whether the mutant with this number in the manifest is in this part.
  /// Mutants are dealt out one by one, so each part has some of each program,
  /// and all seeds of a mutant stay together.
  bool contains(size_t mutant) const {
    return int64_t(mutant) % count == index - 1;
  }
};

/// Reads `I/N` with 1 <= I <= N; nothing if it is something else.
std::optional<Shard> parseShard(const std::string &text);

/// `corpus.sqlite`, or `shard-I-of-N.sqlite` where there are several.
std::filesystem::path corpusFile(const std::filesystem::path &folder,
                                 const Shard &shard);

/// The files of that name in `folder` that exist, sorted.
std::vector<std::filesystem::path>
corpusFiles(const std::filesystem::path &folder);

/// Keeps other processes from writing a corpus file while it lives.
class CorpusLock {
public:
  /// Throws std::runtime_error if another process has the lock.
  CorpusLock(const std::filesystem::path &corpus, int jobs);
  ~CorpusLock();
  CorpusLock(const CorpusLock &) = delete;
  CorpusLock &operator=(const CorpusLock &) = delete;

  /// The number of jobs of the process that is writing `corpus` now; 0: none
  /// is.
  static int jobsAtWork(const std::filesystem::path &corpus);

private:
  int descriptor;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_CORPUSFILE_H
