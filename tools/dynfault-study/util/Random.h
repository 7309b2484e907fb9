//===- Random.h - Reproducible random numbers -------------------*- C++ -*-===//
//
// The standard library fixes the output of its engines but not of its
// distributions or of std::shuffle. Reports must have the same bytes wherever
// they are made, so the few draws that the study needs are spelled out here.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_UTIL_RANDOM_H
#define DYNFAULT_STUDY_UTIL_RANDOM_H

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace dynfault::study {

/// A seed for one purpose, derived from the user's seed and the purpose's name
/// (FNV-1a over the name, then the SplitMix64 finaliser), so that two purposes
/// draw independent streams and adding one does not move another.
inline uint64_t deriveSeed(uint64_t seed, std::string_view purpose) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (char c : purpose)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  uint64_t z = seed + 0x9e3779b97f4a7c15ULL + hash;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

/// A Mersenne Twister with portable draws.
class Random {
public:
  explicit Random(uint64_t seed) : engine(seed) {}

  /// Uniform integer in [0, bound); bound > 0. Unbiased: the tail that does not
  /// fill a whole multiple of `bound` is drawn again.
  uint64_t below(uint64_t bound) {
    const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t draw = engine();
    while (draw >= limit)
      draw = engine();
    return draw % bound;
  }

  /// 64 fair coin flips.
  uint64_t bits() { return engine(); }

  /// Fisher-Yates.
  template <typename T>
  void shuffle(std::vector<T> &items) {
    for (size_t i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[below(i)]);
  }

private:
  std::mt19937_64 engine;
};

} // namespace dynfault::study

#endif
