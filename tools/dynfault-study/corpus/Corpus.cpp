//===- Corpus.cpp - Reads a corpus file -----------------------------------===//
//
// Opening a database in write-ahead mode creates a -wal and a -shm file beside
// it, even for reading, and fails in a read-only folder. Where no log exists
// nobody is writing, and SQLite may treat the file as immutable, which avoids
// both.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/corpus/Corpus.h"

#include "tools/dynfault-study/util/Error.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <numeric>
#include <sqlite3.h>
#include <tuple>
#include <unordered_map>

namespace dynfault::study {
namespace {

namespace fs = std::filesystem;

constexpr int applicationId = 0x64796E66; // "dynf"
constexpr int schemaVersion = 2;

/// `file:` address of a path (RFC 3986: everything but a safe set is escaped).
std::string addressOf(const std::string &path, bool immutable) {
  const std::string safe = "/-._~";
  std::string address = "file:";
  for (unsigned char c : path) {
    if (std::isalnum(c) || safe.find(static_cast<char>(c)) != std::string::npos)
      address += static_cast<char>(c);
    else
      address += fmt::format("%{:02X}", c);
  }
  return address + (immutable ? "?immutable=1" : "?mode=ro");
}

void checkHeader(SQLite::Database &db, const std::string &path) {
  const int application = db.execAndGet("PRAGMA application_id").getInt();
  if (application != applicationId)
    throw StudyError(fmt::format(
        "{}: is an SQLite file but not a dynfault corpus (application_id is "
        "{:#x}, not {:#x}); give a file that dynfault-run wrote",
        path, static_cast<unsigned>(application), applicationId));
  const int version = db.execAndGet("PRAGMA user_version").getInt();
  if (version != schemaVersion)
    throw StudyError(fmt::format(
        "{}: has corpus schema version {}, this dynfault-study reads version "
        "{}; use the dynfault-study of the release that recorded it, or record "
        "the corpus again",
        path, version, schemaVersion));
}

/// Puts `rows` into ascending order of `less` and returns old index -> new.
template <typename Row, typename Less>
std::vector<size_t> sortRows(std::vector<Row> &rows, Less less) {
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return less(rows[a], rows[b]); });
  std::vector<Row> sorted;
  sorted.reserve(rows.size());
  std::vector<size_t> position(rows.size());
  for (size_t to = 0; to < order.size(); ++to) {
    sorted.push_back(std::move(rows[order[to]]));
    position[order[to]] = to;
  }
  rows = std::move(sorted);
  return position;
}

using IdMap = std::unordered_map<int64_t, size_t>;

void renumber(IdMap &ids, const std::vector<size_t> &position) {
  for (auto &entry : ids)
    entry.second = position[entry.second];
}

size_t lookUp(const IdMap &ids, int64_t id, const std::string &path,
              const char *what) {
  auto found = ids.find(id);
  if (found == ids.end())
    throw StudyError(fmt::format(
        "{}: refers to {} {} which is not in the file; the corpus is damaged, "
        "record or merge it again",
        path, what, id));
  return found->second;
}

IdMap readPrograms(SQLite::Database &db, Corpus &corpus) {
  IdMap ids;
  SQLite::Statement rows(db, "SELECT id, name, task, dataset, family FROM "
                             "program");
  while (rows.executeStep()) {
    ids[rows.getColumn(0).getInt64()] = corpus.programs.size();
    corpus.programs.push_back(
        {rows.getColumn(1).getString(), rows.getColumn(2).getString(),
         rows.getColumn(3).getString(), rows.getColumn(4).getString()});
  }
  renumber(ids, sortRows(corpus.programs, [](const auto &a, const auto &b) {
             return a.name < b.name;
           }));
  return ids;
}

