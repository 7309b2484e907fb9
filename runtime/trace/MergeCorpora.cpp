//===- MergeCorpora.cpp - The runs of another corpus file -----------------===//
//
// Shards of one manifest are recorded apart, on several machines perhaps. Here
// they become one corpus again. Ids are local to a file, so rows are joined by
// what they mean: a program's name, a mutant's key, a run's seed and device.
// SQLite does the copying, so that no shard has to fit into memory.
//
//===----------------------------------------------------------------------===//

#include "runtime/trace/TraceStore.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <stdexcept>

namespace dynfault {

namespace {

/// Joins each run of the other corpus with the mutant that it belongs to here.
constexpr const char *OtherRuns = R"sql(
  FROM other.run AS theirs
  JOIN other.mutant AS their_mutant ON their_mutant.id = theirs.mutant_id
  JOIN other.program AS their_program
    ON their_program.id = their_mutant.program_id
  JOIN main.program AS program ON program.name = their_program.name
  JOIN main.mutant AS mutant ON mutant.program_id = program.id
    AND mutant.key = their_mutant.key )sql";

/// The run here that has the same name as one there.
constexpr const char *SameRun = R"sql(
  JOIN main.run AS ours ON ours.mutant_id = mutant.id
    AND ours.seed = theirs.seed AND ours.device = theirs.device )sql";

/// The other corpus, as the schema `other` of this connection.
class Attachment {
public:
  Attachment(SQLite::Database &database, const std::string &path)
      : database(database) {
    SQLite::Statement attach(database, "ATTACH DATABASE ? AS other");
    attach.bind(1, path);
    attach.exec();
  }
  ~Attachment() {
    try {
      database.exec("DETACH DATABASE other");
    } catch (const SQLite::Exception &) {
      // Nothing more can be done, and the connection goes away soon.
    }
  }
  Attachment(const Attachment &) = delete;
  Attachment &operator=(const Attachment &) = delete;

private:
  SQLite::Database &database;
};

/// Throws with what the first row of `query` names, if it has one.
void refuseIfAny(SQLite::Database &database, const std::string &query,
                 const std::string &path, const char *what) {
  SQLite::Statement rows(database, query);
  if (rows.executeStep())
    throw std::runtime_error(
        fmt::format("{}: {} ({}); merge only what was recorded from the same "
                    "archives by the same build",
                    path, what, rows.getColumn(0).getString()));
}

void refuseConflicts(SQLite::Database &database, const std::string &path) {
  refuseIfAny(database,
              "SELECT theirs.name FROM other.program AS theirs "
              "JOIN main.program AS ours ON ours.name = theirs.name "
              "WHERE ours.task <> theirs.task OR ours.dataset <> "
              "theirs.dataset OR ours.family <> theirs.family",
              path, "holds another program of a name that was merged already");
  refuseIfAny(database,
              "SELECT program.name || ' ' || mutant.key "
              "FROM other.mutant AS theirs "
              "JOIN other.program AS their_program "
              "ON their_program.id = theirs.program_id "
              "JOIN main.program AS program "
              "ON program.name = their_program.name "
              "JOIN main.mutant AS mutant ON mutant.program_id = program.id "
              "AND mutant.key = theirs.key "
              "WHERE mutant.archive_sha256 <> theirs.archive_sha256",
              path, "holds runs of a mutant from another archive");
  refuseIfAny(
      database,
      std::string("SELECT program.name || ' ' || mutant.key || ' seed ' || "
                  "theirs.seed ") +
          OtherRuns + SameRun +
          "WHERE ours.status <> theirs.status "
          "OR ours.steps_done <> theirs.steps_done "
          "OR EXISTS (SELECT name, site, steps, \"values\" FROM other.signal "
          "WHERE run_id = theirs.id EXCEPT SELECT name, site, steps, "
          "\"values\" FROM main.signal WHERE run_id = ours.id)",
      path, "holds another result of a run that was merged already");
}

/// Copies what is new. \returns the number of runs.
int64_t copyNew(SQLite::Database &database) {
  database.exec("INSERT INTO main.program (name, task, dataset, family, origin)"
                " SELECT name, task, dataset, family, origin FROM "
                "other.program WHERE true ON CONFLICT DO NOTHING");
  database.exec(
      "INSERT INTO main.mutant (program_id, key, operator, class, site, "
      "parameters, archive_sha256, severity) "
      "SELECT program.id, theirs.key, theirs.operator, theirs.class, "
      "theirs.site, theirs.parameters, theirs.archive_sha256, theirs.severity "
      "FROM other.mutant AS theirs "
      "JOIN other.program AS their_program "
      "ON their_program.id = theirs.program_id "
      "JOIN main.program AS program ON program.name = their_program.name "
      "WHERE true ON CONFLICT DO NOTHING");
  // Which run there is which new run here; only the new ones are copied.
  database.exec("CREATE TEMP TABLE copied (theirs INTEGER PRIMARY KEY, "
                "mutant INTEGER NOT NULL, ours INTEGER)");
  database.exec(std::string("INSERT INTO temp.copied (theirs, mutant) "
                            "SELECT theirs.id, mutant.id ") +
                OtherRuns +
                "WHERE NOT EXISTS (SELECT 1 FROM main.run AS ours "
                "WHERE ours.mutant_id = mutant.id AND ours.seed = theirs.seed "
                "AND ours.device = theirs.device)");
  database.exec(
      "INSERT INTO main.run (mutant_id, seed, device, threads, status, reason, "
      "steps_planned, steps_done, steps_per_epoch, duration_ms, versions) "
      "SELECT copied.mutant, seed, device, threads, status, reason, "
      "steps_planned, steps_done, steps_per_epoch, duration_ms, versions "
      "FROM other.run JOIN temp.copied ON theirs = id ORDER BY id");
  database.exec(
      "UPDATE temp.copied SET ours = (SELECT ours.id FROM main.run AS ours "
      "JOIN other.run AS other_run ON other_run.id = theirs "
      "WHERE ours.mutant_id = mutant AND ours.seed = other_run.seed "
      "AND ours.device = other_run.device)");
  database.exec(
      "INSERT INTO main.signal (run_id, name, site, steps, \"values\") "
      "SELECT ours, name, site, steps, \"values\" FROM temp.copied "
      "JOIN other.signal ON run_id = theirs");
  database.exec("INSERT INTO main.feature (run_id, window, name, value) "
                "SELECT ours, window, name, value FROM temp.copied "
                "JOIN other.feature ON run_id = theirs");
  int64_t count =
      database.execAndGet("SELECT count(*) FROM temp.copied").getInt64();
  database.exec("DROP TABLE temp.copied");
  return count;
}

} // namespace

int64_t TraceStore::merge(const std::string &path) {
  // Says what is wrong with a file that is no corpus.
  openForReading(path);
  try {
    Attachment attachment(*connection, path);
    SQLite::Transaction transaction(*connection,
                                    SQLite::TransactionBehavior::IMMEDIATE);
    refuseConflicts(*connection, path);
    int64_t count = copyNew(*connection);
    transaction.commit();
    return count;
  } catch (const SQLite::Exception &error) {
    throw std::runtime_error(
        fmt::format("{}: cannot be merged into {}: {}; both are as they were",
                    path, file, error.getErrorStr()));
  }
}

} // namespace dynfault
