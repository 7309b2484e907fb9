//===- RecordGradients.cpp - record_gradients, snapshot_gradients ---------===//
//
// Gradient and weight sizes per parameter, the symptoms that the established
// techniques look at. A parameter without gradient moves as one whose gradient
// is zero does, and is recorded so: each series then has a value per sample.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/Statistics.h"

#include <ATen/ATen.h>

using namespace dynfault;

/// gradientStatistics of zeros, made on the device: a copy from the host would
/// wait.
static at::Tensor statisticsOfNoGradient(at::Device device) {
  at::Tensor result =
      at::zeros({7}, at::TensorOptions(at::kDouble).device(device));
  result.narrow(0, 3, 1).fill_(1);
  return result;
}

void dynfault::recordGradients(const RecorderPtr &recorder,
                               const TensorList &parameters,
                               const std::vector<std::string> &names,
                               const ProbeSchedule &schedule) {
  if (!recorder->sampled(schedule))
    return;
  TORCH_CHECK(names.size() == parameters.size(),
              "dynfault::record_gradients: ", names.size(), " names for ",
              parameters.size(), " parameters");
  at::NoGradGuard noGrad;
  at::Tensor zeros;
  double entries = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor &gradient = parameters[i].grad();
    at::Tensor numbers = gradient.defined()
                             ? gradientStatistics(gradient)
                             : statisticsOfNoGradient(parameters[i].device());
    auto size = static_cast<double>(parameters[i].numel());
    at::Tensor share = numbers.narrow(0, 3, 1).mul(size);
    zeros = zeros.defined() ? zeros.add_(share) : share;
    entries += size;
    recorder->recordAll(
        {"baseline/gradient_norm", "baseline/gradient_mean_abs",
         "baseline/gradient_max_abs", "baseline/gradient_zero_share",
         "baseline/gradient_abs_p10", "baseline/gradient_abs_median",
         "baseline/gradient_abs_p90"},
        names[i], numbers);
    recorder->recordAll({"baseline/weight_norm", "baseline/weight_mean",
                         "baseline/weight_std", "baseline/weight_max_abs"},
                        names[i], weightStatistics(parameters[i]));
  }
  if (entries > 0)
    recorder->recordAll({"baseline/total_gradient_zero_share"}, "",
                        zeros.div_(entries));
}

void dynfault::snapshotGradients(const RecorderPtr &recorder,
                                 const TensorList &parameters,
                                 const ProbeSchedule &schedule) {
  if (!recorder->sampled(schedule))
    return;
  for (const at::Tensor &parameter : parameters)
    recorder->keepGradient(parameter);
}
