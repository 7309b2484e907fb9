//===- TraceStore.h - The corpus file ---------------------------*- C++ -*-===//
//
// One SQLite file holds the traces of many programs. One process writes it; a
// run is one transaction, so a kill loses at most the runs in flight.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRACE_TRACESTORE_H
#define DYNFAULT_RUNTIME_TRACE_TRACESTORE_H

#include "runtime/trace/Features.h"
#include "runtime/trace/KilledTest.h"

#include <memory>

namespace SQLite {
class Database;
}

namespace dynfault {

/// `PRAGMA application_id` of a corpus, "dynf".
constexpr int CorpusApplicationId = 0x64796E66;
/// `PRAGMA user_version` of a corpus.
constexpr int CorpusVersion = 2;

struct ProgramRecord {
  std::string name, task, dataset, family, origin;
};

/// A program with or without faults.
struct MutantRecord {
  std::string key; ///< `clean`, or as docs/archive.md says.
  /// Of several faults joined by `+`; nothing for the clean program.
  std::optional<std::string> operatorId, faultClass, site;
  std::string parameters = "{}"; ///< JSON object.
  std::string archiveSha256;
  /// `low`, `medium` or `high`, of several faults joined by `+`; nothing where
  /// no parameter was drawn.
  std::optional<std::string> severity = {};
};

/// What tells runs of one mutant apart.
struct RunKey {
  int64_t seed = 0;
  std::string device = "cpu";
};

/// A mutant as it stands in the corpus.
struct StoredMutant {
  int64_t id = 0;
  std::string program, key;
  std::optional<bool> killed;
  std::optional<double> pValue;
};

/// A run without its signals.
struct StoredRun {
  std::string program, mutant; ///< Name and key.
  RunKey key;
  RunStatus status = RunStatus::Completed;
  std::string reason;
  int64_t durationMs = 0;
  std::string versions; ///< JSON object.
};

/// A corpus file (docs/corpus.md). All members throw std::runtime_error with
/// one line that names the file.
class TraceStore {
public:
  /// Opens `path` for writing; makes it if there is no such file.
  static TraceStore openOrCreate(const std::string &path);
  /// Opens an existing corpus for reading.
  static TraceStore openForReading(const std::string &path);

  TraceStore(TraceStore &&);
  ~TraceStore();

  /// The mutant's id; it and its program are added where they are new. An error
  /// if they are there with other properties: a corpus that mixes two versions
  /// of one mutant could not be read.
  int64_t addMutant(const ProgramRecord &program, const MutantRecord &mutant);

  bool hasRun(int64_t mutant, const RunKey &key) const;
  int64_t countRuns() const;
  /// Writes the run, its signals and its features in one transaction.
  void addRun(int64_t mutant, const RunKey &key, int threads,
              const Trace &trace);

  /// Sorted by program and key.
  std::vector<StoredMutant> mutants() const;
  /// Sorted by program, key, seed and device.
  std::vector<StoredRun> runs() const;

  /// The digest of the manifest that the runs are from (Plan.h); nothing before
  /// setManifest(). Shards of one manifest have the same one.
  std::optional<std::string> manifest() const;
  void setManifest(const std::string &digest);

  /// Adds all programs, mutants and runs of the corpus `path` that are not here
  /// yet, in one transaction. \returns the number of runs added. An error, and
  /// nothing added, if it is no corpus, or holds another program, mutant or
  /// result under a name that is here.
  int64_t merge(const std::string &path);

  /// The metric pairs of a mutant for the killed test: one for each seed for
  /// which the clean program's run on the same device completed with a finite
  /// validation metric and the mutant's run completed or diverged. Sorted by
  /// seed.
  std::vector<MetricPair> metricPairs(int64_t mutant,
                                      const std::string &device) const;

  /// Computes `killed` and `p_value` of all mutants anew, in one transaction.
  void updateKilled(const std::string &device, double alpha = 0.05);

  /// For statements of the export.
  SQLite::Database &database() const { return *connection; }
  const std::string &path() const { return file; }

private:
  TraceStore(const std::string &path, int flags);
  void createSchema();
  void checkSchema() const;

  std::string file;
  std::unique_ptr<SQLite::Database> connection;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRACE_TRACESTORE_H
