//===- CommandLineTest.cpp - Tests of dynfault-run ------------------------===//
//
// Exit status, messages, files, and what is left when it is killed.
//
//===----------------------------------------------------------------------===//

#include "test/runtime/train/CommandTest.h"

#include <SQLiteCpp/SQLiteCpp.h>

using namespace dynfault;

namespace {

using CommandLineTest = CommandTest;

} // namespace

TEST_F(CommandLineTest, HelpAndVersion) {
  SubprocessResult version = run({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_TRUE(contains(version.output, "dynfault-run 0.")) << version.output;
  EXPECT_EQ(run({"--help"}).status, 0);
  for (const char *command :
       {"train", "plan", "corpus", "status", "merge", "export", "data"}) {
    SubprocessResult help = run({command, "--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_TRUE(contains(help.output, "Example: dynfault-run ")) << help.output;
  }
}

TEST_F(CommandLineTest, WrongUsageIsStatus2) {
  expectError(2, {}, "A subcommand is required");
  expectError(2, {"train"}, "PROGRAM is required");
  expectError(2, {"frobnicate"}, "no such command: frobnicate");
  expectError(2, {"train", "a.pt", "--device", "tpu"}, "tpu");
  expectError(2, {"train", "a.pt", "--threads", "0"}, "--threads");
  expectError(2, {"train", "a.pt", "--seed", "x"}, "--seed");
  expectError(2, {"plan", "d", "--seeds", "-1"}, "--seeds");
  expectError(2, {"corpus", "m.json"}, "--out is required");
  expectError(2, {"export", "c.sqlite", "--table", "mutant"}, "--table");
  for (const char *shard : {"0/2", "3/2", "1", "a/b", "1/2x"})
    expectError(2, {"corpus", "m.json", "--out", "c", "--shard", shard},
                "--shard");
  expectError(2, {"merge", "c"}, "--out is required");
}

TEST_F(CommandLineTest, BadInputIsStatus1) {
  expectError(1, {"train", "none.pt"}, "none.pt: cannot read: No such file");
  write("bad.pt", "x");
  expectError(1, {"train", "bad.pt"}, "bad.pt: is not a TorchScript archive");
  write("bad.json", "{");
  expectError(1, {"corpus", "bad.json", "--out", "c"},
              "bad.json: not valid JSON");
  EXPECT_FALSE(std::filesystem::exists(folder / "c"));
  expectError(1, {"export", "none.sqlite"}, "none.sqlite: no such corpus");
  expectError(1, {"plan", "none"}, "none: cannot read");
  expectError(1, {"data", "fetch", "minst"}, "unknown data set 'minst'");
  writePointsNet("a.pt");
  expectError(1, {"train", "a.pt", "--out", "none/c.sqlite"},
              "check that the folder exists");
  expectError(1, {"export", "none.sqlite", "--out", "x.csv"}, "none.sqlite");
  EXPECT_FALSE(std::filesystem::exists(folder / "x.csv"));
  std::filesystem::remove(folder / "data/points/points.csv");
  expectError(1, {"train", "a.pt"}, "points.csv: data file is missing");
}

TEST_F(CommandLineTest, TrainShowsAndRecords) {
  writePointsNet("a.pt");
  SubprocessResult shown =
      run({"train", "a.pt", "--seed", "4", "--out", "c.sqlite"});
  EXPECT_EQ(shown.status, 0) << shown.output;
  for (const char *part :
       {"points_net (clean)", "200 training rows", "validation accuracy",
        "\ncompleted: 39 of 39 steps", "recorded in c.sqlite"})
    EXPECT_TRUE(contains(shown.output, part)) << shown.output;
  expectError(1, {"train", "a.pt", "--seed", "4", "--out", "c.sqlite"},
              "seed 4 on cpu already");
  SubprocessResult asJson = run({"train", "a.pt", "--seed", "4", "--json"});
  nlohmann::json json = nlohmann::json::parse(asJson.output);
  EXPECT_EQ(json["status"], "completed");
  EXPECT_EQ(json["epochs"].size(), 3u);
  EXPECT_GT(json["epochs"][2]["validation_metric"].get<double>(), 0.9);
  // Three classes that are about equally frequent, of 100 rows.
  double trivial = json["trivial_metric"].get<double>();
  EXPECT_GT(trivial, 0.2);
  EXPECT_LT(trivial, 0.5);
  EXPECT_TRUE(json["margin"].is_null());
  ArchiveOptions options;
  options.patch["margin"] = 0.25;
  writePointsNet("b.pt", options);
  asJson = run({"train", "b.pt", "--json"});
  EXPECT_EQ(nlohmann::json::parse(asJson.output)["margin"], 0.25);
}

TEST_F(CommandLineTest, TrainStatus) {
  ArchiveOptions options;
  options.lr = 1e30;
  writePointsNet("diverge.pt", options);
  SubprocessResult diverged = run({"train", "diverge.pt"});
  EXPECT_EQ(diverged.status, 0) << diverged.output;
  EXPECT_TRUE(contains(diverged.output, "\ndiverged: ")) << diverged.output;
  options.lr = 0.1;
  options.statement = "value = torch.addmm(self.b1, self.w1, self.w1)";
  writePointsNet("fail.pt", options);
  SubprocessResult failed = run({"train", "fail.pt", "--out", "c.sqlite"});
  EXPECT_EQ(failed.status, 1);
  EXPECT_TRUE(contains(failed.lastLine(), "fail.pt: training failed: mat1"))
      << failed.output;
  writePointsNet("a.pt");
  EXPECT_EQ(run({"train", "a.pt", "--timeout", "0.000001"}).status, 1);
}

TEST_F(CommandLineTest, PlanCorpusExport) {
  writePointsNet("archives/clean.pt");
  SubprocessResult planned =
      run({"plan", "archives", "--seeds", "2", "--out", "m.json"});
  EXPECT_EQ(planned.status, 0);
  EXPECT_TRUE(contains(planned.output, "m.json: 2 runs (1 programs"))
      << planned.output;
  SubprocessResult done = run({"corpus", "m.json", "--out", "c"});
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_TRUE(contains(done.output, "2 runs recorded, 2 completed"))
      << done.output;
  SubprocessResult exported =
      run({"export", "c/corpus.sqlite", "--out", "runs.csv"});
  EXPECT_EQ(exported.status, 0);
  std::string csv = readFileBytes(folder / "runs.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);
  EXPECT_EQ(run({"export", "c/corpus.sqlite"}).output, csv);
}

TEST_F(CommandLineTest, AbsentDataIsLeftOutUntilItIsThere) {
  writePointsNet("archives/points.pt");
  writeLineNet("archives/line.pt");
  ASSERT_EQ(
      run({"plan", "archives", "--seeds", "2", "--out", "all.json"}).status, 0);
  std::filesystem::rename(folder / "data/line", folder / "elsewhere");
  SubprocessResult planned =
      run({"plan", "archives", "--seeds", "2", "--out", "some.json"});
  EXPECT_EQ(planned.status, 0);
  EXPECT_TRUE(contains(planned.output, "data set 'line' is not here; put"))
      << planned.output;
  EXPECT_TRUE(contains(planned.output, "some.json: 2 runs (1 programs"))
      << planned.output;
  SubprocessResult done = run({"corpus", "all.json", "--out", "c"});
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_TRUE(contains(done.output, "2 runs recorded, 2 completed"))
      << done.output;
  EXPECT_TRUE(contains(done.output, "left out 2 runs: data set 'line' is not"))
      << done.output;
  EXPECT_EQ(recorded("c"), 2);
  std::filesystem::rename(folder / "elsewhere", folder / "data/line");
  done = run({"corpus", "all.json", "--out", "c"});
  EXPECT_TRUE(contains(done.output, "4 runs recorded, 2 of them before"))
      << done.output;
}

TEST_F(CommandLineTest, PlanWarnsWithoutACleanArchive) {
  ArchiveOptions options;
  options.patch["faults"] = oneFault("HLR", "optimizer", {{"factor", 2}});
  writePointsNet("archives/a.pt", options);
  SubprocessResult planned = run({"plan", "archives", "--out", "m.json"});
  EXPECT_EQ(planned.status, 0);
  EXPECT_TRUE(contains(planned.output, "'points_net' has no clean archive"))
      << planned.output;
}

TEST_F(CommandLineTest, StatusAndMerge) {
  writePointsNet("archives/clean.pt");
  ArchiveOptions options;
  options.lr = 1e30;
  options.patch["faults"] = oneFault("HLR", "optimizer", {{"factor", 9}});
  writePointsNet("archives/fast.pt", options);
  ASSERT_EQ(run({"plan", "archives", "--seeds", "5", "--out", "m.json"}).status,
            0);
  expectError(1, {"status", "m.json", "--out", "c"}, "c: no such folder");
  ASSERT_EQ(run({"corpus", "m.json", "--out", "c", "--shard", "1/2"}).status,
            0);
  SubprocessResult half = run({"status", "m.json", "--out", "c"});
  EXPECT_EQ(half.status, 0) << half.output;
  EXPECT_TRUE(
      contains(half.output, "recorded  5 of 10 runs (50.0%) in 1 files"))
      << half.output;
  EXPECT_TRUE(contains(half.output, "for one job; nobody is at work"))
      << half.output;
  ASSERT_EQ(run({"corpus", "m.json", "--out", "c", "--shard", "2/2"}).status,
            0);
  nlohmann::json json = nlohmann::json::parse(
      run({"status", "m.json", "--out", "c", "--json"}).output);
  EXPECT_EQ(json["all"]["recorded"], 10);
  EXPECT_EQ(json["programs"]["points_net"]["diverged"], 5);
  EXPECT_EQ(json["reasons"][0]["count"], 5);
  EXPECT_EQ(json["seconds_of_work_left"], 0.0);

  SubprocessResult merged = run({"merge", "c", "--out", "c/corpus.sqlite"});
  EXPECT_TRUE(contains(merged.output, "10 runs, 10 of them added from 2 files"))
      << merged.output;
  merged = run({"merge", "c", "--out", "c/corpus.sqlite"});
  EXPECT_TRUE(contains(merged.output, "10 runs, 0 of them added from 2 files"))
      << merged.output;
  ASSERT_EQ(run({"corpus", "m.json", "--out", "whole"}).status, 0);
  EXPECT_EQ(digests("c"), digests("whole"));
  EXPECT_EQ(run({"export", "c/corpus.sqlite"}).output.find(",1,0.03125,") ==
                std::string::npos,
            false);
}

TEST_F(CommandLineTest, MergeRefusesWhatDoesNotBelongTogether) {
  writePointsNet("archives/clean.pt");
  for (const char *seeds : {"1", "2"}) {
    std::string manifest = std::string("m") + seeds + ".json",
                corpus = std::string("c") + seeds;
    ASSERT_EQ(
        run({"plan", "archives", "--seeds", seeds, "--out", manifest}).status,
        0);
    ASSERT_EQ(run({"corpus", manifest, "--out", corpus}).status, 0);
  }
  expectError(1, {"merge", "c1", "c2", "--out", "all.sqlite"},
              "is from another manifest");
  EXPECT_FALSE(std::filesystem::exists(folder / "all.sqlite"));
  std::filesystem::copy(folder / "c2", folder / "c3");
  {
    TraceStore store = TraceStore::openOrCreate(file("c3/corpus.sqlite"));
    store.database().exec("UPDATE run SET versions = '{\"dynfault\":\"0\"}'");
  }
  expectError(1, {"merge", "c2", "c3", "--out", "all.sqlite"},
              "was recorded with other libraries");
  EXPECT_EQ(
      run({"merge", "c2", "c3", "--mixed-versions", "--out", "all.sqlite"})
          .status,
      0);
  std::filesystem::create_directories(folder / "empty");
  expectError(1, {"merge", "empty", "--out", "all.sqlite"}, "no corpus (");
  expectError(1, {"merge", "none.sqlite", "--out", "all.sqlite"},
              "none.sqlite: no such corpus");
}

TEST_F(CommandLineTest, DataListAndVerify) {
  SubprocessResult list = run({"data", "list"});
  EXPECT_EQ(list.status, 0);
  EXPECT_TRUE(contains(list.output, "fashion-mnist")) << list.output;
  EXPECT_EQ(run({"data", "verify", "points", "line"}).status, 0);
  write("data/line/line.csv", "1,2\n");
  SubprocessResult verified = run({"data", "verify", "points", "line"});
  EXPECT_EQ(verified.status, 1);
  EXPECT_TRUE(contains(verified.output, "changed")) << verified.output;
}
