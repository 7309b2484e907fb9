//===- RandomVectors.cpp - Seeded random vectors --------------------------===//
//
// Drawn in float32 whatever the dtype asked for, because the generator gives
// other numbers for float64: a float64 reference then sees the same vectors.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/RandomVectors.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

using namespace dynfault;

RandomVectors::RandomVectors(uint64_t seed, int64_t length,
                             at::TensorOptions options)
    : generator(at::make_generator<at::CPUGeneratorImpl>(seed)), length(length),
      options(options) {}

at::Tensor RandomVectors::rademacher() {
  at::Tensor bits = at::randint(2, {length}, generator, at::kFloat);
  return bits.mul_(2).sub_(1).to(options);
}

at::Tensor RandomVectors::gaussian() {
  return at::randn({length}, generator, at::kFloat).to(options);
}
