//===- HessianProduct.cpp - A symmetric matrix seen by products -----------===//
//
// The two places where curvature code reads numbers from the device.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/HessianProduct.h"

#include <ATen/ATen.h>

using namespace dynfault;

at::Tensor CheckedProduct::operator()(const at::Tensor &v) {
  at::Tensor result = product(v);
  ++numCalls;
  if (at::isfinite(result).all().item<bool>())
    return result;
  ++numNonfinite;
  return {};
}

double dynfault::dot64(const at::Tensor &u, const at::Tensor &v) {
  return at::dot(u.to(at::kDouble), v.to(at::kDouble)).item<double>();
}
