//===- Lanes.h - Vector types of the kernels --------------------*- C++ -*-===//
//
// The loops are written once with vector types and compiled for several
// instruction sets. Files that include this are compiled with
// -ffp-contract=off.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_LANES_H
#define DYNFAULT_STUDY_MODEL_LANES_H

#include "tools/dynfault-study/model/Kernels.h"

#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define DYNFAULT_INLINE inline __attribute__((always_inline))
#if defined(__x86_64__)
#define DYNFAULT_AVX2 __attribute__((target("avx2")))
#define DYNFAULT_AVX2_FMA __attribute__((target("avx2,fma")))
#define DYNFAULT_AVX512 __attribute__((target("avx512f")))
#endif

namespace dynfault::study {

/// `Bytes` of numbers, wherever they lie; half a cache line, if not said
/// otherwise.
template <typename T, int Bytes = 32>
struct Lanes {
  using Type __attribute__((vector_size(Bytes), aligned(sizeof(T)))) = T;
  static constexpr Eigen::Index count = Bytes / sizeof(T);
};
using Doubles = Lanes<double>::Type;
using Integers __attribute__((vector_size(32))) = int64_t;
/// A class's numbers in a block of rows.
template <typename T>
using OneClass = typename Lanes<T, kernelRows * sizeof(T)>::Type;

/// A cache line of single precision.
inline constexpr Eigen::Index lineColumns = 16;

template <int Bytes = 32, typename T>
DYNFAULT_INLINE const typename Lanes<T, Bytes>::Type &at(const T *where) {
  return *reinterpret_cast<const typename Lanes<T, Bytes>::Type *>(where);
}
template <int Bytes = 32, typename T>
DYNFAULT_INLINE typename Lanes<T, Bytes>::Type &at(T *where) {
  return *reinterpret_cast<typename Lanes<T, Bytes>::Type *>(where);
}
template <typename T>
DYNFAULT_INLINE OneClass<T> &rowsOf(T *where) {
  return *reinterpret_cast<OneClass<T> *>(where);
}

#if defined(__x86_64__)
inline const bool hasAvx2 = __builtin_cpu_supports("avx2");
inline const bool hasFma = __builtin_cpu_supports("fma");
inline const bool hasAvx512 = __builtin_cpu_supports("avx512f");
#endif

} // namespace dynfault::study

#endif
