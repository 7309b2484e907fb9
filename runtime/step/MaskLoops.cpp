//===- MaskLoops.cpp - Bernoulli numbers, many at a time ------------------===//

#include "runtime/step/MaskLoops.h"

#include <algorithm>
#include <cstring>

using namespace dynfault;

#define DYNFAULT_INLINE __attribute__((always_inline)) inline

namespace {

constexpr int N = MersenneTwister::N, M = MersenneTwister::M;
/// Elements of the mask at a time.
constexpr int64_t Part = 256;

using Words = uint32_t __attribute__((vector_size(32)));
using Pairs = int64_t __attribute__((vector_size(32)));
using Narrow = int32_t __attribute__((vector_size(16)));

template <typename Vector>
DYNFAULT_INLINE Vector load(const uint32_t *words) {
  Vector result;
  std::memcpy(&result, words, sizeof(result));
  return result;
}

// The same for a word and for eight of them.
template <typename Word>
DYNFAULT_INLINE Word twist(const Word &far, const Word &high, const Word &low) {
  Word mixed = (high & 0x80000000U) | (low & 0x7fffffffU);
  return far ^ (mixed >> 1) ^ ((low & 1U) * 0x9908b0dfU);
}

template <typename Word>
DYNFAULT_INLINE Word temper(Word y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680U;
  y ^= (y << 15) & 0xefc60000U;
  return y ^ (y >> 18);
}

/// Makes words[first, end) from those `offset` away, which is far enough for
/// eight at a time.
DYNFAULT_INLINE void makeWords(uint32_t *words, int first, int end,
                               int offset) {
  int i = first;
  for (; i + 8 <= end; i += 8) {
    Words made = twist(load<Words>(words + i + offset), load<Words>(words + i),
                       load<Words>(words + i + 1));
    std::memcpy(words + i, &made, sizeof(made));
  }
  for (; i < end; ++i)
    words[i] = twist(words[i + offset], words[i], words[i + 1]);
}

DYNFAULT_INLINE void makeNext(MersenneTwister &generator) {
  uint32_t *words = generator.words.data();
  makeWords(words, 0, N - M, M);
  makeWords(words, N - M, N - 1, M - N);
  words[N - 1] = twist(words[M - 1], words[N - 1], words[0]);
  generator.left = N;
  generator.next = 0;
}

DYNFAULT_INLINE void emit(MersenneTwister &generator, uint32_t *out,
                          int64_t count) {
  const uint32_t *words = generator.words.data() + generator.next;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    Words made = temper(load<Words>(words + i));
    std::memcpy(out + i, &made, sizeof(made));
  }
  for (; i < count; ++i)
    out[i] = temper(words[i]);
  generator.next += static_cast<uint32_t>(count);
}

DYNFAULT_INLINE void take(MersenneTwister &generator, uint32_t *out,
                          int64_t count) {
  while (count > 0) {
    int64_t now = 1;
    if (generator.left == 1) {
      makeNext(generator);
    } else {
      now = std::min<int64_t>(count, generator.left - 1);
      generator.left -= static_cast<int>(now);
    }
    emit(generator, out, now);
    out += now;
    count -= now;
  }
}

DYNFAULT_INLINE void draw(MersenneTwister &generator, int64_t bound, float kept,
                          float *mask, int64_t count) {
  constexpr int64_t Low53 = (int64_t(1) << 53) - 1;
  uint32_t words[2 * Part];
  Narrow keptBits;
  float four[4] = {kept, kept, kept, kept};
  std::memcpy(&keptBits, four, sizeof(four));
  for (int64_t first = 0; first < count; first += Part) {
    int64_t size = std::min(Part, count - first), i = 0;
    take(generator, words, 2 * size);
    for (; i + 4 <= size; i += 4) {
      Words swapped = __builtin_shufflevector(load<Words>(words + 2 * i),
                                              Words{}, 1, 0, 3, 2, 5, 4, 7, 6);
      Narrow values =
          __builtin_convertvector(((Pairs)swapped & Low53) < bound, Narrow) &
          keptBits;
      std::memcpy(mask + first + i, &values, sizeof(values));
    }
    for (; i < size; ++i) {
      uint64_t high = words[2 * i];
      auto bits = static_cast<int64_t>((high << 32) | words[2 * i + 1]) & Low53;
      mask[first + i] = bits < bound ? kept : 0.0F;
    }
  }
}

#if defined(__x86_64__)
/// With instructions that not every processor has.
__attribute__((target("avx2"), flatten)) void
drawWide(MersenneTwister &generator, int64_t bound, float kept, float *mask,
         int64_t count) {
  draw(generator, bound, kept, mask, count);
}
#endif

} // namespace

void dynfault::drawMask(MersenneTwister &generator, int64_t bound, float kept,
                        float *mask, int64_t count) {
#if defined(__x86_64__)
  static const bool isWide = __builtin_cpu_supports("avx2");
  if (isWide)
    return drawWide(generator, bound, kept, mask, count);
#endif
  draw(generator, bound, kept, mask, count);
}
