//===- TraceStore.cpp - The corpus file -----------------------------------===//

#include "runtime/trace/TraceStore.h"

#include "runtime/trace/Symptoms.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <linux/magic.h>
#include <sqlite3.h>
#include <stdexcept>
#include <sys/vfs.h>

namespace dynfault {

namespace {

constexpr const char *Schema = R"sql(
CREATE TABLE program (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  task TEXT NOT NULL,
  dataset TEXT NOT NULL,
  family TEXT NOT NULL,
  origin TEXT NOT NULL
);
CREATE TABLE mutant (
  id INTEGER PRIMARY KEY,
  program_id INTEGER NOT NULL REFERENCES program(id),
  key TEXT NOT NULL,
  operator TEXT,
  class TEXT,
  site TEXT,
  parameters TEXT NOT NULL,
  archive_sha256 TEXT NOT NULL,
  killed INTEGER,
  p_value REAL,
  severity TEXT,
  UNIQUE (program_id, key)
);
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  mutant_id INTEGER NOT NULL REFERENCES mutant(id),
  seed INTEGER NOT NULL,
  device TEXT NOT NULL,
  threads INTEGER NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('completed', 'diverged', 'failed', 'timeout')),
  reason TEXT,
  steps_planned INTEGER NOT NULL,
  steps_done INTEGER NOT NULL,
  steps_per_epoch INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  versions TEXT NOT NULL,
  UNIQUE (mutant_id, seed, device)
);
CREATE TABLE signal (
  run_id INTEGER NOT NULL REFERENCES run(id),
  name TEXT NOT NULL,
  site TEXT NOT NULL,
  steps BLOB NOT NULL,
  "values" BLOB NOT NULL,
  PRIMARY KEY (run_id, name, site)
) WITHOUT ROWID;
CREATE TABLE feature (
  run_id INTEGER NOT NULL REFERENCES run(id),
  window TEXT NOT NULL,
  name TEXT NOT NULL,
  value REAL,
  PRIMARY KEY (run_id, window, name)
) WITHOUT ROWID;
CREATE TABLE manifest (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sha256 TEXT NOT NULL
);
)sql";

/// Runs `body` and turns SQLite's errors into ones that name the file.
template <typename Body>
auto guarded(const std::string &file, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const SQLite::Exception &error) {
    std::string remedy;
    if (error.getErrorCode() == SQLITE_BUSY)
      remedy = "; another process is writing it";
    if (error.getErrorCode() == SQLITE_NOTADB)
      remedy = ", so no dynfault corpus; name another file";
    if (error.getErrorCode() == SQLITE_CANTOPEN)
      remedy = "; check that the folder exists and can be written";
    if (error.getErrorCode() == SQLITE_FULL)
      remedy = "; make room and repeat the command, what was recorded is kept";
    if (error.getErrorCode() == SQLITE_IOERR)
      remedy = "; check the file system and repeat the command, what was "
               "recorded is kept";
    throw std::runtime_error(
        fmt::format("{}: {}{}", file, error.getErrorStr(), remedy));
  }
}

void bindOptional(SQLite::Statement &statement, int index,
                  const std::optional<std::string> &text) {
  if (text)
    statement.bind(index, *text);
  else
    statement.bind(index);
}

int pragma(SQLite::Database &database, const char *name) {
  return database.execAndGet(std::string("PRAGMA ") + name).getInt();
}

/// Whether `path` lies on a file system of another machine.
bool isOnNetwork(const std::string &path) {
  constexpr long Smb2 = 0xFE534D42, Lustre = 0x0BD00BD0, Gpfs = 0x47504653,
                 Ceph = 0x00C36400, BeeGfs = 0x19830326;
  struct statfs system = {};
  if (::statfs(path.c_str(), &system) != 0)
    return false;
  for (long type : {long(NFS_SUPER_MAGIC), long(SMB_SUPER_MAGIC),
                    long(AFS_SUPER_MAGIC), Smb2, Lustre, Gpfs, Ceph, BeeGfs})
    if (system.f_type == type)
      return true;
  return false;
}

template <typename T>
void bindBlob(SQLite::Statement &statement, int index,
              const std::vector<T> &values) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
                "the corpus is little-endian");
  // A null pointer would be bound as NULL.
  static const char empty = 0;
  const void *data = values.empty() ? &empty : (const void *)values.data();
  statement.bindNoCopy(index, data, values.size() * sizeof(T));
}

} // namespace

