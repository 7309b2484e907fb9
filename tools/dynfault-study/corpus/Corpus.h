//===- Corpus.h - Traces of many programs -----------------------*- C++ -*-===//
//
// The study's whole view of a corpus file (docs/corpus.md): programs, mutants,
// runs and one window's features as a dense matrix. Rows are sorted by name
// instead of by database id, so that a merged or re-imported corpus gives the
// same report.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_CORPUS_CORPUS_H
#define DYNFAULT_STUDY_CORPUS_CORPUS_H

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace dynfault::study {

/// A row of table `program`.
struct Program {
  std::string name;
  std::string task;
  std::string dataset;
  std::string family;
};

/// A row of table `mutant`.
struct Mutant {
  size_t program = 0; ///< Index into Corpus::programs.
  std::string key;
  std::string op;         ///< Operator id; empty for the clean program.
  std::string faultClass; ///< Empty for the clean program.
  std::string site;       ///< Empty for the clean program.
  std::string severity;   ///< Empty where the corpus does not say.
  /// Result of the killed test; empty where the mutant was not tested.
  std::optional<bool> killed;

  bool isClean() const { return op.empty(); }
};

/// How a run ended.
enum class RunStatus { Completed, Diverged, Failed, Timeout };

/// A row of table `run`.
struct Run {
  size_t mutant = 0; ///< Index into Corpus::mutants.
  int64_t id = 0;
  int64_t seed = 0;
  std::string device;
  RunStatus status = RunStatus::Completed;
  int64_t stepsPlanned = 0;
  int64_t stepsDone = 0;
  bool hasFeatures = false; ///< Whether the window has any row for this run.
};

/// A signal without sites: its samples in ascending order of steps.
struct Curve {
  std::vector<int32_t> steps;
  std::vector<float> values;
};

/// Is given the run's place in Corpus::runs, the signal's name and its samples.
using CurveReader = std::function<void(size_t, const std::string &, Curve)>;

/// A corpus file in memory.
struct Corpus {
  std::string path;                      ///< As it was given, for messages.
  std::vector<Program> programs;         ///< Sorted by name.
  std::vector<Mutant> mutants;           ///< Sorted by program, key.
  std::vector<Run> runs;                 ///< Sorted by mutant, seed, device.
  std::vector<std::string> featureNames; ///< Sorted, SET/... as in the corpus.
  /// Runs x features; NaN where the corpus has NULL, no row, or a non-finite
  /// value.
  Eigen::MatrixXd features;
};

/// Reads a corpus without writing to it or beside it. `window` is `full`,
/// `early`, or empty for both, whose features are then named WINDOW/SET/... .
/// Throws StudyError when the file is missing, is no corpus, has
/// another schema version or is damaged. `curves`, where given, is called for
/// the training loss, training metric and validation loss of each run.
Corpus readCorpus(const std::string &path, const std::string &window,
                  const CurveReader &curves = {});

/// Opens a corpus for reading, checks its header and calls `read` inside one
/// transaction. Throws StudyError as readCorpus() does, and where `read` meets
/// an SQLite error.
void withCorpus(const std::string &path,
                const std::function<void(SQLite::Database &)> &read);

} // namespace dynfault::study

#endif
