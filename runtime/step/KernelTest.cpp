//===- KernelTest.cpp - Own kernels against LibTorch's --------------------===//

#include "runtime/step/KernelTest.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstring>
#include <random>

using namespace dynfault;

bool dynfault::sameBits(const at::Tensor &a, const at::Tensor &b) {
  if (!a.defined() || !b.defined())
    return a.defined() == b.defined();
  if (a.sizes() != b.sizes() || a.strides() != b.strides() ||
      a.scalar_type() != b.scalar_type())
    return false;
  at::Tensor left = a.cpu().contiguous(), right = b.cpu().contiguous();
  return std::memcmp(left.data_ptr(), right.data_ptr(), left.nbytes()) == 0;
}

bool dynfault::sameBits(const std::vector<at::Tensor> &a,
                        const std::vector<at::Tensor> &b) {
  bool same = a.size() == b.size();
  for (size_t i = 0; same && i < a.size(); ++i)
    same = sameBits(a[i], b[i]);
  return same;
}

at::Tensor dynfault::testNumbers(at::IntArrayRef sizes, uint32_t seed) {
  at::Tensor result = at::empty(sizes);
  // Made once for each of so many, and then repeated; a prime, so that rows and
  // samples differ.
  constexpr int64_t Period = 4099;
  std::minstd_rand engine(seed + 1);
  auto *numbers = result.data_ptr<float>();
  int64_t count = result.numel(), made = std::min(count, Period);
  for (int64_t i = 0; i < made; ++i) {
    auto bits = static_cast<uint32_t>(engine());
    // 24 bits and a sign; every other number up to 2^7 times smaller.
    float number = static_cast<float>(bits >> 7) * 0x1p-23F;
    if (bits & 1)
      number = -number;
    numbers[i] =
        bits & 2 ? number : number / static_cast<float>(1U << (bits >> 2 & 7));
  }
  for (; made < count; made += Period)
    std::copy_n(numbers, std::min(Period, count - made), numbers + made);
  return result;
}