TraceStore::TraceStore(const std::string &path, int flags) : file(path) {
  guarded(file, [&] {
    connection = std::make_unique<SQLite::Database>(path, flags,
                                                    /*aBusyTimeoutMs=*/10000);
  });
}

TraceStore::TraceStore(TraceStore &&) = default;
TraceStore::~TraceStore() = default;

TraceStore TraceStore::openOrCreate(const std::string &path) {
  TraceStore store(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  guarded(path, [&] {
    // Before anything is written: the file may be somebody else's.
    int64_t objects =
        store.connection->execAndGet("SELECT count(*) FROM sqlite_master");
    if (objects == 0 && pragma(*store.connection, "application_id") == 0)
      store.createSchema();
    store.checkSchema();
    // The write-ahead log's index is memory that processes share, which a
    // network file system does not give.
    bool shared = isOnNetwork(path);
    store.connection->exec(shared ? "PRAGMA journal_mode = DELETE"
                                  : "PRAGMA journal_mode = WAL");
    store.connection->exec(shared ? "PRAGMA synchronous = FULL"
                                  : "PRAGMA synchronous = NORMAL");
    store.connection->exec("PRAGMA foreign_keys = ON");
  });
  return store;
}

TraceStore TraceStore::openForReading(const std::string &path) {
  if (!std::filesystem::is_regular_file(path))
    throw std::runtime_error(fmt::format("{}: no such corpus file", path));
  TraceStore store(path, SQLite::OPEN_READONLY);
  guarded(path, [&] { store.checkSchema(); });
  return store;
}

void TraceStore::createSchema() {
  // SQLite journals both pragmas with the tables: a kill leaves an empty file.
  SQLite::Transaction transaction(*connection,
                                  SQLite::TransactionBehavior::IMMEDIATE);
  connection->exec(Schema);
  connection->exec(
      fmt::format("PRAGMA application_id = {}", CorpusApplicationId));
  connection->exec(fmt::format("PRAGMA user_version = {}", CorpusVersion));
  transaction.commit();
}

void TraceStore::checkSchema() const {
  if (pragma(*connection, "application_id") != CorpusApplicationId)
    throw std::runtime_error(fmt::format(
        "{}: is a database, but not a dynfault corpus; name another file",
        file));
  int version = pragma(*connection, "user_version");
  if (version != CorpusVersion)
    throw std::runtime_error(
        fmt::format("{}: corpus of schema version {}, but this build reads "
                    "version {}; use the matching version of dynfault",
                    file, version, CorpusVersion));
}

int64_t TraceStore::addMutant(const ProgramRecord &program,
                              const MutantRecord &mutant) {
  return guarded(file, [&]() -> int64_t {
    SQLite::Transaction transaction(*connection,
                                    SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement addProgram(
        *connection, "INSERT INTO program (name, task, dataset, family, origin)"
                     " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
    SQLite::bind(addProgram, program.name, program.task, program.dataset,
                 program.family, program.origin);
    addProgram.exec();
    SQLite::Statement findProgram(
        *connection,
        "SELECT id, task, dataset, family FROM program WHERE name = ?");
    findProgram.bind(1, program.name);
    findProgram.executeStep();
    int64_t programId = findProgram.getColumn(0);
    if (findProgram.getColumn(1).getString() != program.task ||
        findProgram.getColumn(2).getString() != program.dataset ||
        findProgram.getColumn(3).getString() != program.family)
      throw std::runtime_error(fmt::format(
          "{}: holds another program '{}' (task, data set or family differ); "
          "write to another corpus",
          file, program.name));

    SQLite::Statement addMutant(
        *connection,
        "INSERT INTO mutant (program_id, key, operator, class, site, "
        "parameters, archive_sha256, severity) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING");
    addMutant.bind(1, programId);
    addMutant.bind(2, mutant.key);
    bindOptional(addMutant, 3, mutant.operatorId);
    bindOptional(addMutant, 4, mutant.faultClass);
    bindOptional(addMutant, 5, mutant.site);
    addMutant.bind(6, mutant.parameters);
    addMutant.bind(7, mutant.archiveSha256);
    bindOptional(addMutant, 8, mutant.severity);
    addMutant.exec();
    SQLite::Statement findMutant(*connection,
                                 "SELECT id, archive_sha256 FROM mutant "
                                 "WHERE program_id = ? AND key = ?");
    findMutant.bind(1, programId);
    findMutant.bind(2, mutant.key);
    findMutant.executeStep();
    if (findMutant.getColumn(1).getString() != mutant.archiveSha256)
      throw std::runtime_error(
          fmt::format("{}: holds runs of '{}' {} from another archive; write "
                      "to another corpus",
                      file, program.name, mutant.key));
    int64_t id = findMutant.getColumn(0);
    transaction.commit();
    return id;
  });
}

bool TraceStore::hasRun(int64_t mutant, const RunKey &key) const {
  return guarded(file, [&] {
    SQLite::Statement query(*connection,
                            "SELECT 1 FROM run WHERE mutant_id = ? AND "
                            "seed = ? AND device = ?");
    SQLite::bind(query, mutant, key.seed, key.device);
    return query.executeStep();
  });
}

int64_t TraceStore::countRuns() const {
  return guarded(file, [&]() -> int64_t {
    return connection->execAndGet("SELECT count(*) FROM run");
  });
}

void TraceStore::addRun(int64_t mutant, const RunKey &key, int threads,
                        const Trace &trace) {
  guarded(file, [&] {
    SQLite::Transaction transaction(*connection,
                                    SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement addRun(
        *connection,
        "INSERT INTO run (mutant_id, seed, device, threads, status, reason, "
        "steps_planned, steps_done, steps_per_epoch, duration_ms, versions) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    SQLite::bind(addRun, mutant, key.seed, key.device, threads,
                 toString(trace.status));
    if (trace.status != RunStatus::Completed)
      addRun.bind(6, trace.reason);
    addRun.bind(7, trace.stepsPlanned);
    addRun.bind(8, trace.stepsDone);
    addRun.bind(9, trace.stepsPerEpoch);
    addRun.bind(10, trace.durationMs);
    addRun.bind(11, trace.versions);
    addRun.exec();
    int64_t run = connection->getLastInsertRowid();

    SQLite::Statement addSignal(
        *connection, "INSERT INTO signal (run_id, name, site, steps, "
                     "\"values\") VALUES (?, ?, ?, ?, ?)");
    for (const TraceSignal &signal : trace.signals) {
      addSignal.reset();
      addSignal.bind(1, run);
      addSignal.bind(2, signal.name);
      addSignal.bind(3, signal.site);
      bindBlob(addSignal, 4, signal.steps);
      bindBlob(addSignal, 5, signal.values);
      addSignal.exec();
    }
    SQLite::Statement addFeature(
        *connection,
        "INSERT INTO feature (run_id, window, name, value) VALUES (?, ?, ?, "
        "?)");
    std::vector<TraceSignal> signals = trace.signals;
    if (trace.stepsPerEpoch > 0)
      for (TraceSignal &symptom : deriveSymptoms(signals, trace.stepsPerEpoch))
        signals.push_back(std::move(symptom));
    for (const Feature &feature :
         computeFeatures(signals, trace.stepsPlanned)) {
      addFeature.reset();
      addFeature.bind(1, run);
      addFeature.bind(2, feature.window);
      addFeature.bind(3, feature.name);
      if (feature.value)
        addFeature.bind(4, *feature.value);
      else
        addFeature.bind(4);
      addFeature.exec();
    }
    transaction.commit();
  });
}

std::vector<StoredMutant> TraceStore::mutants() const {
  return guarded(file, [&] {
    std::vector<StoredMutant> result;
    SQLite::Statement query(
        *connection,
        "SELECT mutant.id, program.name, key, killed, p_value FROM mutant "
        "JOIN program ON program.id = program_id ORDER BY program.name, key");
    while (query.executeStep()) {
      StoredMutant mutant;
      mutant.id = query.getColumn(0);
      mutant.program = query.getColumn(1).getString();
      mutant.key = query.getColumn(2).getString();
      if (!query.isColumnNull(3))
        mutant.killed = query.getColumn(3).getInt() != 0;
      if (!query.isColumnNull(4))
        mutant.pValue = query.getColumn(4).getDouble();
      result.push_back(mutant);
    }
    return result;
  });
}

std::vector<StoredRun> TraceStore::runs() const {
  return guarded(file, [&] {
    std::vector<StoredRun> result;
    SQLite::Statement query(
        *connection, "SELECT program.name, key, seed, device, status, reason, "
                     "duration_ms, versions FROM run "
                     "JOIN mutant ON mutant.id = mutant_id "
                     "JOIN program ON program.id = program_id "
                     "ORDER BY program.name, key, seed, device");
    while (query.executeStep()) {
      StoredRun run;
      run.program = query.getColumn(0).getString();
      run.mutant = query.getColumn(1).getString();
      run.key = {query.getColumn(2).getInt64(), query.getColumn(3).getString()};
      run.status = parseRunStatus(query.getColumn(4).getString());
      run.reason = query.getColumn(5).getString();
      run.durationMs = query.getColumn(6).getInt64();
      run.versions = query.getColumn(7).getString();
      result.push_back(std::move(run));
    }
    return result;
  });
}

std::optional<std::string> TraceStore::manifest() const {
  return guarded(file, [&]() -> std::optional<std::string> {
    SQLite::Statement query(*connection, "SELECT sha256 FROM manifest");
    if (!query.executeStep())
      return std::nullopt;
    return query.getColumn(0).getString();
  });
}

void TraceStore::setManifest(const std::string &digest) {
  guarded(file, [&] {
    SQLite::Statement insert(*connection,
                             "INSERT OR REPLACE INTO manifest VALUES (1, ?)");
    insert.bind(1, digest);
    insert.exec();
  });
}

namespace {

/// The last sample of a blob of float32, or NaN.
double lastValue(const SQLite::Column &blob) {
  float value = std::numeric_limits<float>::quiet_NaN();
  size_t size = blob.getBytes();
  if (size >= sizeof(value))
    std::memcpy(&value,
                static_cast<const char *>(blob.getBlob()) + size -
                    sizeof(value),
                sizeof(value));
  return value;
}

} // namespace

std::vector<MetricPair>
TraceStore::metricPairs(int64_t mutant, const std::string &device) const {
  return guarded(file, [&] {
    SQLite::Statement query(*connection, R"sql(
      SELECT clean_signal."values", run.status, mutant_signal."values"
      FROM run
      JOIN mutant ON mutant.id = run.mutant_id
      JOIN mutant AS clean ON clean.program_id = mutant.program_id
        AND clean.key = 'clean'
      JOIN run AS clean_run ON clean_run.mutant_id = clean.id
        AND clean_run.seed = run.seed AND clean_run.device = run.device
        AND clean_run.status = 'completed'
      JOIN signal AS clean_signal ON clean_signal.run_id = clean_run.id
        AND clean_signal.name = 'baseline/validation_metric'
      LEFT JOIN signal AS mutant_signal ON mutant_signal.run_id = run.id
        AND mutant_signal.name = 'baseline/validation_metric'
      WHERE run.mutant_id = ? AND run.device = ?
        AND run.status IN ('completed', 'diverged')
      ORDER BY run.seed)sql");
    SQLite::bind(query, mutant, device);
    std::vector<MetricPair> pairs;
    while (query.executeStep()) {
      MetricPair pair;
      pair.clean = lastValue(query.getColumn(0));
      // A diverged run may hold a fine metric from an earlier epoch.
      pair.mutant = query.getColumn(1).getString() == "completed"
                        ? lastValue(query.getColumn(2))
                        : std::numeric_limits<double>::quiet_NaN();
      if (std::isfinite(pair.clean))
        pairs.push_back(pair);
    }
    return pairs;
  });
}

void TraceStore::updateKilled(const std::string &device, double alpha) {
  guarded(file, [&] {
    SQLite::Transaction transaction(*connection,
                                    SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement update(
        *connection, "UPDATE mutant SET killed = ?, p_value = ? WHERE id = ?");
    for (const StoredMutant &mutant : mutants()) {
      std::optional<KilledResult> result;
      if (mutant.key != "clean")
        result = testKilled(metricPairs(mutant.id, device), alpha);
      update.reset();
      update.clearBindings();
      if (result) {
        update.bind(1, int(result->killed));
        update.bind(2, result->pValue);
      }
      update.bind(3, mutant.id);
      update.exec();
    }
    transaction.commit();
  });
}

} // namespace dynfault
