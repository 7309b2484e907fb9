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

/// gradientStatistics of zeros.
static Numbers statisticsOfNoGradient(at::Device device) {
  if (device.is_cpu())
    return {0, 0, 0, 1, 0, 0, 0};
  // Made on the device: a copy from the host would wait.
  at::Tensor result =
      at::zeros({7}, at::TensorOptions(at::kDouble).device(device));
  result.narrow(0, 3, 1).fill_(1);
  return result;
}

namespace {

/// The mean of shares, weighted by sizes, where the shares are.
class WeightedShare {
public:
  /// Adds number `index` of `numbers`, as that of `size` entries.
  void add(const Numbers &numbers, int64_t index, int64_t size) {
    auto weight = static_cast<double>(size);
    entries += weight;
    if (numbers.onHost()) {
      sum += numbers[index] * weight;
      return;
    }
    at::Tensor share = numbers.tensor().narrow(0, index, 1).mul(weight);
    deviceSum = deviceSum.defined() ? deviceSum.add_(share) : share;
  }
  bool empty() const { return entries == 0; }
  Numbers mean() const {
    if (deviceSum.defined())
      return deviceSum.div(entries);
    return {sum / entries};
  }

private:
  double entries = 0, sum = 0;
  at::Tensor deviceSum;
};

} // namespace

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
  WeightedShare zeros;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const at::Tensor &gradient = parameters[i].grad();
    Numbers numbers = gradient.defined()
                          ? gradientStatistics(gradient)
                          : statisticsOfNoGradient(parameters[i].device());
    zeros.add(numbers, 3, parameters[i].numel());
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
  if (!zeros.empty())
    recorder->recordAll({"baseline/total_gradient_zero_share"}, "",
                        zeros.mean());
}

void dynfault::snapshotGradients(const RecorderPtr &recorder,
                                 const TensorList &parameters,
                                 const ProbeSchedule &schedule) {
  if (!recorder->sampled(schedule))
    return;
  for (const at::Tensor &parameter : parameters)
    recorder->keepGradient(parameter);
}
