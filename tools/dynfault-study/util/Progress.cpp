//===- Progress.cpp - Count, rate and time left ---------------------------===//
//
// Redraws at most ten times a second: a terminal is slower than a fold.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/util/Progress.h"

#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace dynfault::study {

using Clock = std::chrono::steady_clock;

Progress::Progress(std::string unit, size_t total)
    : unit(std::move(unit)), total(total), visible(isatty(STDERR_FILENO) != 0),
      start(Clock::now()), drawn(start) {}

Progress::~Progress() {
  if (visible)
    fmt::print(stderr, "\r\033[K");
}

void Progress::advance() {
  std::lock_guard<std::mutex> lock(mutex);
  ++done;
  const auto now = Clock::now();
  if (!visible || now - drawn < std::chrono::milliseconds(100))
    return;
  drawn = now;
  const double seconds = std::chrono::duration<double>(now - start).count();
  const double rate = static_cast<double>(done) / seconds;
  const double left = static_cast<double>(total - done) / rate;
  fmt::print(stderr, "\r\033[K{}/{} {}, {:.1f} per second, {:.0f} s left", done,
             total, unit, rate, left);
  std::fflush(stderr);
}

} // namespace dynfault::study
