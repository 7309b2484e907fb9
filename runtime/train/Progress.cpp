//===- Progress.cpp - How far a long command is ---------------------------===//

#include "runtime/train/Progress.h"

#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace dynfault {

std::string formatDuration(double seconds) {
  int64_t whole = std::llround(seconds);
  if (whole < 60)
    return fmt::format("{} s", whole);
  if (whole < 3600)
    return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string describeProgress(const std::string &what, int64_t done,
                             int64_t alreadyDone, int64_t total,
                             double elapsed) {
  std::string text = fmt::format("{}/{} {}", done, total, what);
  if (done <= alreadyDone || elapsed <= 0)
    return text;
  double rate = (done - alreadyDone) / elapsed;
  text += fmt::format(", {:.1f}/s", rate);
  if (done < total)
    text += ", " + formatDuration((total - done) / rate) + " left";
  return text;
}

Progress::Progress(std::string what, int64_t total, int64_t alreadyDone)
    : what(std::move(what)), total(total), alreadyDone(alreadyDone),
      terminal(::isatty(STDERR_FILENO)), start(Clock::now()), last(start) {}

Progress::~Progress() {
  if (terminal && shown)
    fmt::print(stderr, "\n");
}

void Progress::update(int64_t done, const std::string &detail) {
  // Often enough to look alive; in a log rarely enough not to fill it.
  double pause = terminal ? 0.1 : 30;
  auto now = Clock::now();
  if (done < total && std::chrono::duration<double>(now - last).count() < pause)
    return;
  last = now;
  double elapsed = std::chrono::duration<double>(now - start).count();
  std::string text = describeProgress(what, done, alreadyDone, total, elapsed);
  if (!detail.empty())
    text += ", " + detail;
  if (terminal)
    fmt::print(stderr, "\r\x1b[K{}", text);
  else
    fmt::print(stderr, "{}\n", text);
  std::fflush(stderr);
  shown = true;
}

} // namespace dynfault
