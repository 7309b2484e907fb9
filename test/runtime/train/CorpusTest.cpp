//===- CorpusTest.cpp - Tests of running a manifest -------------*- C++ -*-===//

#include "runtime/train/Corpus.h"

#include "runtime/trace/Export.h"
#include "runtime/train/CorpusDigest.h"
#include "test/runtime/train/TestArchive.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <set>

using namespace dynfault;

namespace {

class CorpusTest : public ArchiveTest {
protected:
  void addMutant(const std::string &name, ArchiveOptions options) {
    options.patch["faults"] = oneFault("HLR", "optimizer", {{"id", name}});
    writePointsNet("archives/" + name + ".pt", options);
  }

  Manifest plan(int64_t seeds) {
    return planRuns({(folder / "archives").string()}, {seeds});
  }

  CorpusOptions options(const std::string &name, int jobs = 1) {
    CorpusOptions result;
    result.folder = (folder / name).string();
    result.jobs = jobs;
    return result;
  }

  std::string csv(const std::string &name, ExportTable table) {
    TraceStore store =
        TraceStore::openForReading((folder / name / "corpus.sqlite").string());
    std::string text;
    exportTable(store, table, [&](const std::string &line) { text += line; });
    return text;
  }

  /// STATUS: REASON of the run of a mutant (by its `id`) with seed 0.
  std::string statusOf(const std::string &corpus, const std::string &id) {
    SQLite::Database database((folder / corpus / "corpus.sqlite").string());
    SQLite::Statement query(
        database, "SELECT status, coalesce(reason, '') FROM run JOIN mutant ON "
                  "mutant.id = mutant_id WHERE key = ? AND seed = 0");
    query.bind(1, "HLR@optimizer:id=" + id);
    if (!query.executeStep())
      return "not recorded";
    return query.getColumn(0).getString() + ": " +
           query.getColumn(1).getString();
  }
};

} // namespace

TEST_F(CorpusTest, JobsDoNotChangeABit) {
  ArchiveOptions probed;
  probed.probes = true;
  writePointsNet("archives/clean.pt", probed);
  probed.lr = 5;
  addMutant("fast", probed);
  for (int jobs : {1, 2})
    runCorpus(plan(5), options("jobs" + std::to_string(jobs), jobs));
  for (ExportTable table : {ExportTable::Signal, ExportTable::Feature})
    EXPECT_EQ(csv("jobs1", table), csv("jobs2", table));
  EXPECT_GT(csv("jobs1", ExportTable::Signal).size(), 10000u);
}

TEST_F(CorpusTest, WorkersAgreeWithRunsInThisProcess) {
  std::string path = writePointsNet("archives/clean.pt");
  // The first worker plans for itself, the others share plans.
  constexpr int64_t Seeds = 4;
  runCorpus(plan(Seeds), options("corpus"));
  Archive archive = readArchive(path);
  DataStore data(Catalogue::load());
  TraceStore store =
      TraceStore::openOrCreate((folder / "here.sqlite").string());
  int64_t mutant = store.addMutant(archive.file.program, archive.file.mutant);
  for (int64_t seed = 0; seed < Seeds; ++seed) {
    torch::jit::Module module = loadModule(archive, "cpu");
    TrainOptions train;
    train.seed = seed;
    store.addRun(mutant, {seed, "cpu"}, 1,
                 dynfault::train(module, archive.file,
                                 data.prepare(archive.file.data), train));
  }
  std::string here;
  exportTable(store, ExportTable::Signal,
              [&](const std::string &line) { here += line; });
  EXPECT_EQ(csv("corpus", ExportTable::Signal), here);
}

