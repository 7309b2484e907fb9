//===- CommandLineTest.cpp - Tests of dynfault-run ------------------------===//
//
// Exit status, messages, files, and what is left when it is killed.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/Subprocess.h"
#include "runtime/trace/TraceStore.h"
#include "test/runtime/train/TestArchive.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace dynfault;

namespace {

class CommandLineTest : public ArchiveTest {
protected:
  SubprocessResult run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), DYNFAULT_RUN);
    return runSubprocess(arguments, folder);
  }

  /// Expects this exit status and one line on the output that contains `part`.
  void expectError(int status, const std::vector<std::string> &arguments,
                   const std::string &part) {
    SubprocessResult result = run(arguments);
    EXPECT_EQ(result.status, status) << result.output;
    EXPECT_TRUE(contains(result.output, part)) << result.output;
    EXPECT_TRUE(contains(result.output, "dynfault-run: ")) << result.output;
    EXPECT_EQ(result.output.find('\n'), result.output.size() - 1)
        << result.output;
  }

  std::string file(const std::string &name) { return (folder / name).string(); }

  int64_t recorded(const std::string &corpus) {
    std::string path = file(corpus + "/corpus.sqlite");
    // Made with the first run, or not there at all yet.
    if (!std::filesystem::exists(path))
      return 0;
    int64_t count = 0;
    errorOf([&] { count = TraceStore::openForReading(path).countRuns(); });
    return count;
  }

  std::string signals(const std::string &corpus) {
    return run({"export", file(corpus + "/corpus.sqlite"), "--table", "signal"})
        .output;
  }

  /// Starts a corpus, waits until something is recorded, and sends a signal.
  /// \returns the status as waitpid tells it.
  int interrupt(const std::string &corpus, int signal) {
    std::string out = file(corpus), log = file("log");
    pid_t child = ::fork();
    if (child == 0) {
      int descriptor = ::open(log.c_str(), O_CREAT | O_WRONLY, 0644);
      ::dup2(descriptor, STDOUT_FILENO);
      ::dup2(descriptor, STDERR_FILENO);
      ::execl(DYNFAULT_RUN, DYNFAULT_RUN, "corpus", file("m.json").c_str(),
              "--out", out.c_str(), "--jobs", "2", nullptr);
      ::_exit(127);
    }
    for (int i = 0; i < 6000 && recorded(corpus) < 2; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ::kill(child, signal);
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  /// 12 runs that take long enough to be interrupted.
  void planTwelve() {
    ArchiveOptions options;
    options.epochs = 40;
    writePointsNet("archives/clean.pt", options);
    options.lr = 0.01;
    options.patch["faults"] = oneFault("HLR", "optimizer", {{"factor", 0.2}});
    writePointsNet("archives/slow.pt", options);
    SubprocessResult planned =
        run({"plan", "archives", "--seeds", "6", "--out", "m.json"});
    ASSERT_EQ(planned.status, 0) << planned.output;
  }
};

} // namespace

TEST_F(CommandLineTest, HelpAndVersion) {
  SubprocessResult version = run({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_TRUE(contains(version.output, "dynfault-run 0.")) << version.output;
  EXPECT_EQ(run({"--help"}).status, 0);
  for (const char *command : {"train", "plan", "corpus", "export", "data"}) {
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

TEST_F(CommandLineTest, AKilledCorpusIsResumed) {
  planTwelve();
  ASSERT_EQ(run({"corpus", "m.json", "--out", "whole", "--jobs", "2"}).status,
            0);
  int status = interrupt("killed", SIGKILL);
  ASSERT_TRUE(WIFSIGNALED(status));
  int64_t before = recorded("killed");
  EXPECT_GE(before, 2);
  EXPECT_LT(before, 12);
  SubprocessResult resumed =
      run({"corpus", "m.json", "--out", "killed", "--jobs", "2"});
  EXPECT_EQ(resumed.status, 0) << resumed.output;
  EXPECT_TRUE(
      contains(resumed.output,
               fmt::format("12 runs recorded, {} of them before", before)))
      << resumed.output;
  EXPECT_EQ(recorded("killed"), 12);
  EXPECT_EQ(signals("killed"), signals("whole"));
}

TEST_F(CommandLineTest, AnInterruptFinishesWhatRuns) {
  planTwelve();
  int status = interrupt("stopped", SIGINT);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
  int64_t before = recorded("stopped");
  EXPECT_GE(before, 2);
  EXPECT_LT(before, 12);
  std::string log = readFileBytes(folder / "log");
  EXPECT_TRUE(contains(log, fmt::format("stopped after {} of 12 runs; repeat "
                                        "the command to go on",
                                        before)))
      << log;
  EXPECT_EQ(run({"corpus", "m.json", "--out", "stopped"}).status, 0);
  EXPECT_EQ(recorded("stopped"), 12);
}

TEST_F(CommandLineTest, ACorpusHasOneWriter) {
  planTwelve();
  pid_t child = ::fork();
  if (child == 0) {
    int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, STDOUT_FILENO);
    ::dup2(null, STDERR_FILENO);
    ::execl(DYNFAULT_RUN, DYNFAULT_RUN, "corpus", file("m.json").c_str(),
            "--out", file("c").c_str(), nullptr);
    ::_exit(127);
  }
  for (int i = 0; i < 6000 && recorded("c") < 1; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  expectError(1, {"corpus", "m.json", "--out", "c"},
              "another dynfault-run is writing this corpus");
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
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
