//===- WorkerTest.cpp - Tests of worker processes ---------------*- C++ -*-===//

#include "runtime/train/Worker.h"

#include "test/runtime/TestFolder.h"

#include <chrono>
#include <csignal>
#include <thread>
#include <unistd.h>

using namespace dynfault;

namespace {

Trace wait(Worker &worker) {
  for (int i = 0; i < 3000; ++i) {
    if (std::optional<Trace> trace = worker.poll())
      return *trace;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("worker does not end");
}

Trace runWorker(const std::function<Trace()> &work) {
  Worker worker(work);
  return wait(worker);
}

} // namespace

TEST(WorkerTest, BringsTheTraceBack) {
  Trace sent;
  sent.stepsDone = 7;
  // Far more than a pipe holds.
  sent.signals = {{"a/b", "c", std::vector<int32_t>(500000, 1),
                   std::vector<float>(500000, 2.5f)}};
  Trace trace = runWorker([&] { return sent; });
  EXPECT_EQ(trace.status, RunStatus::Completed);
  EXPECT_EQ(trace.stepsDone, 7);
  ASSERT_EQ(trace.signals.size(), 1u);
  EXPECT_EQ(trace.signals[0].values, sent.signals[0].values);
}

TEST(WorkerTest, EveryEndIsAResult) {
  auto failure = [](const std::function<void()> &end) {
    Trace trace = runWorker([&]() -> Trace {
      end();
      return {};
    });
    EXPECT_EQ(trace.status, RunStatus::Failed);
    return trace.reason;
  };
  EXPECT_ONE_LINE_WITH(failure([] { std::raise(SIGSEGV); }),
                       "worker ended by signal 11 (Segmentation fault)");
  EXPECT_ONE_LINE_WITH(failure([] { std::raise(SIGKILL); }),
                       "most likely for lack of memory");
  EXPECT_ONE_LINE_WITH(failure([] { ::_exit(3); }),
                       "worker ended with exit status 3");
  EXPECT_ONE_LINE_WITH(failure([] { ::_exit(0); }),
                       "worker ended with exit status 0");
  EXPECT_ONE_LINE_WITH(failure([] {
                         std::fprintf(stderr, "first\nthe cause\n");
                         std::abort();
                       }),
                       "(Aborted): the cause");
  EXPECT_ONE_LINE_WITH(
      failure([] { throw std::runtime_error("out of cheese"); }),
      "exit status 1: out of cheese");
}

TEST(WorkerTest, AHangingWorkerIsStopped) {
  Worker worker([]() -> Trace {
    while (true)
      ::pause();
  });
  EXPECT_FALSE(worker.poll());
  worker.stopForTimeout("too slow");
  Trace trace = wait(worker);
  EXPECT_EQ(trace.status, RunStatus::Timeout);
  EXPECT_EQ(trace.reason, "too slow");
}

TEST(WorkerTest, AbandonedWorkersEnd) {
  pid_t pid;
  {
    Worker worker([]() -> Trace {
      while (true)
        ::pause();
    });
    pid = worker.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_NE(::kill(pid, 0), 0);
}
