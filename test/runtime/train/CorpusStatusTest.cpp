//===- CorpusStatusTest.cpp - Tests of a corpus' state ----------*- C++ -*-===//

#include "runtime/train/CorpusStatus.h"

#include "runtime/trace/TraceStore.h"
#include "runtime/train/CorpusFile.h"
#include "test/runtime/TestFolder.h"

using namespace dynfault;

namespace {

class CorpusStatusTest : public FolderTest {
protected:
  /// Programs `a` (clean and one mutant) and `b` (clean), three seeds each.
  static Manifest manifest() {
    Manifest result;
    for (auto [program, key] :
         {std::pair("a", "clean"), {"a", "HLR@o:x=1"}, {"b", "clean"}})
      result.mutants.push_back({program, key, "x.pt", "sha"});
    result.seeds = result.cleanSeeds = {0, 1, 2};
    return result;
  }

  void record(const std::string &file, const std::string &program,
              const std::string &key, int64_t seed, RunStatus status,
              const std::string &reason, int64_t milliseconds) {
    TraceStore store = TraceStore::openOrCreate((folder / file).string());
    MutantRecord mutant;
    mutant.key = key;
    mutant.archiveSha256 = "sha";
    int64_t id =
        store.addMutant({program, "regression", "d", "f", "o"}, mutant);
    Trace trace;
    trace.status = status;
    trace.reason = reason;
    trace.stepsPlanned = 1;
    trace.durationMs = milliseconds;
    store.addRun(id, {seed, "cpu"}, 1, trace);
  }

  CorpusStatus status() {
    return corpusStatus(manifest(), folder.string(), "cpu");
  }
};

} // namespace

TEST_F(CorpusStatusTest, CountsAllShards) {
  CorpusStatus nothing = status();
  EXPECT_EQ(nothing.all.planned, 9);
  EXPECT_EQ(nothing.all.recorded, 0);
  EXPECT_FALSE(nothing.secondsOfWorkLeft);
  record("shard-1-of-2.sqlite", "a", "clean", 0, RunStatus::Completed, "",
         1000);
  record("shard-1-of-2.sqlite", "a", "clean", 1, RunStatus::Completed, "",
         3000);
  record("shard-2-of-2.sqlite", "a", "HLR@o:x=1", 0, RunStatus::Failed, "why",
         2000);
  record("shard-2-of-2.sqlite", "a", "HLR@o:x=1", 1, RunStatus::Failed, "why",
         2000);
  record("shard-2-of-2.sqlite", "a", "HLR@o:x=1", 2, RunStatus::Diverged,
         "training loss is nan at step 3", 2000);
  // In both files, and one that nobody planned.
  record("shard-2-of-2.sqlite", "a", "clean", 1, RunStatus::Completed, "",
         3000);
  record("shard-2-of-2.sqlite", "a", "clean", 7, RunStatus::Completed, "",
         3000);
  CorpusStatus found = status();
  EXPECT_EQ(found.files.size(), 2u);
  EXPECT_EQ(found.all.recorded, 5);
  EXPECT_EQ(found.notPlanned, 1);
  EXPECT_EQ(found.byProgram["a"].planned, 6);
  EXPECT_EQ(found.byProgram["b"].recorded, 0);
  EXPECT_EQ(found.byProgram["a"].byStatus,
            (std::map<std::string, int64_t>{
                {"completed", 2}, {"diverged", 1}, {"failed", 2}}));
  ASSERT_EQ(found.reasons.size(), 2u);
  EXPECT_EQ(found.reasons[0].reason, "why");
  EXPECT_EQ(found.reasons[0].count, 2);
  EXPECT_EQ(found.reasons[0].example, "a HLR@o:x=1 seed 0");
  // One run of `a` and three of `b`, at two seconds each.
  EXPECT_DOUBLE_EQ(*found.secondsOfWorkLeft, 8);
  EXPECT_FALSE(found.secondsLeft());
}

TEST_F(CorpusStatusTest, OnlyCorpusFilesCount) {
  write("other.sqlite", "");
  write("shard-1-of-2.txt", "");
  EXPECT_TRUE(status().files.empty());
  write("corpus.sqlite", std::string(5000, 'x'));
  EXPECT_ONE_LINE_WITH(errorOf([&] { status(); }), "no dynfault corpus");
  EXPECT_ONE_LINE_WITH(
      errorOf([&] { corpusStatus(manifest(), folder / "none", "cpu"); }),
      "none: no such folder");
}

TEST(ShardTest, TextAndParts) {
  EXPECT_EQ(parseShard("2/3")->index, 2);
  EXPECT_EQ(parseShard("2/3")->count, 3);
  for (const char *text : {"", "2", "0/3", "4/3", "-1/3", "1/3 ", "1/", "/3"})
    EXPECT_FALSE(parseShard(text)) << text;
  for (size_t mutant = 0; mutant < 10; ++mutant) {
    int parts = 0;
    for (int64_t index = 1; index <= 4; ++index)
      parts += Shard{index, 4}.contains(mutant);
    EXPECT_EQ(parts, 1);
  }
}
