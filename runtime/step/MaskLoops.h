//===- MaskLoops.h - Bernoulli numbers, many at a time ----------*- C++ -*-===//
//
// LibTorch draws each number of a dropout mask through two calls of its
// generator. These loops make the same numbers of the Mersenne Twister 624 at a
// time, with vector instructions where the processor has them.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_MASKLOOPS_H
#define DYNFAULT_RUNTIME_STEP_MASKLOOPS_H

#include <array>
#include <cstdint>

namespace dynfault {

/// MT19937 (Matsumoto and Nishimura 1998), with the counters of at::mt19937.
struct MersenneTwister {
  static constexpr int N = 624, M = 397;

  std::array<uint32_t, N> words;
  /// One more than the numbers that have not been taken, or their count just
  /// after they were made.
  int left;
  uint32_t next; ///< Of `words`: the first that has not been taken.
};

/// Takes two numbers for each element of `mask` and makes it `kept` if their
/// lowest 53 bits, the first number's before the second's, are less than
/// `bound`, and 0 otherwise.
void drawMask(MersenneTwister &generator, int64_t bound, float kept,
              float *mask, int64_t count);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_MASKLOOPS_H
