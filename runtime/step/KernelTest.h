//===- KernelTest.h - Own kernels against LibTorch's ------------*- C++ -*-===//
//
// A kernel of our own stands in a plan only if it leaves the bits of LibTorch's
// kernel. The first batch of a plan need not show a difference (a layer that
// begins with zeros gives zeros in any order), so kernels are compared on
// tensors of the same shapes that are made for it.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_STEP_KERNELTEST_H
#define DYNFAULT_RUNTIME_STEP_KERNELTEST_H

#include <ATen/core/Tensor.h>

#include <vector>

namespace dynfault {

/// Whether both are undefined, or have the same sizes, strides, types and bits.
/// Waits for their device.
bool sameBits(const at::Tensor &a, const at::Tensor &b);
bool sameBits(const std::vector<at::Tensor> &a,
              const std::vector<at::Tensor> &b);

/// Single precision numbers of both signs and some sizes, between 2^-8 and 2,
/// whose sums depend on the order. The same ones for the same `seed`; the
/// random state stays as it is.
at::Tensor testNumbers(at::IntArrayRef sizes, uint32_t seed);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_STEP_KERNELTEST_H
