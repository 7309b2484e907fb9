//===- GaussNewton.h - Generalised Gauss-Newton matrix ----------*- C++ -*-===//
//
// The Hessian without the curvature of the network itself: J' H_L J, with J
// the Jacobian of the output in the parameters and H_L the Hessian of the loss
// in the output (Schraudolph 2002). For a convex loss it has no negative
// eigenvalue; for cross entropy it is the Fisher information matrix.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_GAUSSNEWTON_H
#define DYNFAULT_RUNTIME_CURVATURE_GAUSSNEWTON_H

#include "runtime/curvature/HessianProduct.h"
#include "runtime/curvature/ProductTape.h"

#include <functional>
#include <vector>

namespace dynfault {

/// Products with the generalised Gauss-Newton matrix. Vectors are the
/// parameters flattened and put one after the other. Products are to be taken
/// by one thread at a time.
class GaussNewton {
public:
  /// `output`: the network's output (any shape, floating), its graph not yet
  /// freed. `loss`: output -> loss of one element; what it depends on beside
  /// the output counts as constant. `parameters` and `expected` as for
  /// LossHessian.
  GaussNewton(const at::Tensor &output,
              const std::function<at::Tensor(const at::Tensor &)> &loss,
              std::vector<at::Tensor> parameters, Calls expected = Calls::Few);

  /// Gv for v of [n].
  at::Tensor product(const at::Tensor &v) const;

private:
  std::vector<at::Tensor> parameters;
  mutable ProductTape rows; // of parts of v
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_GAUSSNEWTON_H
