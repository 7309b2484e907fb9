//===- CommandTest.h - Tests that call dynfault-run -------------*- C++ -*-===//
//
// What a command promises about exit status, messages and files holds only if
// it is run as a user runs it.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_TEST_RUNTIME_TRAIN_COMMANDTEST_H
#define DYNFAULT_TEST_RUNTIME_TRAIN_COMMANDTEST_H

#include "runtime/data/Subprocess.h"
#include "runtime/trace/TraceStore.h"
#include "test/runtime/train/TestArchive.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <functional>
#include <thread>

namespace dynfault {

/// A test with archives and data that runs the built dynfault-run.
class CommandTest : public ArchiveTest {
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

  /// Runs in the corpus of the folder `corpus`; 0 if there is none yet.
  int64_t recorded(const std::string &corpus) {
    std::string path = file(corpus + "/corpus.sqlite");
    if (!std::filesystem::exists(path))
      return 0;
    int64_t count = 0;
    // Its writer may not have made the tables yet.
    errorOf([&] { count = TraceStore::openForReading(path).countRuns(); });
    return count;
  }

  /// Hashes of all that the corpus holds, as text.
  std::string digests(const std::string &corpus) {
    return run({"export", file(corpus + "/corpus.sqlite"), "--table", "digest"})
        .output;
  }

  /// Waits for at most a minute until `condition` holds.
  static bool waitFor(const std::function<bool()> &condition) {
    for (int i = 0; i < 6000; ++i) {
      if (condition())
        return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  /// `m.json`: 12 runs that take long enough to be interrupted.
  void planTwelve(bool probes = false) {
    ArchiveOptions options;
    options.epochs = probes ? 8 : 40;
    options.probes = probes;
    writePointsNet("archives/clean.pt", options);
    options.lr = 0.01;
    options.patch["faults"] = oneFault("HLR", "optimizer", {{"factor", 0.2}});
    writePointsNet("archives/slow.pt", options);
    SubprocessResult planned =
        run({"plan", "archives", "--seeds", "6", "--out", "m.json"});
    ASSERT_EQ(planned.status, 0) << planned.output;
  }
};

} // namespace dynfault

#endif // DYNFAULT_TEST_RUNTIME_TRAIN_COMMANDTEST_H
