//===- SyntheticCorpus.cpp - Corpora with a known answer ------------------===//
//
// Values are drawn as the study will see them and stored through the inverse of
// its compression, asinh(x / 1e-4), so that noise has the same size everywhere.
//
//===----------------------------------------------------------------------===//
#include "test/study/SyntheticCorpus.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <random>
#include <unistd.h>
#include <vector>

namespace dynfault::study {
namespace {

namespace fs = std::filesystem;

constexpr const char *schema = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA application_id = 0x64796E66;
PRAGMA user_version = 2;
CREATE TABLE program (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  task TEXT NOT NULL, dataset TEXT NOT NULL, family TEXT NOT NULL,
  origin TEXT NOT NULL);
CREATE TABLE mutant (id INTEGER PRIMARY KEY,
  program_id INTEGER NOT NULL REFERENCES program(id), key TEXT NOT NULL,
  operator TEXT, class TEXT, site TEXT, parameters TEXT NOT NULL,
  archive_sha256 TEXT NOT NULL, killed INTEGER, p_value REAL,
  severity TEXT,
  UNIQUE (program_id, key));
CREATE TABLE run (id INTEGER PRIMARY KEY,
  mutant_id INTEGER NOT NULL REFERENCES mutant(id), seed INTEGER NOT NULL,
  device TEXT NOT NULL, threads INTEGER NOT NULL, status TEXT NOT NULL,
  reason TEXT, steps_planned INTEGER NOT NULL, steps_done INTEGER NOT NULL,
  steps_per_epoch INTEGER NOT NULL, duration_ms INTEGER NOT NULL,
  versions TEXT NOT NULL, UNIQUE (mutant_id, seed, device));
CREATE TABLE feature (run_id INTEGER NOT NULL REFERENCES run(id),
  window TEXT NOT NULL, name TEXT NOT NULL, value REAL,
  PRIMARY KEY (run_id, window, name)) WITHOUT ROWID;
CREATE TABLE signal (run_id INTEGER NOT NULL REFERENCES run(id),
  name TEXT NOT NULL, site TEXT NOT NULL, steps BLOB NOT NULL,
  "values" BLOB NOT NULL, PRIMARY KEY (run_id, name, site)) WITHOUT ROWID;
)sql";

constexpr std::array<const char *, 4> classes = {"data", "model", "objective",
                                                 "optimization"};
constexpr std::array<const char *, 4> operators = {"TCL", "ACH", "LCH", "HLR"};

class Builder {
public:
  Builder(const std::string &path, const SyntheticOptions &options)
      : options(options), engine(options.seed),
        db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    db.exec(schema);
  }

  void build() {
    SQLite::Transaction transaction(db);
    for (int p = 0; p < options.programs; ++p)
      addProgram(options.firstProgram + p);
    transaction.commit();
  }

private:
  double noise() { return normal(engine); }

  int64_t addMutant(int64_t program, const std::string &key,
                    const char *operatorId, const char *faultClass,
                    int killed) {
    SQLite::Statement insert(
        db, "INSERT INTO mutant (program_id, key, operator, class, site, "
            "parameters, archive_sha256, killed) VALUES (?, ?, ?, ?, 'x', "
            "'{}', '00', ?)");
    insert.bind(1, program);
    insert.bind(2, key);
    if (operatorId) {
      insert.bind(3, operatorId);
      insert.bind(4, faultClass);
    }
    if (killed >= 0)
      insert.bind(5, killed);
    insert.exec();
    return db.getLastInsertRowid();
  }

  int64_t addRun(int64_t mutant, int seed, const char *status) {
    SQLite::Statement insert(
        db, "INSERT INTO run (mutant_id, seed, device, threads, status, "
            "steps_planned, steps_done, steps_per_epoch, duration_ms, "
            "versions) VALUES (?, ?, 'cpu', 1, ?, 40, 40, 20, 1, '{}')");
    insert.bind(1, mutant);
    insert.bind(2, seed);
    insert.bind(3, status);
    insert.exec();
    return db.getLastInsertRowid();
  }

  void addFeature(int64_t run, const std::string &name, double seen) {
    SQLite::Statement insert(db, "INSERT INTO feature VALUES (?, ?, ?, ?)");
    insert.bind(1, run);
    insert.bind(2, "full");
    insert.bind(3, name);
    insert.bind(4, 1e-4 * std::sinh(seen));
    insert.exec();
    insert.reset();
    // Another window that the study must not mix up with the full one.
    insert.bind(2, "early");
    insert.bind(4, earlyValue);
    insert.exec();
  }

  void addCurve(int64_t run, const char *name,
                const std::vector<int32_t> &steps,
                const std::vector<float> &values) {
    SQLite::Statement insert(db, "INSERT INTO signal VALUES (?, ?, '', ?, ?)");
    insert.bind(1, run);
    insert.bind(2, name);
    insert.bind(3, steps.data(), static_cast<int>(steps.size() * 4));
    insert.bind(4, values.data(), static_cast<int>(values.size() * 4));
    insert.exec();
  }

