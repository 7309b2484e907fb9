//===- HessianProduct.h - A symmetric matrix seen by products ---*- C++ -*-===//
//
// Everything here knows a Hessian only by its products with vectors, so that
// the same code runs on a network and, in tests, on a dense matrix whose
// spectrum is known.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_HESSIANPRODUCT_H
#define DYNFAULT_RUNTIME_CURVATURE_HESSIANPRODUCT_H

#include <ATen/core/Tensor.h>

#include <functional>

namespace dynfault {

/// v -> Hv for a symmetric H. Shapes [n] -> [n], dtype and device kept.
using HessianProduct = std::function<at::Tensor(const at::Tensor &)>;

/// A product that looks at what comes out, and counts. Training that diverges
/// gives non-finite Hessians; an iteration on one must stop, not go on.
class CheckedProduct {
public:
  explicit CheckedProduct(HessianProduct product)
      : product(std::move(product)) {}

  /// \returns Hv, or an undefined tensor if an entry of it is not finite.
  /// Waits for the device.
  at::Tensor operator()(const at::Tensor &v);

  int64_t calls() const { return numCalls; }
  int64_t nonfinite() const { return numNonfinite; }

private:
  HessianProduct product;
  int64_t numCalls = 0;
  int64_t numNonfinite = 0;
};

/// u'v for two vectors [n], each product and the sum in float64.
double dot64(const at::Tensor &u, const at::Tensor &v);

/// The 2-norm of a vector [n], in float64.
double norm64(const at::Tensor &v);

/// v -> D H D v for the diagonal D of `scale` [n]: with D = P^(-1/2) a
/// symmetric matrix with the eigenvalues of P^(-1) H.
HessianProduct scaledProduct(HessianProduct product, at::Tensor scale);

/// |a - b| / |a| of two results of one product: 0 where it is repeatable, of
/// the order of its randomness where it is not. Rounding in another order, as
/// atomic additions on a GPU do it, stays below repeatLimit.
double repeatError(const at::Tensor &a, const at::Tensor &b);

/// A product whose repeatError is above this is random: the square root of
/// the dtype's machine epsilon.
double repeatLimit(at::ScalarType dtype);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_HESSIANPRODUCT_H
