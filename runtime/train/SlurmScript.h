//===- SlurmScript.h - A manifest as a job array ----------------*- C++ -*-===//
//
// A cluster has a scheduler already. All that it needs is a script in which
// each task of a job array does one shard.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_SLURMSCRIPT_H
#define DYNFAULT_RUNTIME_TRAIN_SLURMSCRIPT_H

#include <cstdint>
#include <string>

namespace dynfault {

struct SlurmOptions {
  std::string program;  ///< dynfault-run, an absolute path.
  std::string manifest; ///< An absolute path.
  std::string folder;   ///< Of the corpus, an absolute path.
  int64_t shards = 8;   ///< Tasks of the array.
};

/// The text of a batch script for `sbatch`: an array of one-core tasks 1 to
/// `shards`, each of which runs as many jobs at a time as it was given cores.
/// Slurm's options on the command line override those in it. A task that is
/// put into the queue again goes on where it was, and so does one of the same
/// script submitted again.
std::string slurmScript(const SlurmOptions &options);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_SLURMSCRIPT_H
