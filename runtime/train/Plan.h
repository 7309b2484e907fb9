//===- Plan.h - Which runs a corpus is made of ------------------*- C++ -*-===//
//
// The manifest is the list of mutants and seeds, fixed before anything runs, so
// that a corpus can be stopped, resumed, divided and compared.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_PLAN_H
#define DYNFAULT_RUNTIME_TRAIN_PLAN_H

#include "runtime/data/Catalogue.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dynfault {

/// One archive of a plan.
struct PlannedMutant {
  std::string program; ///< The program's name.
  std::string key;     ///< `clean`, or as docs/archive.md says.
  std::string archive; ///< Path.
  std::string sha256;  ///< Of the archive.
  /// Empty for the clean program; `severity` also where no parameter was drawn.
  std::string operatorId = {}, faultClass = {}, severity = {};

  bool isClean() const { return key == "clean"; }
};

/// An archive that was left out.
struct RejectedArchive {
  std::string archive, reason;
};

struct PlanOptions {
  int64_t seeds = 5; ///< Runs of each mutant.
  /// Runs of each clean program; the first `seeds` of them are what mutants are
  /// tested against, the others are further correct runs. At least `seeds`.
  int64_t cleanSeeds = 0;
  /// At most so many mutants of each program, stratified (Stratify.h); 0: all.
  int64_t perProgram = 0;
  /// At most so many mutants of each program and class, by the class's name;
  /// others are left out. Empty: no limit. Faults of one class may be killed
  /// more often than those of another, and a task wants them even.
  std::map<std::string, int64_t> perClass = {};
  uint64_t sampleSeed = 0; ///< What the sample is drawn with.
};

struct Manifest {
  std::vector<PlannedMutant> mutants; ///< Sorted: program, clean first, key.
  std::vector<int64_t> seeds;         ///< Of the mutants.
  std::vector<int64_t> cleanSeeds;    ///< Of the clean programs.
  std::vector<RejectedArchive> rejected;
  int64_t notSampled = 0; ///< Archives that the sample left out.

  const std::vector<int64_t> &seedsOf(const PlannedMutant &mutant) const {
    return mutant.isClean() ? cleanSeeds : seeds;
  }
  int64_t runs() const;

  /// SHA-256 of what is planned: programs, keys, archives' hashes and seeds,
  /// but not where the archives lie.
  std::string digest() const;
};

/// Plans seeds 0, 1, ... for each archive. `places` are archives or folders,
/// which are searched for *.pt files. An archive with the bytes, or the program
/// and mutant key, of an earlier one (in sorted order) is rejected, and so is
/// one whose data set is not fetched, and one inside a folder that cannot be
/// read. Throws std::runtime_error if a named place does not exist or holds no
/// archive, a named archive cannot be read, or a folder of mutants
/// (docs/mutants.md) lacks one of its files.
Manifest planRuns(const std::vector<std::string> &places,
                  const PlanOptions &options);

/// Why a program whose data set is absent is left out, and what to do.
std::string absentData(const DatasetEntry &entry);

/// Names of the planned programs without a clean archive.
std::vector<std::string> programsWithoutClean(const Manifest &manifest);

/// The manifest as JSON text. Archives are written relative to `folder`, or as
/// absolute paths if it is empty.
std::string formatManifest(const Manifest &manifest, const std::string &folder);

/// Reads a manifest; relative archives are taken from its own folder. Throws
/// std::runtime_error that names file and field.
Manifest readManifest(const std::string &path);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_PLAN_H
