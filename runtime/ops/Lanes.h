//===- Lanes.h - Sums over a tensor's entries in eight lanes ----*- C++ -*-===//
//
// A sum of many numbers has to fix an order, and the order of one after the
// other leaves no room for vector instructions. Here entry i goes to lane i
// modulo eight, whatever the processor has, so that each gives the same bits.
// For that, files that include this are compiled with -ffp-contract=off.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_LANES_H
#define DYNFAULT_RUNTIME_OPS_LANES_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace dynfault::lanes {

/// Half of the lanes, and what a comparison of two such values gives.
using Half = double __attribute__((vector_size(32)));
using HalfMask = int64_t __attribute__((vector_size(32)));

#define DYNFAULT_INLINE __attribute__((always_inline)) inline

/// What a visitor calls for one entry as well as for the entries of half of the
/// lanes.
DYNFAULT_INLINE double absolute(double value) { return std::abs(value); }
DYNFAULT_INLINE Half absolute(const Half &value) {
  return (Half)((HalfMask)value & INT64_MAX);
}
DYNFAULT_INLINE double larger(double a, double b) { return a > b ? a : b; }
DYNFAULT_INLINE Half larger(const Half &a, const Half &b) {
  return a > b ? a : b;
}
/// 1 where the condition holds, 0 elsewhere.
DYNFAULT_INLINE double indicator(bool condition) { return condition ? 1 : 0; }
DYNFAULT_INLINE Half indicator(const HalfMask &condition) {
  const Half ones = {1, 1, 1, 1};
  return (Half)(condition & (HalfMask)ones);
}

DYNFAULT_INLINE Half loadHalf(const double *entries) {
  Half result;
  std::memcpy(&result, entries, sizeof(result));
  return result;
}
DYNFAULT_INLINE Half loadHalf(const float *entries) {
  float __attribute__((vector_size(16))) narrow;
  std::memcpy(&narrow, entries, sizeof(narrow));
  return __builtin_convertvector(narrow, Half);
}

/// `count` numbers per lane.
template <int count>
struct Totals {
  Half low[count] = {}, high[count] = {};

  double sum(int k) const {
    double total = 0;
    for (int lane = 0; lane < 4; ++lane)
      total += low[k][lane];
    for (int lane = 0; lane < 4; ++lane)
      total += high[k][lane];
    return total;
  }
  double maximum(int k) const {
    double largest = low[k][0];
    for (int lane = 0; lane < 4; ++lane)
      largest = std::max({largest, low[k][lane], high[k][lane]});
    return largest;
  }
};

template <int count, typename Visit, typename... Entry>
DYNFAULT_INLINE void visitEntries(Totals<count> &result, const Visit &visit,
                                  int64_t size, const Entry *...entries) {
  Totals<count> totals;
  int64_t i = 0;
  for (; i + 8 <= size; i += 8) {
    visit(totals.low, loadHalf(entries + i)...);
    visit(totals.high, loadHalf(entries + i + 4)...);
  }
  double rest[count];
  for (int k = 0; k < count; ++k)
    rest[k] = totals.low[k][0];
  for (; i < size; ++i)
    visit(rest, static_cast<double>(entries[i])...);
  for (int k = 0; k < count; ++k)
    totals.low[k][0] = rest[k];
  result = totals;
}

#if defined(__x86_64__)
/// With instructions that not every processor has.
template <int count, typename Visit, typename... Entry>
__attribute__((target("avx2"), flatten, noinline)) void
visitEntriesWide(Totals<count> &result, const Visit &visit, int64_t size,
                 const Entry *...entries) {
  visitEntries(result, visit, size, entries...);
}
#endif

/// Calls visit(totals, entry...) for entry 0, 1, ... of all arrays, of `size`
/// floats or doubles each; `totals` has `count` elements, zero at first. The
/// last size modulo eight entries go to the first lane. `visit` takes an entry
/// as double as well as as Half.
template <int count, typename Visit, typename... Entry>
Totals<count> accumulate(const Visit &visit, int64_t size,
                         const Entry *...entries) {
  Totals<count> result;
#if defined(__x86_64__)
  static const bool isWide = __builtin_cpu_supports("avx2");
  if (isWide) {
    visitEntriesWide(result, visit, size, entries...);
    return result;
  }
#endif
  visitEntries(result, visit, size, entries...);
  return result;
}

#undef DYNFAULT_INLINE

} // namespace dynfault::lanes

#endif // DYNFAULT_RUNTIME_OPS_LANES_H
