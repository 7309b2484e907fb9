//===- MergeCorporaTest.cpp - Tests of joining corpora ----------*- C++ -*-===//

#include "runtime/trace/Export.h"

#include "test/runtime/TestFolder.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <limits>

using namespace dynfault;

namespace {

class MergeCorporaTest : public FolderTest {
protected:
  std::string path(const std::string &name) const {
    return (folder / name).string();
  }

  static MutantRecord mutant(const std::string &key,
                             const std::string &archive = "sha") {
    MutantRecord record;
    record.key = key;
    record.archiveSha256 = archive;
    if (key != "clean") {
      record.operatorId = "HLR";
      record.faultClass = "optimization";
      record.site = "optimizer";
      record.severity = "low";
    }
    return record;
  }

  void record(const std::string &name, const std::string &program,
              const MutantRecord &mutant, int64_t seed, float value,
              const std::string &task = "regression") {
    TraceStore store = TraceStore::openOrCreate(path(name));
    int64_t id = store.addMutant({program, task, "d", "f", "o"}, mutant);
    Trace trace;
    trace.stepsPlanned = 2;
    trace.stepsDone = 2;
    trace.signals = {
        {"s/a", "w", {0, 1}, {value, std::numeric_limits<float>::infinity()}},
        {"s/b", "", {1}, {-value}}};
    store.addRun(id, {seed, "cpu"}, 1, trace);
  }

  std::string csv(const std::string &name) const {
    TraceStore store = TraceStore::openForReading(path(name));
    std::string text;
    for (ExportTable table :
         {ExportTable::Run, ExportTable::Signal, ExportTable::Feature})
      exportTable(store, table, [&](const std::string &line) { text += line; });
    return text;
  }

  int64_t merge(const std::string &into, const std::string &name) const {
    return TraceStore::openOrCreate(path(into)).merge(path(name));
  }

  std::string mergeError(const std::string &name) const {
    return errorOf([&] { merge("all", name); });
  }
};

} // namespace

TEST_F(MergeCorporaTest, PartsBecomeTheWhole) {
  // Programs and mutants in another order: ids differ from file to file.
  record("one", "p", mutant("clean"), 0, 1);
  record("one", "q", mutant("clean"), 0, 2);
  record("two", "q", mutant("HLR@o:x=1"), 0, 3);
  record("two", "p", mutant("HLR@o:x=1"), 1, 4);
  record("two", "p", mutant("clean"), 1, 5);
  for (const char *name : {"q", "p"})
    record("whole", name, mutant("HLR@o:x=1"), name == std::string("p"),
           name == std::string("p") ? 4 : 3);
  record("whole", "p", mutant("clean"), 0, 1);
  record("whole", "p", mutant("clean"), 1, 5);
  record("whole", "q", mutant("clean"), 0, 2);
  EXPECT_EQ(merge("all", "one"), 2);
  EXPECT_EQ(merge("all", "two"), 3);
  EXPECT_EQ(csv("all"), csv("whole"));
  // Once more, in another order: nothing is added.
  EXPECT_EQ(merge("all", "two"), 0);
  EXPECT_EQ(merge("all", "one"), 0);
  EXPECT_EQ(csv("all"), csv("whole"));
  SQLite::Database database(path("all"));
  EXPECT_EQ(database
                .execAndGet("SELECT count(*) FROM mutant WHERE severity = "
                            "'low' AND operator = 'HLR'")
                .getInt(),
            2);
}

TEST_F(MergeCorporaTest, ContradictionsAreRefusedAndNothingIsAdded) {
  record("all", "p", mutant("clean"), 0, 1);
  std::string before = csv("all");
  record("result", "p", mutant("clean"), 1, 1);
  record("result", "p", mutant("clean"), 0, 2);
  EXPECT_ONE_LINE_WITH(mergeError("result"),
                       "another result of a run that was merged already (p "
                       "clean seed 0)");
  record("archive", "p", mutant("clean", "other"), 1, 1);
  EXPECT_ONE_LINE_WITH(mergeError("archive"), "from another archive (p clean)");
  record("program", "p", mutant("clean"), 1, 1, "classification");
  EXPECT_ONE_LINE_WITH(mergeError("program"), "another program of a name");
  write("text", "no database at all");
  EXPECT_ONE_LINE_WITH(mergeError("text"), "no dynfault corpus");
  EXPECT_ONE_LINE_WITH(mergeError("none"), "none: no such corpus file");
  EXPECT_EQ(csv("all"), before);
}
