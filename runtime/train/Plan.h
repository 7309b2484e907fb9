//===- Plan.h - Which runs a corpus is made of ------------------*- C++ -*-===//
//
// The manifest is the list of mutants and seeds, fixed before anything runs, so
// that a corpus can be stopped, resumed and compared.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_PLAN_H
#define DYNFAULT_RUNTIME_TRAIN_PLAN_H

#include "runtime/data/Catalogue.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dynfault {

/// One archive of a plan.
struct PlannedMutant {
  std::string program; ///< The program's name.
  std::string key;     ///< `clean`, or as docs/archive.md says.
  std::string archive; ///< Path.
  std::string sha256;  ///< Of the archive.
};

/// An archive that was left out.
struct RejectedArchive {
  std::string archive, reason;
};

struct Manifest {
  std::vector<PlannedMutant> mutants; ///< Sorted: program, clean first, key.
  std::vector<int64_t> seeds;
  std::vector<RejectedArchive> rejected;

  int64_t runs() const { return int64_t(mutants.size() * seeds.size()); }
};

/// Plans seeds 0 .. `seeds` - 1 for each archive. `places` are archives or
/// folders, which are searched for *.pt files. An archive with the bytes, or
/// the program and mutant key, of an earlier one (in sorted order) is rejected,
/// and so is one whose data set is not fetched, and one inside a folder that
/// cannot be read. Throws std::runtime_error
/// if a named place does not exist or holds no archive, or a named archive
/// cannot be read.
Manifest planRuns(const std::vector<std::string> &places, int64_t seeds);

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
