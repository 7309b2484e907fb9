//===- HessianProduct.cpp - A symmetric matrix seen by products -----------===//
//
// The places where curvature code reads numbers from the device.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/HessianProduct.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

using namespace dynfault;

at::Tensor CheckedProduct::operator()(const at::Tensor &v) {
  at::Tensor result = product(v);
  ++numCalls;
  // A sum is finite unless an entry is not, or a sum of finite entries
  // overflows; only then are the entries looked at one by one.
  if (std::isfinite(result.sum().item<double>()) ||
      at::isfinite(result).all().item<bool>())
    return result;
  ++numNonfinite;
  return {};
}

double dynfault::dot64(const at::Tensor &u, const at::Tensor &v) {
  return at::dot(u.to(at::kDouble), v.to(at::kDouble)).item<double>();
}

double dynfault::norm64(const at::Tensor &v) {
  return at::linalg_vector_norm(v, 2, c10::nullopt, false, at::kDouble)
      .item<double>();
}

HessianProduct dynfault::scaledProduct(HessianProduct product,
                                       at::Tensor scale) {
  return [product = std::move(product), scale = std::move(scale)](
             const at::Tensor &v) { return product(v.mul(scale)).mul(scale); };
}

double dynfault::repeatError(const at::Tensor &a, const at::Tensor &b) {
  double difference = norm64(a.sub(b));
  return difference == 0 ? 0 : difference / norm64(a);
}

double dynfault::repeatLimit(at::ScalarType dtype) {
  return std::sqrt(dtype == at::kDouble
                       ? std::numeric_limits<double>::epsilon()
                       : std::numeric_limits<float>::epsilon());
}