  /// Curves with a known end: the last class becomes unstable after the early
  /// window, the first over-fits, the second under-fits.
  void addCurves(int64_t run, int faultClass) {
    std::vector<int32_t> steps;
    std::vector<float> loss;
    for (int step = 0; step < 40; ++step) {
      steps.push_back(step);
      const double swing = faultClass == 3 && step >= 20 ? 8 : 1;
      loss.push_back(static_cast<float>(swing * (1 + std::exp(-0.2 * step))));
    }
    const float end = loss.back();
    addCurve(run, "baseline/train_loss", steps, loss);
    addCurve(run, "baseline/validation_loss", {19, 39},
             {end, faultClass == 0 ? 3 * end : 1.1f * end});
    addCurve(run, "baseline/train_metric", {19, 39},
             {0.5f, faultClass == 1 ? 0.4f : 0.9f});
  }

  void addFeatures(int64_t run, int program, int faultClass) {
    const int all = options.firstProgram + options.programs;
    for (int c = 0; c < 4; ++c) {
      const double shift = c == faultClass ? options.sharedSignal : 0;
      earlyValue = options.earlySignal ? 1e-4 * std::sinh(noise() + shift) : 7;
      addFeature(run, fmt::format("baseline/shared_{}/mean", c),
                 noise() + shift);
    }
    earlyValue = 7;
    for (int p = 0; p < all; ++p)
      for (int c = 0; c < 4; ++c)
        addFeature(run, fmt::format("baseline/own_{}_{}/mean", p, c),
                   noise() + (p == program && c == faultClass
                                  ? options.programSignal
                                  : 0));
    for (int n = 0; n < options.noiseColumns; ++n)
      addFeature(run, fmt::format("baseline/noise_{}/mean", n), noise());
    addCurves(run, faultClass);
    if (options.programIdentity)
      addFeature(run, "baseline/identity/mean", program);
    if (options.baselineOnly)
      return;
    for (const char *set : {"curvature", "optimizer", "activation"})
      for (int n = 0; n < options.noiseColumns; ++n)
        addFeature(run, fmt::format("{}/noise_{}/mean", set, n), noise());
  }

  void addProgram(int number) {
    SQLite::Statement insert(
        db, "INSERT INTO program (name, task, dataset, family, origin) VALUES "
            "(?, 'classification', ?, ?, 'generated')");
    insert.bind(1, fmt::format("program_{:02}", number));
    insert.bind(2, fmt::format("data_{}", number / 2));
    insert.bind(3, fmt::format("family_{}", number % 3));
    insert.exec();
    const int64_t program = db.getLastInsertRowid();

    const int64_t clean = addMutant(program, "clean", nullptr, nullptr, -1);
    for (int seed = 0; seed < options.seeds; ++seed)
      addFeatures(addRun(clean, seed, "completed"), number, -1);
    for (int c = 0; c < 4; ++c)
      for (int m = 0; m < options.mutantsPerClass; ++m) {
        const int64_t mutant = addMutant(
            program, fmt::format("{}@site/{}:a={},b=\"x\"", operators[c], m, m),
            operators[c], classes[c], options.killed);
        for (int seed = 0; seed < options.seeds; ++seed)
          addFeatures(
              addRun(mutant, seed, seed == 0 ? "diverged" : "completed"),
              number, c);
      }
    if (!options.withLeftOut)
      return;
    addFeatures(addRun(addMutant(program, "survivor", "TCL", "data", 0), 0,
                       "completed"),
                number, 0);
    addFeatures(addRun(addMutant(program, "untested", "TCL", "data", -1), 0,
                       "completed"),
                number, 0);
    const int64_t failing = addMutant(program, "failing", "ACH", "model", 1);
    addRun(failing, 0, "failed");
    addRun(failing, 1, "timeout");
    addRun(failing, 2, "completed"); // Without features.
  }

  const SyntheticOptions &options;
  double earlyValue = 7;
  std::mt19937_64 engine;
  std::normal_distribution<double> normal;
  SQLite::Database db;
};

/// Removed with everything in it when the process ends.
struct Folder {
  Folder() {
    path = (fs::temp_directory_path() / "dynfault-study-XXXXXX").string();
    if (!mkdtemp(path.data()))
      std::abort();
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string path;
};

} // namespace

void writeSyntheticCorpus(const std::string &path,
                          const SyntheticOptions &options) {
  for (const char *suffix : {"", "-wal", "-shm"})
    fs::remove(path + suffix);
  Builder(path, options).build();
}

std::string temporaryPath(const std::string &name) {
  static const Folder folder;
  return folder.path + "/" + name;
}

} // namespace dynfault::study
