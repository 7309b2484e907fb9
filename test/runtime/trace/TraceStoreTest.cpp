//===- TraceStoreTest.cpp - Tests of the corpus file ------------*- C++ -*-===//

#include "runtime/trace/TraceStore.h"

#include "test/runtime/TestFolder.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

using namespace dynfault;

namespace {

constexpr float NaN = std::numeric_limits<float>::quiet_NaN();

class TraceStoreTest : public FolderTest {
protected:
  std::string path() const { return (folder / "corpus.sqlite").string(); }

  static ProgramRecord program(const std::string &name = "p") {
    return {name, "classification", "iris", "mlp", "a test"};
  }

  static MutantRecord mutant(const std::string &key) {
    MutantRecord record;
    record.key = key;
    record.archiveSha256 = "sha of " + key;
    if (key == "clean")
      return record;
    record.operatorId = "HLR";
    record.faultClass = "optimization";
    record.site = "optimizer";
    record.parameters = R"({"factor":10})";
    return record;
  }

  static Trace trace(float metric, RunStatus status = RunStatus::Completed) {
    Trace result;
    result.status = status;
    result.reason = status == RunStatus::Completed ? "" : "because";
    result.stepsPlanned = 10;
    result.stepsDone = 10;
    result.stepsPerEpoch = 5;
    result.signals = {
        {"baseline/train_loss", "", {0, 1, 2}, {3, NaN, 1}},
        {"baseline/validation_metric", "", {4, 9}, {0.5, metric}}};
    return result;
  }

  std::string openError() {
    return errorOf([&] { TraceStore::openOrCreate(path()); });
  }
};

} // namespace

TEST_F(TraceStoreTest, HasTheDocumentedSchema) {
  TraceStore::openOrCreate(path());
  SQLite::Database database(path());
  EXPECT_EQ(database.execAndGet("PRAGMA application_id").getInt(), 0x64796E66);
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 2);
  EXPECT_EQ(database.execAndGet("PRAGMA journal_mode").getString(), "wal");
  std::map<std::string, std::string> expected = {
      {"program", "id name task dataset family origin"},
      {"mutant", "id program_id key operator class site parameters "
                 "archive_sha256 killed p_value severity"},
      {"run", "id mutant_id seed device threads status reason steps_planned "
              "steps_done steps_per_epoch duration_ms versions"},
      {"signal", "run_id name site steps values"},
      {"feature", "run_id window name value"},
      {"manifest", "id sha256"}};
  for (const auto &[table, columns] : expected) {
    std::string found;
    SQLite::Statement query(database, "PRAGMA table_info(" + table + ")");
    while (query.executeStep())
      found += (found.empty() ? "" : " ") + query.getColumn(1).getString();
    EXPECT_EQ(found, columns);
  }
}

TEST_F(TraceStoreTest, KeepsRunsSignalsAndFeatures) {
  {
    TraceStore store = TraceStore::openOrCreate(path());
    int64_t id = store.addMutant(program(), mutant("clean"));
    EXPECT_EQ(store.addMutant(program(), mutant("clean")), id);
    EXPECT_FALSE(store.hasRun(id, {7, "cpu"}));
    store.addRun(id, {7, "cpu"}, 2, trace(0.75));
    EXPECT_TRUE(store.hasRun(id, {7, "cpu"}));
    EXPECT_FALSE(store.hasRun(id, {7, "cuda"}));
    EXPECT_FALSE(store.hasRun(id, {8, "cpu"}));
  }
  TraceStore store = TraceStore::openOrCreate(path());
  EXPECT_EQ(store.countRuns(), 1);
  SQLite::Database &database = store.database();
  SQLite::Statement signal(database,
                           "SELECT steps, \"values\" FROM signal WHERE name = "
                           "'baseline/train_loss' AND site = ''");
  ASSERT_TRUE(signal.executeStep());
  ASSERT_EQ(signal.getColumn(0).getBytes(), 12);
  ASSERT_EQ(signal.getColumn(1).getBytes(), 12);
  const int32_t steps[] = {0, 1, 2};
  EXPECT_EQ(std::memcmp(signal.getColumn(0).getBlob(), steps, 12), 0);
  float values[3];
  std::memcpy(values, signal.getColumn(1).getBlob(), 12);
  EXPECT_EQ(values[0], 3);
  EXPECT_TRUE(std::isnan(values[1]));
  EXPECT_EQ(values[2], 1);
  EXPECT_EQ(database
                .execAndGet("SELECT value FROM feature WHERE window = 'full' "
                            "AND name = 'baseline/train_loss/mean'")
                .getDouble(),
            2);
  // Nothing of the validation metric is in the early window.
  EXPECT_TRUE(database
                  .execAndGet("SELECT value FROM feature WHERE window = "
                              "'early' AND name = "
                              "'baseline/validation_metric/mean'")
                  .isNull());
  EXPECT_TRUE(database.execAndGet("SELECT reason FROM run").isNull());
}

TEST_F(TraceStoreTest, ARunIsThereWholeOrNotAtAll) {
  TraceStore store = TraceStore::openOrCreate(path());
  int64_t id = store.addMutant(program(), mutant("clean"));
  Trace twice = trace(1);
  twice.signals.push_back(twice.signals.front()); // Violates the primary key.
  EXPECT_ONE_LINE_WITH(errorOf([&] {
                         store.addRun(id, {0, "cpu"}, 1, twice);
                       }),
                       path());
  EXPECT_EQ(store.countRuns(), 0);
  EXPECT_EQ(store.database().execAndGet("SELECT count(*) FROM signal").getInt(),
            0);
  store.addRun(id, {0, "cpu"}, 1, trace(1));
  EXPECT_NE(errorOf([&] { store.addRun(id, {0, "cpu"}, 1, trace(1)); }), "");
  EXPECT_EQ(store.countRuns(), 1);
}

