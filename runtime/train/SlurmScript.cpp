//===- SlurmScript.cpp - A manifest as a job array ------------------------===//

#include "runtime/train/SlurmScript.h"

#include <fmt/format.h>

namespace dynfault {

namespace {

/// `text` as one word of a shell.
std::string shellWord(const std::string &text) {
  std::string word = "'";
  for (char c : text)
    word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

} // namespace

std::string slurmScript(const SlurmOptions &options) {
  // The signal comes a minute before the time is over: the runs in flight are
  // finished and recorded.
  return fmt::format(
      R"sh(#!/bin/bash
#SBATCH --job-name=dynfault
#SBATCH --array=1-{shards}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --signal=B:TERM@60
#SBATCH --requeue
#
# Submit with sbatch; options given there override those above. Then look and merge with
#   dynfault-run status {manifest} --out {folder}
#   dynfault-run merge {folder} --out {folder}/corpus.sqlite
set -eu
exec {program} corpus {manifest} --out {folder} \
  --shard "$SLURM_ARRAY_TASK_ID/{shards}" --jobs "${{SLURM_CPUS_PER_TASK:-1}}"
)sh",
      fmt::arg("shards", options.shards),
      fmt::arg("program", shellWord(options.program)),
      fmt::arg("manifest", shellWord(options.manifest)),
      fmt::arg("folder", shellWord(options.folder)));
}

} // namespace dynfault
