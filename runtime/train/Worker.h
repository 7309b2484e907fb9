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

/// A forked process that computes one trace.
class Worker {
public:
  /// Forks; the child calls `work` and ends. The parent must not have threads
  /// that hold locks: no autograd, one LibTorch thread. Throws
  /// std::runtime_error if no process can be made.
  explicit Worker(const std::function<Trace()> &work);
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
    FILE *result = nullptr; ///< Unlinked file that the child writes to.
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
