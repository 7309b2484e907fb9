//===- DurabilityTest.cpp - Corpora that are killed or run out of room ----===//
//
// Whatever ends a corpus command, what was recorded stays, nothing is recorded
// twice, and repeating the command gives the bytes of one that was left alone.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/Random.h"
#include "test/runtime/train/CommandTest.h"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace dynfault;

namespace {

class DurabilityTest : public CommandTest {
protected:
  ~DurabilityTest() override {
    if (mounted)
      ::umount((folder / "disk").c_str());
  }

  /// Starts a corpus with two jobs, in a process group of its own; its output
  /// goes to `log`. `limits` is called in the new process first.
  pid_t start(const std::string &corpus,
              const std::function<void()> &limits = {}) {
    std::string out = file(corpus), log = file("log"), plan = file("m.json");
    pid_t child = ::fork();
    if (child != 0) {
      ::setpgid(child, child);
      return child;
    }
    ::setpgid(0, 0);
    int descriptor =
        ::open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    ::dup2(descriptor, STDOUT_FILENO);
    ::dup2(descriptor, STDERR_FILENO);
    if (limits)
      limits();
    ::execl(DYNFAULT_RUN, DYNFAULT_RUN, "corpus", plan.c_str(), "--out",
            out.c_str(), "--jobs", "2", nullptr);
    ::_exit(127);
  }

  /// \returns the status as waitpid tells it.
  static int waitForEnd(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  /// Processes of the group that still run; a dead one that nobody has waited
  /// for does not count.
  static int runningIn(pid_t group) {
    int count = 0;
    for (const auto &entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream stat(entry.path() / "stat");
      std::string text;
      std::getline(stat, text);
      // PID (NAME) STATE PARENT GROUP; the name may hold anything.
      size_t end = text.rfind(')');
      if (end == std::string::npos)
        continue;
      char state = 0;
      int parent = 0, found = 0;
      std::sscanf(text.c_str() + end + 1, " %c %d %d", &state, &parent, &found);
      count += found == group && state != 'Z' && state != 'X';
    }
    return count;
  }

  void expectResumes(const std::string &corpus) {
    int64_t before = recorded(corpus);
    EXPECT_LE(before, 12);
    SubprocessResult resumed =
        run({"corpus", "m.json", "--out", corpus, "--jobs", "2"});
    EXPECT_EQ(resumed.status, 0) << resumed.output;
    EXPECT_EQ(recorded(corpus), 12);
    ASSERT_EQ(run({"corpus", "m.json", "--out", "whole", "--jobs", "1"}).status,
              0);
    EXPECT_EQ(digests(corpus), digests("whole"));
  }

  void expectStoppedFor(int status, const std::string &part) {
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 1);
    std::string log = readFileBytes(folder / "log");
    EXPECT_TRUE(contains(log, part)) << log;
    EXPECT_TRUE(contains(log, "repeat the command")) << log;
  }

  bool mounted = false;
};

} // namespace

TEST_F(DurabilityTest, KillsAtRandomPointsLoseNothing) {
  planTwelve();
  Random random(20, ::getpid());
  int64_t before = 0;
  for (int kill = 0; kill < 8; ++kill) {
    pid_t child = start("killed");
    // From before the file is there to several runs later.
    std::this_thread::sleep_for(
        std::chrono::milliseconds(100 + random.below(1500)));
    // Everything at once, or the parent alone: its workers must go with it.
    ::kill(kill % 2 ? child : -child, SIGKILL);
    waitForEnd(child);
    EXPECT_TRUE(waitFor([&] { return runningIn(child) == 0; }));
    int64_t now = recorded("killed");
    EXPECT_GE(now, before);
    before = now;
  }
  expectResumes("killed");
}

TEST_F(DurabilityTest, AnInterruptFinishesWhatRuns) {
  planTwelve();
  pid_t child = start("stopped");
  ASSERT_TRUE(waitFor([&] { return recorded("stopped") >= 2; }));
  ::kill(child, SIGINT);
  expectStoppedFor(waitForEnd(child), "of 12 runs; repeat the command");
  EXPECT_GE(recorded("stopped"), 2);
  EXPECT_LT(recorded("stopped"), 12);
  EXPECT_EQ(runningIn(child), 0);
  expectResumes("stopped");
}

TEST_F(DurabilityTest, ACorpusHasOneWriter) {
  planTwelve();
  pid_t child = start("c");
  ASSERT_TRUE(waitFor([&] { return recorded("c") >= 1; }));
  // Held, so that it is not done before the others have looked.
  ::kill(child, SIGSTOP);
  expectError(1, {"corpus", "m.json", "--out", "c"},
              "another dynfault-run is writing this corpus");
  nlohmann::json status = nlohmann::json::parse(
      run({"status", "m.json", "--out", "c", "--json"}).output);
  EXPECT_EQ(status["jobs"], 2);
  EXPECT_TRUE(status["seconds_left"].is_number());
  ::kill(child, SIGKILL);
  waitForEnd(child);
}

TEST_F(DurabilityTest, AFileThatMayNotGrowStopsTheCommand) {
  planTwelve(/*probes=*/true);
  int status = waitForEnd(start("c", [] {
    rlimit limit{1 << 19, 1 << 19};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);
  }));
  expectStoppedFor(status, "corpus.sqlite: disk I/O error");
  EXPECT_LT(recorded("c"), 12);
  expectResumes("c");
}

TEST_F(DurabilityTest, AFullDiskStopsTheCommand) {
  planTwelve(/*probes=*/true);
  std::string disk = file("disk");
  std::filesystem::create_directories(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=512k") != 0)
    GTEST_SKIP() << "a small file system can be made by root only";
  mounted = true;
  expectStoppedFor(waitForEnd(start("disk/c")),
                   "corpus.sqlite: database or disk is full; make room");
  EXPECT_LT(recorded("disk/c"), 12);
  ASSERT_EQ(::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=256m"),
            0);
  expectResumes("disk/c");
}