IdMap readMutants(SQLite::Database &db, const std::string &path,
                  const IdMap &programs, Corpus &corpus) {
  IdMap ids;
  // Corpora that record how severe a drawn fault is have a column for it.
  bool hasSeverity = false;
  SQLite::Statement columns(db, "PRAGMA table_info(mutant)");
  while (columns.executeStep())
    hasSeverity |= columns.getColumn(1).getString() == "severity";
  SQLite::Statement rows(
      db, fmt::format("SELECT id, program_id, key, operator, class, killed, "
                      "site, {} FROM mutant",
                      hasSeverity ? "severity" : "NULL"));
  while (rows.executeStep()) {
    ids[rows.getColumn(0).getInt64()] = corpus.mutants.size();
    Mutant mutant;
    mutant.program =
        lookUp(programs, rows.getColumn(1).getInt64(), path, "program");
    mutant.key = rows.getColumn(2).getString();
    if (!rows.isColumnNull(3))
      mutant.op = rows.getColumn(3).getString();
    if (!rows.isColumnNull(4))
      mutant.faultClass = rows.getColumn(4).getString();
    if (!rows.isColumnNull(5))
      mutant.killed = rows.getColumn(5).getInt() != 0;
    if (!rows.isColumnNull(6))
      mutant.site = rows.getColumn(6).getString();
    if (!rows.isColumnNull(7))
      mutant.severity = rows.getColumn(7).getString();
    corpus.mutants.push_back(std::move(mutant));
  }
  renumber(ids, sortRows(corpus.mutants, [](const auto &a, const auto &b) {
             return std::tie(a.program, a.key) < std::tie(b.program, b.key);
           }));
  return ids;
}

RunStatus parseStatus(const std::string &text, const std::string &path,
                      int64_t run) {
  static const std::map<std::string, RunStatus> known = {
      {"completed", RunStatus::Completed},
      {"diverged", RunStatus::Diverged},
      {"failed", RunStatus::Failed},
      {"timeout", RunStatus::Timeout}};
  auto found = known.find(text);
  if (found == known.end())
    throw StudyError(fmt::format("{}: run {} has the unknown status '{}'; the "
                                 "corpus is damaged, record it again",
                                 path, run, text));
  return found->second;
}

IdMap readRuns(SQLite::Database &db, const std::string &path,
               const IdMap &mutants, Corpus &corpus) {
  IdMap ids;
  SQLite::Statement rows(db, "SELECT id, mutant_id, seed, device, status, "
                             "steps_planned, steps_done FROM run");
  while (rows.executeStep()) {
    Run run;
    run.id = rows.getColumn(0).getInt64();
    run.mutant = lookUp(mutants, rows.getColumn(1).getInt64(), path, "mutant");
    run.seed = rows.getColumn(2).getInt64();
    run.device = rows.getColumn(3).getString();
    run.status = parseStatus(rows.getColumn(4).getString(), path, run.id);
    run.stepsPlanned = rows.getColumn(5).getInt64();
    run.stepsDone = rows.getColumn(6).getInt64();
    ids[run.id] = corpus.runs.size();
    corpus.runs.push_back(std::move(run));
  }
  renumber(ids, sortRows(corpus.runs, [](const auto &a, const auto &b) {
             return std::tie(a.mutant, a.seed, a.device) <
                    std::tie(b.mutant, b.seed, b.device);
           }));
  return ids;
}

void readFeatures(SQLite::Database &db, const std::string &path,
                  const std::string &window, const IdMap &runs,
                  Corpus &corpus) {
  // One pass; the columns are numbered as their names turn up and put into
  // order afterwards.
  struct Cell {
    size_t run;
    size_t column;
    double value;
  };
  std::unordered_map<std::string, size_t> columns;
  std::vector<Cell> cells;
  const bool both = window.empty();
  SQLite::Statement rows(
      db, both ? "SELECT run_id, window || '/' || name, value FROM feature"
               : "SELECT run_id, name, value FROM feature WHERE window = ?");
  if (!both)
    rows.bind(1, window);
  while (rows.executeStep()) {
    const size_t run = lookUp(runs, rows.getColumn(0).getInt64(), path, "run");
    corpus.runs[run].hasFeatures = true;
    const size_t column =
        columns.emplace(rows.getColumn(1).getText(), columns.size())
            .first->second;
    if (!rows.isColumnNull(2))
      cells.push_back({run, column, rows.getColumn(2).getDouble()});
  }

  corpus.featureNames.resize(columns.size());
  for (const auto &entry : columns)
    corpus.featureNames[entry.second] = entry.first;
  const std::vector<size_t> position = sortRows(
      corpus.featureNames, [](const auto &a, const auto &b) { return a < b; });
  corpus.features =
      Eigen::MatrixXd::Constant(static_cast<Eigen::Index>(corpus.runs.size()),
                                static_cast<Eigen::Index>(columns.size()),
                                std::numeric_limits<double>::quiet_NaN());
  for (const Cell &cell : cells)
    if (std::isfinite(cell.value))
      corpus.features(static_cast<Eigen::Index>(cell.run),
                      static_cast<Eigen::Index>(position[cell.column])) =
          cell.value;
}

