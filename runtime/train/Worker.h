//===- Worker.h - One run in a process of its own ---------------*- C++ -*-===//
//
// A mutant may crash, exhaust the memory, or hang. In a process of its own that
// is a result like any other, and the corpus goes on. Workers are forked, so
// they share the parent's libraries and loaded data.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_WORKER_H
#define DYNFAULT_RUNTIME_TRAIN_WORKER_H

#include "runtime/trace/Trace.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <sys/types.h>

namespace dynfault {

/// What a worker may use.
struct WorkerLimits {
  /// Bytes of memory beyond what this process has when the worker starts and
  /// what the BLAS library keeps for itself; the next allocation fails. 0: no
  /// limit.
  int64_t memoryBytes = 0;
};

/// A forked process that computes one trace.
class Worker {
public:
  /// Forks; the child calls `work` and ends. The parent must not have threads
  /// that hold locks: one LibTorch thread. Throws std::runtime_error if no
  /// process can be made. Where memory runs out on the whole machine, workers
  /// are ended before their parent is.
  explicit Worker(const std::function<Trace()> &work,
                  const WorkerLimits &limits = {});
  /// Kills the process if it still runs.
  ~Worker();
  Worker(Worker &&) = default;

  pid_t pid() const { return process ? process->pid : 0; }
  double seconds() const;

  /// If the process has ended: its trace. A process that left no whole trace
  /// gives a `failed` one that says how it ended.
  std::optional<Trace> poll();

  /// Kills the process; poll() then gives a `timeout` trace with this reason.
  void stopForTimeout(const std::string &reason);

private:
  struct Process {
    pid_t pid = 0;
    FILE *result = nullptr; ///< What the child writes to, in memory.
    FILE *log = nullptr;    ///< The child's standard output and error.
    double started = 0;
    std::string timeoutReason;
    ~Process();
  };

  Trace finish(int status);

  std::unique_ptr<Process> process;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_WORKER_H
