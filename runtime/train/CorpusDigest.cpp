//===- CorpusDigest.cpp - Are two corpora the same? -----------------------===//

#include "runtime/train/CorpusDigest.h"

#include "runtime/data/Sha256.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <stdexcept>

namespace dynfault {

namespace {

/// Appends each column with its length, so that no two rows look alike.
void append(std::string &bytes, SQLite::Statement &query) {
  for (int i = 0; i < query.getColumnCount(); ++i) {
    const SQLite::Column column = query.getColumn(i);
    std::string text;
    if (column.isFloat()) {
      text = fmt::format("{}", column.getDouble());
    } else if (!column.isNull()) {
      text.assign(static_cast<const char *>(column.getBlob()),
                  size_t(column.getBytes()));
    }
    bytes += fmt::format("{}{}:", column.isNull() ? "-" : "", text.size());
    bytes += text;
  }
}

std::string digest(SQLite::Statement &query, int64_t run, std::string bytes) {
  query.reset();
  query.bind(1, run);
  while (query.executeStep())
    append(bytes, query);
  return sha256(bytes);
}

} // namespace

void digestRuns(const TraceStore &store,
                const std::function<void(const RunDigest &)> &each) {
  try {
    SQLite::Database &database = store.database();
    SQLite::Statement runs(
        database, "SELECT run.id, program.name, key, seed, device, status, "
                  "steps_planned, steps_done, steps_per_epoch FROM run "
                  "JOIN mutant ON mutant.id = mutant_id "
                  "JOIN program ON program.id = program_id "
                  "ORDER BY program.name, key, seed, device");
    SQLite::Statement signals(
        database, "SELECT name, site, steps, \"values\" FROM signal "
                  "WHERE run_id = ? ORDER BY name, site");
    SQLite::Statement features(database,
                               "SELECT window, name, value FROM feature "
                               "WHERE run_id = ? ORDER BY window, name");
    while (runs.executeStep()) {
      int64_t id = runs.getColumn(0);
      RunDigest run;
      run.program = runs.getColumn(1).getString();
      run.mutant = runs.getColumn(2).getString();
      run.key = {runs.getColumn(3).getInt64(), runs.getColumn(4).getString()};
      std::string head = runs.getColumn(5).getString();
      for (int i = 6; i < 9; ++i)
        head += fmt::format(" {}", runs.getColumn(i).getInt64());
      run.signals = digest(signals, id, head + "\n");
      run.features = digest(features, id, "");
      each(run);
    }
  } catch (const SQLite::Exception &error) {
    throw std::runtime_error(
        fmt::format("{}: {}", store.path(), error.getErrorStr()));
  }
}

} // namespace dynfault
