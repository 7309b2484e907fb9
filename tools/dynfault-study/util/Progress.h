//===- Progress.h - Count, rate and time left -------------------*- C++ -*-===//
//
// One line on stderr that rewrites itself, and only where somebody looks at it:
// logs and pipes get nothing.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_UTIL_PROGRESS_H
#define DYNFAULT_STUDY_UTIL_PROGRESS_H

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace dynfault::study {

/// Progress of `total` equal units of work. Safe to advance from many threads.
class Progress {
public:
  /// `unit` is the plural noun that is counted, e.g. "folds".
  Progress(std::string unit, size_t total);
  /// Clears the line.
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// One unit is done.
  void advance();

private:
  std::string unit;
  size_t total;
  size_t done = 0;
  bool visible;
  std::chrono::steady_clock::time_point start;
  std::chrono::steady_clock::time_point drawn;
  std::mutex mutex;
};

} // namespace dynfault::study

#endif