TEST_F(TraceStoreTest, RunWithoutSignals) {
  TraceStore store = TraceStore::openOrCreate(path());
  int64_t id = store.addMutant(program(), mutant("clean"));
  Trace failed;
  failed.status = RunStatus::Failed;
  failed.reason = "because";
  store.addRun(id, {0, "cpu"}, 1, failed);
  EXPECT_EQ(store.database().execAndGet("SELECT reason FROM run").getString(),
            "because");
}

TEST_F(TraceStoreTest, OtherFilesAreRefusedAndLeftAlone) {
  write("corpus.sqlite", "this is no database at all, and a bit longer");
  EXPECT_ONE_LINE_WITH(openError(), "so no dynfault corpus; name another");
  EXPECT_EQ(readFileBytes(path()),
            "this is no database at all, and a bit longer");
  std::filesystem::remove(path());

  SQLite::Database(path(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE mine (x)");
  EXPECT_ONE_LINE_WITH(openError(), "but not a dynfault corpus");
  std::filesystem::remove(path());

  TraceStore::openOrCreate(path());
  SQLite::Database(path(), SQLite::OPEN_READWRITE)
      .exec("PRAGMA user_version = 9");
  EXPECT_ONE_LINE_WITH(openError(), "corpus of schema version 9, but this "
                                    "build reads version 2");
}

TEST_F(TraceStoreTest, MissingPlacesAreNamed) {
  EXPECT_ONE_LINE_WITH(errorOf([&] { TraceStore::openForReading(path()); }),
                       path() + ": no such corpus file");
  EXPECT_ONE_LINE_WITH(errorOf([&] {
                         TraceStore::openOrCreate(
                             (folder / "none/c.sqlite").string());
                       }),
                       "check that the folder exists");
}

TEST_F(TraceStoreTest, AMutantOfAnotherArchiveIsRefused) {
  TraceStore store = TraceStore::openOrCreate(path());
  store.addMutant(program(), mutant("clean"));
  MutantRecord changed = mutant("clean");
  changed.archiveSha256 = "other";
  EXPECT_ONE_LINE_WITH(errorOf([&] { store.addMutant(program(), changed); }),
                       "holds runs of 'p' clean from another archive");
  ProgramRecord other = program();
  other.dataset = "wine";
  EXPECT_ONE_LINE_WITH(
      errorOf([&] { store.addMutant(other, mutant("clean")); }),
      "holds another program 'p'");
}

TEST_F(TraceStoreTest, KilledTestUsesMatchedSeeds) {
  TraceStore store = TraceStore::openOrCreate(path());
  int64_t clean = store.addMutant(program(), mutant("clean"));
  int64_t worse = store.addMutant(program(), mutant("HLR@optimizer:f=1"));
  int64_t same = store.addMutant(program(), mutant("HLR@optimizer:f=2"));
  int64_t few = store.addMutant(program(), mutant("HLR@optimizer:f=3"));
  int64_t diverged = store.addMutant(program(), mutant("HLR@optimizer:f=4"));
  int64_t failed = store.addMutant(program(), mutant("HLR@optimizer:f=5"));
  // Another program's clean runs must not be taken.
  int64_t foreign = store.addMutant(program("q"), mutant("clean"));
  for (int64_t seed = 0; seed < 6; ++seed) {
    // The last seed of the clean program is of no use.
    float metric = 0.9 + 0.01 * seed;
    store.addRun(
        clean, {seed, "cpu"}, 1,
        trace(metric, seed == 5 ? RunStatus::Timeout : RunStatus::Completed));
    store.addRun(foreign, {seed, "cpu"}, 1, trace(0));
    store.addRun(worse, {seed, "cpu"}, 1, trace(metric - 0.1));
    store.addRun(same, {seed, "cpu"}, 1, trace(metric));
    if (seed < 4)
      store.addRun(few, {seed, "cpu"}, 1, trace(0));
    // A good metric from before the end does not help a diverged run.
    store.addRun(diverged, {seed, "cpu"}, 1, trace(1, RunStatus::Diverged));
    store.addRun(failed, {seed, "cpu"}, 1, trace(0, RunStatus::Failed));
  }
  std::vector<MetricPair> pairs = store.metricPairs(worse, "cpu");
  ASSERT_EQ(pairs.size(), 5u);
  EXPECT_FLOAT_EQ(pairs[3].clean, 0.93f);
  EXPECT_FLOAT_EQ(pairs[3].mutant, 0.83f);
  EXPECT_TRUE(store.metricPairs(worse, "cuda").empty());

  store.updateKilled("cpu");
  std::map<int64_t, StoredMutant> byId;
  for (const StoredMutant &stored : store.mutants())
    byId[stored.id] = stored;
  EXPECT_EQ(byId[worse].killed, true);
  EXPECT_DOUBLE_EQ(*byId[worse].pValue, 1. / 32);
  EXPECT_EQ(byId[same].killed, false);
  EXPECT_EQ(byId[diverged].killed, true);
  for (int64_t untested : {clean, few, failed, foreign}) {
    EXPECT_FALSE(byId[untested].killed.has_value()) << untested;
    EXPECT_FALSE(byId[untested].pValue.has_value()) << untested;
  }
}
