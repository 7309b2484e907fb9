//===- ElementwiseLoop.h - Sums and products entry by entry -----*- C++ -*-===//
//
// Most of what a recurrent layer's product does are sums and products of small
// tensors, for which LibTorch takes longer to prepare a loop than to run it.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_ELEMENTWISELOOP_H
#define DYNFAULT_RUNTIME_CURVATURE_ELEMENTWISELOOP_H

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <c10/util/Optional.h>

#include <string>
#include <vector>

namespace dynfault {

/// `out = a + b`, `a - b` or `a * b` of tensors whose entries lie in the same
/// order in memory. One rounding for each entry, so that the bits are those of
/// any other loop.
class ElementwiseLoop {
public:
  /// The loop for `op` (`aten::add`, `aten::sub`, `aten::mul`) on `arguments`,
  /// those of its `out` overload. None for another operator, tensors that
  /// differ in shape, strides or dtype, have gaps or are neither float nor
  /// double, or a factor `alpha` that is not 1. The tensors must outlive it.
  static c10::optional<ElementwiseLoop>
  create(const std::string &op, const std::vector<c10::IValue> &arguments);

  void run() const;

private:
  enum class Kind { Add, Sub, Mul };

  template <typename T>
  void runOn() const;

  Kind kind = Kind::Add;
  bool isDouble = false;
  int64_t count = 0;
  const void *a = nullptr, *b = nullptr;
  void *out = nullptr;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_ELEMENTWISELOOP_H
