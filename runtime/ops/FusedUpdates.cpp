//===- FusedUpdates.cpp - When updates may be fused -----------------------===//

#include "runtime/ops/FusedUpdates.h"

#include <ATen/ATen.h>

#include <cmath>
#include <vector>

using namespace dynfault;

namespace {

/// Not a multiple of any vector's length: the ends of ATen's loops are other
/// code than their bodies.
constexpr int64_t kSamples = 1021;

/// Numbers of many sizes and both signs. They are computed here and not drawn,
/// since the random state belongs to the program.
template <typename T>
std::vector<T> samples(double frequency) {
  std::vector<T> values(kSamples);
  for (int64_t i = 0; i < kSamples; ++i) {
    auto x = static_cast<double>(i);
    values[i] = static_cast<T>(std::sin(frequency * x) *
                               std::exp2(std::fmod(x, 9) - 4));
  }
  return values;
}

template <typename T>
at::Tensor tensorOf(const std::vector<T> &values) {
  return at::tensor(at::ArrayRef<T>(values));
}

template <typename T>
struct Product {
  ProductRounding rounding;

  T add(T sum, T a, T b) const {
    if (rounding == ProductRounding::Fused)
      return std::fma(a, b, sum);
    // The product must not be fused into the sum by the compiler either.
    volatile T product = a * b;
    return sum + product;
  }
};

template <typename T>
bool atenRounds(ProductRounding rounding) {
  const T scalar = static_cast<T>(0.001);
  std::vector<T> x = samples<T>(0.7), y = samples<T>(1.3), z = samples<T>(2.1);
  Product<T> product{rounding};
  std::vector<T> sum(kSamples), square(kSamples), quotient(kSamples);
  for (int64_t i = 0; i < kSamples; ++i) {
    sum[i] = product.add(x[i], y[i], scalar);
    volatile T scaled = scalar * y[i];
    square[i] = product.add(x[i], scaled, z[i]);
    volatile T ratio = scaled / z[i];
    quotient[i] = x[i] + ratio;
  }
  at::Tensor a = tensorOf(x), b = tensorOf(y), c = tensorOf(z);
  return a.add(b, scalar).equal(tensorOf(sum)) &&
         a.addcmul(b, c, scalar).equal(tensorOf(square)) &&
         // 0 / 0 is in there, and no number equals itself then.
         a.addcdiv(b, c, scalar)
             .nan_to_num()
             .equal(tensorOf(quotient).nan_to_num());
}

template <typename T>
c10::optional<ProductRounding> findRounding() {
  at::NoGradGuard noGrad;
  for (ProductRounding rounding :
       {ProductRounding::Fused, ProductRounding::Separate})
    if (supportsRounding(rounding) && atenRounds<T>(rounding))
      return rounding;
  return c10::nullopt;
}

} // namespace

c10::optional<ProductRounding> dynfault::atenRounding(at::ScalarType type) {
  static const c10::optional<ProductRounding> ofFloat = findRounding<float>();
  static const c10::optional<ProductRounding> ofDouble = findRounding<double>();
  if (type == at::kFloat)
    return ofFloat;
  if (type == at::kDouble)
    return ofDouble;
  return c10::nullopt;
}

c10::optional<ProductRounding>
dynfault::fusedRounding(std::initializer_list<at::Tensor> tensors) {
  const at::Tensor &first = *tensors.begin();
  for (const at::Tensor &tensor : tensors)
    if (tensor.defined() &&
        (tensor.layout() != at::kStrided || !tensor.device().is_cpu() ||
         tensor.scalar_type() != first.scalar_type() ||
         tensor.sizes() != first.sizes() || !tensor.is_contiguous()))
      return c10::nullopt;
  return atenRounding(first.scalar_type());
}
