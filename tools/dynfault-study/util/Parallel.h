//===- Parallel.h - A few threads -------------------------------*- C++ -*-===//
//
// Every result has its own place, so that it does not depend on who makes it.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_UTIL_PARALLEL_H
#define DYNFAULT_STUDY_UTIL_PARALLEL_H

#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace dynfault::study {

/// Calls `work` for 0, 1, ... count - 1, each as soon as one of `jobs` threads
/// is free. After an exception no further call begins; the first one is thrown
/// again at the end.
template <typename Work>
void forEachIndex(size_t count, int jobs, const Work &work) {
  std::atomic<size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  auto run = [&] {
    for (size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        std::lock_guard<std::mutex> lock(mutex);
        if (!failure)
          failure = std::current_exception();
        next = count;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int t = 1; t < jobs; ++t)
    threads.emplace_back(run);
  run();
  for (std::thread &thread : threads)
    thread.join();
  if (failure)
    std::rethrow_exception(failure);
}

} // namespace dynfault::study

#endif
