//===- Random.h - Random numbers that do not depend on the library --------===//
//
// Splits, shuffles and label changes must come out the same on every machine.
// The standard fixes std::mt19937_64 but not the distributions on top of it, so
// the few that are needed stand here. LibTorch's generator is left to the
// program itself: what is drawn here never moves it.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_RANDOM_H
#define DYNFAULT_RUNTIME_DATA_RANDOM_H

#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace dynfault {

/// A reproducible stream of random numbers.
class Random {
public:
  /// Streams with different (`seed`, `stream`) are independent of each other.
  explicit Random(uint64_t seed, uint64_t stream = 0)
      : engine(mix(seed ^ mix(stream + 1))) {}

  /// A uniform integer in [0, bound); `bound` must be positive.
  uint64_t below(uint64_t bound) {
    // Values above the last whole multiple of the bound would favour small
    // results, so they are drawn again.
    uint64_t excess = (UINT64_MAX % bound + 1) % bound;
    uint64_t draw;
    do
      draw = engine();
    while (draw > UINT64_MAX - excess);
    return draw % bound;
  }

  /// A uniform number in [0, 1) with 53 random bits.
  double uniform() { return (engine() >> 11) * 0x1.0p-53; }

  /// A standard normal number (Box and Muller 1958).
  double normal() {
    double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * M_PI * uniform());
  }

  /// A uniformly drawn order of 0 .. `count` - 1 (Fisher and Yates).
  std::vector<int64_t> permutation(int64_t count) {
    std::vector<int64_t> order(count);
    for (int64_t i = 0; i < count; ++i)
      order[i] = i;
    for (int64_t i = count - 1; i > 0; --i)
      std::swap(order[i], order[below(i + 1)]);
    return order;
  }

private:
  /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): neighbouring seeds
  /// give unrelated states.
  static uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  std::mt19937_64 engine;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_RANDOM_H
