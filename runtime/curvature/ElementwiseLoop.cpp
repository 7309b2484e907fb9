//===- ElementwiseLoop.cpp - Sums and products entry by entry -------------===//

#include "runtime/curvature/ElementwiseLoop.h"

using namespace dynfault;

static bool isOne(const c10::IValue &alpha) {
  return alpha.isInt() ? alpha.toInt() == 1
                       : alpha.isDouble() && alpha.toDouble() == 1;
}

c10::optional<ElementwiseLoop>
ElementwiseLoop::create(const std::string &op,
                        const std::vector<c10::IValue> &arguments) {
  ElementwiseLoop loop;
  if (op == "aten::mul" && arguments.size() == 3) {
    loop.kind = Kind::Mul;
  } else if ((op == "aten::add" || op == "aten::sub") &&
             arguments.size() == 4 && isOne(arguments[2])) {
    loop.kind = op == "aten::add" ? Kind::Add : Kind::Sub;
  } else {
    return c10::nullopt;
  }
  if (!arguments[0].isTensor() || !arguments[1].isTensor() ||
      !arguments.back().isTensor())
    return c10::nullopt;
  const at::Tensor &a = arguments[0].toTensor(), &b = arguments[1].toTensor(),
                   &out = arguments.back().toTensor();
  for (const at::Tensor *operand : {&a, &b})
    if (!operand->defined() || !operand->device().is_cpu() ||
        operand->layout() != at::kStrided || operand->is_neg() ||
        operand->scalar_type() != out.scalar_type() ||
        operand->sizes() != out.sizes() || operand->strides() != out.strides())
      return c10::nullopt;
  if (!out.is_non_overlapping_and_dense() ||
      (out.scalar_type() != at::kFloat && out.scalar_type() != at::kDouble))
    return c10::nullopt;
  loop.isDouble = out.scalar_type() == at::kDouble;
  loop.count = out.numel();
  loop.a = a.data_ptr();
  loop.b = b.data_ptr();
  loop.out = out.data_ptr();
  return loop;
}

template <typename T>
void ElementwiseLoop::runOn() const {
  const T *left = static_cast<const T *>(a), *right = static_cast<const T *>(b);
  T *__restrict__ result = static_cast<T *>(out);
  switch (kind) {
  case Kind::Add:
    for (int64_t i = 0; i < count; ++i)
      result[i] = left[i] + right[i];
    break;
  case Kind::Sub:
    for (int64_t i = 0; i < count; ++i)
      result[i] = left[i] - right[i];
    break;
  case Kind::Mul:
    for (int64_t i = 0; i < count; ++i)
      result[i] = left[i] * right[i];
    break;
  }
}

void ElementwiseLoop::run() const {
  if (isDouble)
    runOn<double>();
  else
    runOn<float>();
}
