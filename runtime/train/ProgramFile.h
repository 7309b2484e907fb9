//===- ProgramFile.h - What an instrumented archive says about itself -----===//
//
// Planning and checking thousands of archives must not load them: all that is
// needed stands in program.json inside the zip file (docs/archive.md).
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_PROGRAMFILE_H
#define DYNFAULT_RUNTIME_TRAIN_PROGRAMFILE_H

#include "runtime/data/Dataset.h"
#include "runtime/trace/TraceStore.h"

#include <optional>

namespace dynfault {

/// An archive's description. The archive's bytes are kept only by
/// readArchive().
struct ProgramFile {
  std::string path;
  ProgramRecord program;
  MutantRecord mutant;
  DataRequest data;
  int64_t epochs = 0;
  int64_t batchSize = 0;
  bool shuffle = true;
  /// By how much a clean run beats the trivial prediction, at least
  /// (TrivialPredictor.h); empty where the program does not say.
  std::optional<double> margin;

  /// Batches in an epoch over so many rows; the last may be smaller. A recipe
  /// can change the number of rows, so the data says how many there are.
  int64_t stepsPerEpoch(int64_t rows) const {
    return (rows + batchSize - 1) / batchSize;
  }
};

/// An archive in memory: what was hashed is what is loaded, even if the file
/// changes in between.
struct Archive {
  ProgramFile file;
  std::string bytes;
};

/// Reads the file, its hash and its program.json. Throws std::runtime_error
/// with one line that names the file and the defect: missing, no archive,
/// damaged, without program.json, of another schema, a field missing or wrong.
Archive readArchive(const std::string &path);

/// The same without keeping the bytes.
ProgramFile readProgramFile(const std::string &path);

/// Interprets the text of a program.json; `path` is the archive, for errors.
ProgramFile parseProgramJson(const std::string &text, const std::string &path);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_PROGRAMFILE_H
