//===- Numbers.h - A few numbers about one tensor ---------------*- C++ -*-===//
//
// On a CPU a tensor of its own for half a dozen numbers costs more than to
// compute them from a small layer; on other devices they must stay where they
// are until somebody reads them. Either way they are handed on as one thing.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_NUMBERS_H
#define DYNFAULT_RUNTIME_OPS_NUMBERS_H

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace dynfault {

/// At most eight float64 numbers on the host, or a tensor [size] of any
/// floating type on another device.
class Numbers {
public:
  Numbers(std::initializer_list<double> numbers) : count(numbers.size()) {
    TORCH_INTERNAL_ASSERT(count <= values.size());
    std::copy(numbers.begin(), numbers.end(), values.begin());
  }
  /// Implicit, because what LibTorch's operators compute are numbers, too.
  /// Fetches those of a tensor on the CPU; leaves others where they are. Throws
  /// c10::Error unless the tensor has one dimension.
  Numbers(const at::Tensor &tensor);

  size_t size() const { return count; }
  bool onHost() const { return !stored.defined(); }
  /// The number; only on the host.
  double operator[](size_t i) const { return values[i]; }
  /// A tensor [size] where the numbers are; float64 on the host.
  at::Tensor tensor() const;

private:
  std::array<double, 8> values = {};
  size_t count;
  at::Tensor stored;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_NUMBERS_H
