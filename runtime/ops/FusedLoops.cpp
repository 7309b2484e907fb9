//===- FusedLoops.cpp - Optimizer updates in one pass over memory ---------===//
//
// Compiled with -ffp-contract=off: where a product and a sum are rounded
// together stands in the code, and nowhere else. The loops with fused
// multiply-adds are made for processors that have the instruction, so that the
// compiler can vectorise them; whether this one has it is asked at run time.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/FusedLoops.h"

#include <cmath>

using namespace dynfault;

#if defined(__x86_64__)
#define DYNFAULT_WITH_FMA __attribute__((target("avx2,fma")))
#else
#define DYNFAULT_WITH_FMA
#endif

namespace {

/// Without an instruction for it, std::fma would be a call for each element.
struct FusedProduct {
  template <typename T>
  __attribute__((always_inline)) static T add(T sum, T a, T b) {
    return std::fma(a, b, sum);
  }
};

struct SeparateProduct {
  template <typename T>
  __attribute__((always_inline)) static T add(T sum, T a, T b) {
    return sum + a * b;
  }
};

// Each line is one ATen operator of the unfused update (Adam.cpp and so on).

template <typename Product, typename T>
__attribute__((always_inline)) inline void
adamElements(const AdamScalars<T> &s, T *__restrict p, T *__restrict m,
             T *__restrict v, const T *__restrict g, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    T gradient =
        s.weightDecay != 0 ? Product::add(g[i], p[i], s.weightDecay) : g[i];
    T parameter = s.shrink != 1 ? p[i] * s.shrink : p[i];
    m[i] = Product::add(m[i] * s.beta1, gradient, s.oneMinusBeta1);
    v[i] = Product::add(v[i] * s.beta2, s.oneMinusBeta2 * gradient, gradient);
    T denominator = std::sqrt(v[i]) / s.correction2Sqrt + s.eps;
    p[i] = parameter + s.minusStepSize * m[i] / denominator;
  }
}

template <typename Product, bool hasMomentum, typename T>
__attribute__((always_inline)) inline void
sgdElements(SgdScalars<T> s, T *__restrict p, T *__restrict buffer,
            const T *__restrict g, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    T direction =
        s.weightDecay != 0 ? Product::add(g[i], p[i], s.weightDecay) : g[i];
    if (hasMomentum) {
      buffer[i] = s.firstUpdate ? direction
                                : Product::add(buffer[i] * s.momentum,
                                               direction, s.oneMinusDampening);
      direction = s.nesterov ? Product::add(direction, buffer[i], s.momentum)
                             : buffer[i];
    }
    p[i] = Product::add(p[i], direction, s.minusLr);
  }
}

/// A loop with a store that not all cases have would not be vectorised.
template <typename Product, typename T>
__attribute__((always_inline)) inline void
sgdElements(const SgdScalars<T> &s, T *p, T *buffer, const T *g,
            int64_t count) {
  if (s.momentum != 0)
    sgdElements<Product, true>(s, p, buffer, g, count);
  else
    sgdElements<Product, false>(s, p, buffer, g, count);
}

template <typename Product, typename T>
__attribute__((always_inline)) inline void
rmsPropElements(const RmsPropScalars<T> &s, T *__restrict p, T *__restrict v,
                const T *__restrict g, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    T gradient =
        s.weightDecay != 0 ? Product::add(g[i], p[i], s.weightDecay) : g[i];
    v[i] = Product::add(v[i] * s.alpha, s.oneMinusAlpha * gradient, gradient);
    T average = std::sqrt(v[i]) + s.eps;
    p[i] = p[i] + s.minusLr * gradient / average;
  }
}

template <typename T>
DYNFAULT_WITH_FMA void adamFused(const AdamScalars<T> &s, T *p, T *m, T *v,
                                 const T *g, int64_t count) {
  adamElements<FusedProduct>(s, p, m, v, g, count);
}

template <typename T>
DYNFAULT_WITH_FMA void sgdFused(const SgdScalars<T> &s, T *p, T *buffer,
                                const T *g, int64_t count) {
  sgdElements<FusedProduct>(s, p, buffer, g, count);
}

template <typename T>
DYNFAULT_WITH_FMA void rmsPropFused(const RmsPropScalars<T> &s, T *p, T *v,
                                    const T *g, int64_t count) {
  rmsPropElements<FusedProduct>(s, p, v, g, count);
}

} // namespace

bool dynfault::supportsRounding(ProductRounding rounding) {
  if (rounding == ProductRounding::Separate)
    return true;
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#elif defined(__aarch64__)
  return true;
#else
  return false;
#endif
}

template <typename T>
void dynfault::adamLoop(ProductRounding rounding, const AdamScalars<T> &s, T *p,
                        T *m, T *v, const T *g, int64_t count) {
  if (rounding == ProductRounding::Fused)
    adamFused(s, p, m, v, g, count);
  else
    adamElements<SeparateProduct>(s, p, m, v, g, count);
}

template <typename T>
void dynfault::sgdLoop(ProductRounding rounding, const SgdScalars<T> &s, T *p,
                       T *buffer, const T *g, int64_t count) {
  if (rounding == ProductRounding::Fused)
    sgdFused(s, p, buffer, g, count);
  else
    sgdElements<SeparateProduct>(s, p, buffer, g, count);
}

template <typename T>
void dynfault::rmsPropLoop(ProductRounding rounding, const RmsPropScalars<T> &s,
                           T *p, T *v, const T *g, int64_t count) {
  if (rounding == ProductRounding::Fused)
    rmsPropFused(s, p, v, g, count);
  else
    rmsPropElements<SeparateProduct>(s, p, v, g, count);
}

#define INSTANTIATE(T)                                                         \
  template void dynfault::adamLoop<T>(ProductRounding, const AdamScalars<T> &, \
                                      T *, T *, T *, const T *, int64_t);      \
  template void dynfault::sgdLoop<T>(ProductRounding, const SgdScalars<T> &,   \
                                     T *, T *, const T *, int64_t);            \
  template void dynfault::rmsPropLoop<T>(ProductRounding,                      \
                                         const RmsPropScalars<T> &, T *, T *,  \
                                         const T *, int64_t);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE
