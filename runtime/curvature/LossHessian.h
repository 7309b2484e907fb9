//===- LossHessian.h - Hessian of a loss in its parameters ------*- C++ -*-===//
//
// Differentiates a loss once with the graph kept, and then as often as asked
// for in a direction (Pearlmutter 1994): a product costs about as much as a
// gradient, and no product repeats the forward.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_LOSSHESSIAN_H
#define DYNFAULT_RUNTIME_CURVATURE_LOSSHESSIAN_H

#include "runtime/curvature/HessianProduct.h"
#include "runtime/curvature/ParameterGroups.h"
#include "runtime/curvature/ProductTape.h"

#include <map>
#include <vector>

namespace dynfault {

/// Gradient and Hessian of a scalar loss. Vectors are the parameters flattened
/// and put one after the other. Neither `.grad` nor a parameter is changed.
/// The loss's graph lives as long as this object. Products are to be taken by
/// one thread at a time.
class LossHessian {
public:
  /// `loss`: one element, its graph not yet freed. `parameters`: at least one,
  /// all of one floating dtype and on one device, all with requires_grad.
  /// Parameters that the loss does not depend on have zero rows. Throws
  /// c10::Error otherwise, and where the graph holds an operation that cannot
  /// be differentiated twice. `expected`: products of one kind.
  LossHessian(const at::Tensor &loss, std::vector<at::Tensor> parameters,
              Calls expected = Calls::Few);

  /// Number of parameters (entries, not tensors).
  int64_t dimension() const { return flatGradient.numel(); }
  /// The gradient, [dimension()], detached.
  const at::Tensor &gradient() const { return flatGradient; }
  /// Hv for v of [dimension()].
  at::Tensor product(const at::Tensor &v) const;
  /// Product of a layer's diagonal block with v of [groupSize]: only the part
  /// of the graph that leads to the layer is differentiated.
  at::Tensor blockProduct(const ParameterGroup &group,
                          const at::Tensor &v) const;

private:
  ProductTape &tapeOf(const ParameterGroup &group) const;

  std::vector<at::Tensor> parameters;
  Calls expected;
  std::vector<at::Tensor> gradients; // with graph; undefined: constant zero
  mutable std::map<std::vector<size_t>, ProductTape> tapes; // by members
  ParameterGroup all;
  at::Tensor flatGradient;
};

/// Throws c10::Error unless `parameters` are as LossHessian needs them.
void checkParameters(const std::vector<at::Tensor> &parameters);

/// Entries of `parts` one after the other, [n], detached; zeros of the shape
/// of the parameter where a part is undefined.
at::Tensor flattenLike(const std::vector<at::Tensor> &parts,
                       const std::vector<at::Tensor> &parameters);

/// The reverse of flattenLike: views of v [n] with the shapes of `parameters`.
std::vector<at::Tensor> splitLike(const at::Tensor &v,
                                  const std::vector<at::Tensor> &parameters);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_LOSSHESSIAN_H
