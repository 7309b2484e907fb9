//===- Progress.h - How far a long command is -------------------*- C++ -*-===//
//
// On a terminal one line that renews itself; in a log a line now and then.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_PROGRESS_H
#define DYNFAULT_RUNTIME_TRAIN_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace dynfault {

/// Shows count, rate and time left on standard error.
class Progress {
public:
  /// `what` is the plural of the things that are counted, e.g. "runs";
  /// `alreadyDone` of the total were done before this command began, and do not
  /// count for the rate.
  Progress(std::string what, int64_t total, int64_t alreadyDone = 0);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// `done` of the total are done; `detail` is appended.
  void update(int64_t done, const std::string &detail);

private:
  using Clock = std::chrono::steady_clock;

  std::string what;
  int64_t total, alreadyDone;
  bool terminal;
  bool shown = false;
  Clock::time_point start, last;
};

/// `90/100 runs, 4.0/s, 2 s left`: `done` of `total`, `alreadyDone` of them
/// before the last `elapsed` seconds.
std::string describeProgress(const std::string &what, int64_t done,
                             int64_t alreadyDone, int64_t total,
                             double elapsed);

/// Seconds as `42 s`, `3 min 05 s` or `2 h 03 min`.
std::string formatDuration(double seconds);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_PROGRESS_H
