//===- RecordGradients.cpp - record_gradients -----------------------------===//
//
// Gradient and weight sizes per parameter, the symptoms that the established
// techniques look at. A parameter without gradient moves as one whose gradient
// is zero does, and is recorded so: each series then has a value per sample.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Norm.h"
#include "runtime/ops/Operators.h"

using namespace dynfault;

void dynfault::recordGradients(const RecorderPtr &recorder,
                               TensorList parameters,
                               std::vector<std::string> names, int64_t every) {
  if (!recorder->sampled(every))
    return;
  TORCH_CHECK(names.size() == parameters.size(),
              "dynfault::record_gradients: ", names.size(), " names for ",
              parameters.size(), " parameters");
  at::NoGradGuard noGrad;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor &gradient = parameters[i].grad();
    if (gradient.defined()) {
      double count = static_cast<double>(gradient.numel());
      recorder->record("baseline/gradient_norm", names[i], norm2(gradient));
      recorder->record("baseline/gradient_mean_abs", names[i],
                       gradient.abs().sum(at::kDouble).div_(count));
      recorder->record("baseline/gradient_zero_share", names[i],
                       gradient.eq(0).sum().to(at::kDouble).div_(count));
    } else {
      recorder->record("baseline/gradient_norm", names[i], 0.0);
      recorder->record("baseline/gradient_mean_abs", names[i], 0.0);
      recorder->record("baseline/gradient_zero_share", names[i], 1.0);
    }
    recorder->record("baseline/weight_norm", names[i], norm2(parameters[i]));
  }
}
