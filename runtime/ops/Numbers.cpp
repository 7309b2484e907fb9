//===- Numbers.cpp - A few numbers about one tensor -----------------------===//
#include "runtime/ops/Numbers.h"

#include <ATen/ATen.h>

using namespace dynfault;

Numbers::Numbers(const at::Tensor &tensor)
    : count(static_cast<size_t>(tensor.numel())) {
  TORCH_CHECK(tensor.dim() == 1, "dynfault.Recorder: values of shape ",
              tensor.sizes(), ", expected one dimension");
  if (!tensor.device().is_cpu()) {
    stored = tensor.detach();
    return;
  }
  TORCH_CHECK(count <= values.size(), "dynfault.Recorder: ", count,
              " values at once; there is room for ", values.size());
  at::NoGradGuard noGrad;
  at::Tensor wide = tensor.detach().to(at::kDouble).contiguous();
  std::copy_n(wide.data_ptr<double>(), count, values.begin());
}

at::Tensor Numbers::tensor() const {
  if (!onHost())
    return stored;
  at::Tensor result = at::empty({static_cast<int64_t>(count)}, at::kDouble);
  std::copy_n(values.begin(), count, result.data_ptr<double>());
  return result;
}
