//===- FusedUpdates.h - When updates may be fused ---------------*- C++ -*-===//
//
// A fused update must leave the bits that the ATen operators leave. Whether
// these round products apart from sums depends on how LibTorch was compiled and
// on the processor, so it is found out by asking them, once in a process.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_FUSEDUPDATES_H
#define DYNFAULT_RUNTIME_OPS_FUSEDUPDATES_H

#include "runtime/ops/FusedLoops.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <c10/util/Optional.h>

#include <initializer_list>

namespace dynfault {

/// How the ATen operators add, addcmul and addcdiv of the CPU round for float
/// or double; nothing if they do neither of the two consistently, or the loops
/// cannot do it on this machine.
c10::optional<ProductRounding> atenRounding(at::ScalarType type);

/// The rounding to use for a fused update of these tensors (undefined ones do
/// not count): all dense, contiguous, on the CPU, of the first one's type and
/// size. Nothing: use the ATen operators.
c10::optional<ProductRounding>
fusedRounding(std::initializer_list<at::Tensor> tensors);

/// Calls `part(first, count)` for parts of `count` elements, with as many
/// threads as an ATen operator would use.
template <typename Part>
void forEachPart(int64_t count, Part part) {
  at::parallel_for(
      0, count, at::internal::GRAIN_SIZE,
      [&](int64_t first, int64_t end) { part(first, end - first); });
}

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_FUSEDUPDATES_H
