//===- Norm.h - 2-norms that keep small parts ------------------*- C++ -*-===//
//
// A float32 gradient of 1e20 has a perfectly finite norm, but its square is
// infinite in float32. Probes that are to tell large from infinite sum in
// float64.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_NORM_H
#define DYNFAULT_RUNTIME_OPS_NORM_H

#include <ATen/ATen.h>

namespace dynfault {

/// 2-norm over all entries of `x` (any shape, floating), summed in float64.
/// \returns a 0-dim float64 tensor on the device of `x`.
inline at::Tensor norm2(const at::Tensor &x) {
  return at::linalg_vector_norm(x.detach(), 2, c10::nullopt, false,
                                at::kDouble);
}

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_NORM_H
