//===- RandomVectors.h - Seeded random vectors ------------------*- C++ -*-===//
//
// Random vectors of their own generator: the training's random numbers stay
// untouched. They are drawn on the host, so that CPU and GPU runs with one
// seed probe the same directions.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_RANDOMVECTORS_H
#define DYNFAULT_RUNTIME_CURVATURE_RANDOMVECTORS_H

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace dynfault {

/// A reproducible stream of random vectors.
class RandomVectors {
public:
  /// Vectors of `length` entries with dtype and device of `options`.
  RandomVectors(uint64_t seed, int64_t length, at::TensorOptions options);

  /// Independent entries +1 or -1, each with probability 1/2.
  at::Tensor rademacher();
  /// Independent standard normal entries: the direction is uniform.
  at::Tensor gaussian();

private:
  at::Generator generator;
  int64_t length;
  at::TensorOptions options;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_RANDOMVECTORS_H
