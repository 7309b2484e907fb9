//===- ExportTest.cpp - Tests of the CSV export -----------------*- C++ -*-===//

#include "runtime/trace/Export.h"

#include "test/runtime/TestFolder.h"

#include <fmt/format.h>
#include <limits>

using namespace dynfault;

namespace {

class ExportTest : public FolderTest {
protected:
  /// A corpus with two runs, written in the given order of seeds.
  TraceStore corpus(const std::string &name,
                    const std::vector<int64_t> &seeds) {
    TraceStore store = TraceStore::openOrCreate((folder / name).string());
    MutantRecord mutant;
    mutant.key = "WCI@a:to=\"x\",y=1";
    mutant.operatorId = "WCI";
    mutant.faultClass = "model";
    mutant.site = "a";
    mutant.parameters = "{}";
    int64_t id = store.addMutant({"p", "regression", "d", "f", "o"}, mutant);
    for (int64_t seed : seeds) {
      Trace trace;
      trace.stepsPlanned = 2;
      trace.stepsDone = 2;
      trace.signals = {
          {"s/a", "w", {0, 1}, {0.1f, std::numeric_limits<float>::infinity()}},
          {"s/b", "", {1}, {-std::numeric_limits<float>::quiet_NaN()}}};
      store.addRun(id, {seed, "cpu"}, 1, trace);
    }
    return store;
  }

  static std::string csv(const TraceStore &store, ExportTable table) {
    std::string text;
    exportTable(store, table, [&](const std::string &line) { text += line; });
    return text;
  }
};

} // namespace

TEST_F(ExportTest, Signals) {
  std::string expected = "program,mutant,seed,device,name,site,step,value\n";
  for (const char *seed : {"3", "4"}) {
    std::string prefix =
        std::string("p,\"WCI@a:to=\"\"x\"\",y=1\",") + seed + ",cpu,";
    expected += prefix + "s/a,w,0,0.1\n" + prefix + "s/a,w,1,inf\n" + prefix +
                "s/b,,1,nan\n";
  }
  EXPECT_EQ(csv(corpus("a", {4, 3}), ExportTable::Signal), expected);
}

TEST_F(ExportTest, Runs) {
  std::string text = csv(corpus("a", {4, 3}), ExportTable::Run);
  EXPECT_TRUE(contains(text, "\np,\"WCI@a:to=\"\"x\"\",y=1\",3,cpu,WCI,model,a,"
                             "{},,,1,completed,,2,2,0,0\n"))
      << text;
}

TEST_F(ExportTest, FeaturesKeepAllDigits) {
  std::string text = csv(corpus("a", {3}), ExportTable::Feature);
  EXPECT_TRUE(contains(text, ",full,s/a/layer_max/first," +
                                 fmt::format("{}", double(0.1f)) + "\n"))
      << text;
  // Not defined: an empty field.
  EXPECT_TRUE(contains(text, ",full,s/b/mean,\n")) << text;
  EXPECT_TRUE(contains(text, ",full,s/b/nonfinite_share,1\n")) << text;
}

TEST_F(ExportTest, TheOrderOfWritingDoesNotShow) {
  TraceStore a = corpus("a", {1, 2, 3}), b = corpus("b", {3, 1, 2});
  for (ExportTable table :
       {ExportTable::Run, ExportTable::Signal, ExportTable::Feature})
    EXPECT_EQ(csv(a, table), csv(b, table));
}