std::vector<float> floatsOf(const SQLite::Column &blob) {
  std::vector<float> values(static_cast<size_t>(blob.getBytes()) /
                            sizeof(float));
  if (!values.empty())
    std::memcpy(values.data(), blob.getBlob(), values.size() * sizeof(float));
  return values;
}

void readCurves(SQLite::Database &db, const std::string &path,
                const IdMap &runs, const CurveReader &curves) {
  SQLite::Statement rows(
      db, "SELECT run_id, name, steps, \"values\" FROM signal WHERE site = '' "
          "AND name IN ('baseline/train_loss', 'baseline/train_metric', "
          "'baseline/validation_loss') ORDER BY run_id, name");
  while (rows.executeStep()) {
    Curve curve;
    const size_t run = lookUp(runs, rows.getColumn(0).getInt64(), path, "run");
    curve.values = floatsOf(rows.getColumn(3));
    const SQLite::Column steps = rows.getColumn(2);
    curve.steps.resize(static_cast<size_t>(steps.getBytes()) / sizeof(int32_t));
    if (curve.steps.size() != curve.values.size())
      throw StudyError(fmt::format(
          "{}: signal {} of run {} has {} steps and {} values; the corpus is "
          "damaged, record or merge it again",
          path, rows.getColumn(1).getString(), rows.getColumn(0).getInt64(),
          curve.steps.size(), curve.values.size()));
    if (!curve.steps.empty())
      std::memcpy(curve.steps.data(), steps.getBlob(),
                  curve.steps.size() * sizeof(int32_t));
    curves(run, rows.getColumn(1).getString(), std::move(curve));
  }
}

} // namespace

void withCorpus(const std::string &path,
                const std::function<void(SQLite::Database &)> &read) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    throw StudyError(fmt::format(
        "{}: no such file; record a corpus with `dynfault-run corpus`", path));
  if (!fs::is_regular_file(path, ignored))
    throw StudyError(fmt::format(
        "{}: is not a file; give the corpus file that dynfault-run wrote "
        "(its name ends in .sqlite)",
        path));
  const bool logExists = fs::exists(path + "-wal", ignored);
  try {
    SQLite::Database db(addressOf(path, !logExists),
                        SQLite::OPEN_READONLY | SQLite::OPEN_URI);
    db.setBusyTimeout(10000);
    // One transaction, so that a corpus that is still growing is read as it
    // was at one moment.
    SQLite::Transaction snapshot(db);
    checkHeader(db, path);
    read(db);
  } catch (const SQLite::Exception &error) {
    if (error.getErrorCode() == SQLITE_NOTADB)
      throw StudyError(fmt::format(
          "{}: is not a corpus (not an SQLite file); give a file that "
          "dynfault-run wrote",
          path));
    throw StudyError(fmt::format(
        "{}: cannot be read as a corpus: {}; check the file with `sqlite3 FILE "
        "'PRAGMA integrity_check'` or record it again",
        path, error.what()));
  }
}

Corpus readCorpus(const std::string &path, const std::string &window,
                  const CurveReader &curves) {
  Corpus corpus;
  corpus.path = path;
  withCorpus(path, [&](SQLite::Database &db) {
    const IdMap programs = readPrograms(db, corpus);
    const IdMap mutants = readMutants(db, path, programs, corpus);
    const IdMap runs = readRuns(db, path, mutants, corpus);
    readFeatures(db, path, window, runs, corpus);
    if (curves)
      readCurves(db, path, runs, curves);
  });
  return corpus;
}

} // namespace dynfault::study