TEST_F(CorpusTest, EveryEndOfARunIsRecorded) {
  writePointsNet("archives/clean.pt");
  auto withStatement = [](const std::string &statement) {
    ArchiveOptions result;
    result.statement = statement;
    return result;
  };
  addMutant("crash", withStatement("dynfault_test.crash()"));
  addMutant("vanish", withStatement("dynfault_test.vanish()"));
  addMutant("throw", withStatement("value = torch.addmm(self.b1, self.w1, "
                                   "self.w1)"));
  ArchiveOptions diverge;
  diverge.lr = 1e30;
  addMutant("diverge", diverge);
  CorpusResult result = runCorpus(plan(2), options("corpus", 2));
  EXPECT_EQ(result.recorded, 10);
  EXPECT_FALSE(result.interrupted);
  EXPECT_EQ(result.byStatus,
            (std::map<std::string, int64_t>{
                {"completed", 2}, {"diverged", 2}, {"failed", 6}}));
  EXPECT_ONE_LINE_WITH(statusOf("corpus", "crash"),
                       "failed: worker ended by signal 11");
  EXPECT_ONE_LINE_WITH(statusOf("corpus", "vanish"),
                       "failed: worker ended by signal 9");
  EXPECT_ONE_LINE_WITH(statusOf("corpus", "throw"),
                       "failed: mat1 and mat2 shapes");
  EXPECT_ONE_LINE_WITH(statusOf("corpus", "diverge"),
                       "diverged: training loss is");
  // What a crashed worker could not say is filled in.
  SQLite::Database database((folder / "corpus/corpus.sqlite").string());
  EXPECT_EQ(database
                .execAndGet("SELECT count(*) FROM run WHERE steps_planned = 39 "
                            "AND steps_per_epoch = 13 AND versions LIKE "
                            "'%libtorch%'")
                .getInt(),
            10);
}

TEST_F(CorpusTest, AHangingRunIsRecordedAsTimeout) {
  ArchiveOptions hang;
  hang.statement = "dynfault_test.hang()";
  addMutant("hang", hang);
  writePointsNet("archives/clean.pt");
  CorpusOptions limited = options("corpus", 2);
  limited.timeoutSeconds = 0.5;
  CorpusResult result = runCorpus(plan(1), limited);
  EXPECT_EQ(result.byStatus["timeout"], 1);
  EXPECT_EQ(result.byStatus["completed"], 1);
  EXPECT_ONE_LINE_WITH(statusOf("corpus", "hang"),
                       "timeout: over 0.5 s inside one step");
}

TEST_F(CorpusTest, AHungryRunFailsAlone) {
  ArchiveOptions hungry;
  hungry.epochs = 1;
  // 256 MiB, in float32.
  hungry.statement = "value = value + torch.ones([1024, 1024, 64]).sum() * 0.0";
  addMutant("hungry", hungry);
  writePointsNet("archives/clean.pt");
  CorpusOptions limited = options("corpus", 2);
  limited.memoryMib = 128;
  CorpusResult result = runCorpus(plan(1), limited);
  EXPECT_EQ(result.byStatus,
            (std::map<std::string, int64_t>{{"completed", 1}, {"failed", 1}}));
  EXPECT_ONE_LINE_WITH(statusOf("corpus", "hungry"), "can't allocate memory");
  CorpusResult unlimited = runCorpus(plan(1), options("unlimited", 2));
  EXPECT_EQ(unlimited.byStatus["completed"], 2);
}

TEST_F(CorpusTest, ShardsTogetherAreTheWholeCorpus) {
  ArchiveOptions probed;
  probed.probes = true;
  writePointsNet("archives/clean.pt", probed);
  for (double lr : {0.01, 0.2, 5.0}) {
    probed.lr = lr;
    addMutant(fmt::format("lr{}", lr), probed);
  }
  Manifest manifest = plan(5);
  runCorpus(manifest, options("whole", 2));
  int64_t planned = 0;
  for (int64_t index : {3, 1, 2}) {
    CorpusOptions part = options("parts");
    part.shard = {index, 3};
    CorpusResult result = runCorpus(manifest, part);
    EXPECT_EQ(result.recorded, result.planned);
    planned += result.planned;
  }
  EXPECT_EQ(planned, manifest.runs());
  std::vector<std::filesystem::path> shards = corpusFiles(folder / "parts");
  ASSERT_EQ(shards.size(), 3u);
  {
    TraceStore merged =
        TraceStore::openOrCreate((folder / "parts/corpus.sqlite").string());
    for (const std::filesystem::path &shard : shards)
      merged.merge(shard.string());
    merged.updateKilled("cpu");
  }
  auto digests = [&](const std::string &name) {
    TraceStore store =
        TraceStore::openForReading((folder / name / "corpus.sqlite").string());
    std::string text;
    digestRuns(store, [&](const RunDigest &run) {
      text += run.program + run.mutant + std::to_string(run.key.seed) +
              run.signals + run.features + "\n";
    });
    for (const StoredMutant &mutant : store.mutants())
      text += fmt::format("{} {}\n", mutant.key, mutant.pValue.value_or(-1));
    return text;
  };
  EXPECT_EQ(digests("parts"), digests("whole"));
}

