//===- SignFlip.cpp - Sign-flip test over programs ------------------------===//
//
// Patterns are walked in Gray-code order, so that each costs one addition.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/score/SignFlip.h"

#include "tools/dynfault-study/util/Random.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>

namespace dynfault::study {
namespace {

/// The value, or its negative where the last bit is not set, without a branch
/// that nobody could foresee.
double withSign(double value, uint64_t keep) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  bits ^= ~keep << 63;
  std::memcpy(&value, &bits, sizeof(bits));
  return value;
}

} // namespace

SignFlipResult signFlipTest(const std::vector<double> &differences,
                            uint64_t seed) {
  SignFlipResult result;
  const size_t n = differences.size();
  if (n == 0)
    return result;
  const double observed =
      std::accumulate(differences.begin(), differences.end(), 0.0);
  double magnitude = 0;
  for (double d : differences)
    magnitude += std::abs(d);
  result.mean = observed / static_cast<double>(n);
  // Sums that are equal on paper differ by rounding.
  const double limit = std::abs(observed) - 1e-12 * magnitude;

  if (n <= 20) {
    const uint64_t patterns = uint64_t{1} << n;
    std::vector<double> sign(n, 1);
    double sum = observed;
    uint64_t extreme = std::abs(sum) >= limit;
    for (uint64_t step = 1; step < patterns; ++step) {
      const auto flipped = static_cast<size_t>(__builtin_ctzll(step));
      sum -= 2 * sign[flipped] * differences[flipped];
      sign[flipped] = -sign[flipped];
      extreme += std::abs(sum) >= limit;
    }
    result.pValue =
        static_cast<double>(extreme) / static_cast<double>(patterns);
    result.smallestPossible = 2.0 / static_cast<double>(patterns);
    return result;
  }

  // Eight draws at a time; each adds up its programs in their order.
  constexpr int draws = 100000, together = 8;
  static_assert(draws % together == 0);
  Random random(deriveSeed(seed, "sign-flip"));
  const size_t words = (n + 63) / 64;
  std::vector<uint64_t> bits(words * together);
  int extreme = 1;
  for (int draw = 0; draw < draws; draw += together) {
    for (size_t d = 0; d < together; ++d)
      for (size_t word = 0; word < words; ++word)
        bits[word * together + d] = random.bits();
    double sums[together] = {};
    for (size_t i = 0; i < n; ++i) {
      const uint64_t *own = bits.data() + i / 64 * together;
      for (size_t d = 0; d < together; ++d)
        sums[d] += withSign(differences[i], own[d] >> (i % 64));
    }
    for (double sum : sums)
      extreme += std::abs(sum) >= limit;
  }
  result.exact = false;
  result.pValue = static_cast<double>(extreme) / (draws + 1);
  result.smallestPossible = 1.0 / (draws + 1);
  return result;
}

} // namespace dynfault::study