TEST_F(CorpusTest, DigestsTellRunsApart) {
  writePointsNet("archives/clean.pt");
  runCorpus(plan(3), options("corpus"));
  TraceStore store =
      TraceStore::openForReading((folder / "corpus/corpus.sqlite").string());
  std::set<std::string> signals, features;
  digestRuns(store, [&](const RunDigest &run) {
    signals.insert(run.signals);
    features.insert(run.features);
  });
  EXPECT_EQ(signals.size(), 3u);
  EXPECT_EQ(features.size(), 3u);
  auto first = [&] {
    std::string digest;
    digestRuns(store, [&](const RunDigest &run) {
      if (run.key.seed == 0)
        digest = run.signals;
    });
    return digest;
  };
  std::string before = first();
  SQLite::Database database((folder / "corpus/corpus.sqlite").string(),
                            SQLite::OPEN_READWRITE);
  // One bit of one value.
  database.exec("UPDATE signal SET \"values\" = zeroblob(length(\"values\")) "
                "WHERE name = 'baseline/validation_loss'");
  EXPECT_NE(first(), before);
}

TEST_F(CorpusTest, RecordedRunsAreSkipped) {
  writePointsNet("archives/clean.pt");
  CorpusResult first = runCorpus(plan(2), options("corpus"));
  EXPECT_EQ(first.recorded, 2);
  std::string before = csv("corpus", ExportTable::Run);
  CorpusResult again = runCorpus(plan(2), options("corpus"));
  EXPECT_EQ(again.recorded, 0);
  EXPECT_EQ(again.alreadyRecorded, 2);
  EXPECT_EQ(csv("corpus", ExportTable::Run), before);
  // More seeds: only the new ones.
  CorpusResult more = runCorpus(plan(3), options("corpus"));
  EXPECT_EQ(more.recorded, 1);
  EXPECT_EQ(more.alreadyRecorded, 2);
}

TEST_F(CorpusTest, KilledTestAtTheEnd) {
  ArchiveOptions clean;
  writePointsNet("archives/clean.pt", clean);
  ArchiveOptions slow;
  slow.lr = 1e-9;
  addMutant("slow", slow);
  ArchiveOptions same;
  same.statement = "value = value * 1.0";
  addMutant("same", same);
  runCorpus(plan(5), options("corpus"));
  TraceStore store =
      TraceStore::openForReading((folder / "corpus/corpus.sqlite").string());
  std::map<std::string, StoredMutant> byKey;
  for (const StoredMutant &mutant : store.mutants())
    byKey[mutant.key] = mutant;
  EXPECT_EQ(byKey["HLR@optimizer:id=slow"].killed, true);
  EXPECT_DOUBLE_EQ(*byKey["HLR@optimizer:id=slow"].pValue, 1. / 32);
  EXPECT_EQ(byKey["HLR@optimizer:id=same"].killed, false);
  EXPECT_DOUBLE_EQ(*byKey["HLR@optimizer:id=same"].pValue, 1);
  EXPECT_FALSE(byKey["clean"].killed.has_value());
}

TEST_F(CorpusTest, MistakesAreFoundBeforeTheFirstRun) {
  writePointsNet("archives/clean.pt");
  ArchiveOptions other;
  other.lr = 0.5;
  addMutant("other", other);
  Manifest manifest = plan(1);
  other.lr = 0.6;
  addMutant("other", other);
  EXPECT_ONE_LINE_WITH(errorOf([&] { runCorpus(manifest, options("corpus")); }),
                       "other.pt: has changed since it was planned");
  manifest = plan(1);
  write("data/points/points.csv", "1,2,3,4,0\n");
  EXPECT_ONE_LINE_WITH(errorOf([&] { runCorpus(manifest, options("corpus")); }),
                       "points.csv: data file has changed");
  EXPECT_EQ(
      TraceStore::openForReading((folder / "corpus/corpus.sqlite").string())
          .countRuns(),
      0);
  write("file", "");
  EXPECT_ONE_LINE_WITH(errorOf([&] { runCorpus(manifest, options("file")); }),
                       "file: cannot make this folder");
}
