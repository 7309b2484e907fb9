//===- RecordOptimizer.cpp - snapshot_parameters, record_optimizer --------===//
//
// How far an update moves each parameter, and what the optimizer remembers.
// The update is measured as the difference of the parameter to a copy from
// before it: what really happened, whatever the optimizer is. Clipping is
// measured likewise, against a copy of the gradients from before it.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/Operators.h"
#include "runtime/ops/Statistics.h"

#include <ATen/ATen.h>

#include <cmath>

using namespace dynfault;

void dynfault::snapshotParameters(const RecorderPtr &recorder,
                                  const TensorList &parameters,
                                  const ProbeSchedule &schedule) {
  if (!recorder->sampled(schedule))
    return;
  for (const at::Tensor &parameter : parameters)
    recorder->keepSnapshot(parameter);
}

namespace {

/// What the moments are divided by before they are used; 1 where they are not.
struct Correction {
  double first = 1, second = 1;
};

} // namespace

/// 1 - prod(mu_i), i <= t, with the momentum schedule of NAdam (Dozat 2016) as
/// torch.optim.NAdam has it.
static double nadamCorrection(double beta1, double momentumDecay, int64_t t) {
  double product = 1;
  for (int64_t i = 1; i <= t && product > 1e-300; ++i)
    product *=
        beta1 *
        (1 - 0.5 * std::pow(0.96, static_cast<double>(i) * momentumDecay));
  return 1 - product;
}

static Correction correctionOf(const OptimizerState &state) {
  auto t = static_cast<double>(state.updates);
  if (state.updates < 1)
    return {};
  if (state.kind == "adam" || state.kind == "adamw")
    return {1 - std::pow(state.beta1, t), 1 - std::pow(state.beta2, t)};
  // The infinity norm of Adamax needs no correction (Kingma and Ba 2015, 7.1).
  if (state.kind == "adamax")
    return {1 - std::pow(state.beta1, t), 1};
  if (state.kind == "nadam")
    return {nadamCorrection(state.beta1, state.momentumDecay, state.updates),
            1 - std::pow(state.beta2, t)};
  return {};
}

/// |m| / |sqrt(v)| with both averages' bias corrected; for Adamax, whose second
/// moment is no square, |m| / |u|. (NAdam divides by the product of its
/// momentum schedule in the step, but averages with beta1.)
static Numbers momentRatio(const OptimizerState &state, const Numbers &first,
                           const Numbers &second) {
  auto t = static_cast<double>(state.updates);
  bool isAdamax = state.kind == "adamax";
  double factor = 1;
  if (state.beta1 > 0 && t > 0)
    factor = (isAdamax ? 1 : std::sqrt(1 - std::pow(state.beta2, t))) /
             (1 - std::pow(state.beta1, t));
  if (first.onHost())
    return {first[0] / (isAdamax ? second[0] : std::sqrt(second[1])) * factor};
  at::Tensor numbers = second.tensor();
  at::Tensor size =
      isAdamax ? numbers.select(0, 0) : numbers.select(0, 1).sqrt();
  return first.tensor().select(0, 0).div(size).mul(factor).view({1});
}

/// The first of the numbers.
static Numbers firstOf(const Numbers &numbers) {
  if (numbers.onHost())
    return {numbers[0]};
  return numbers.tensor().narrow(0, 0, 1);
}

void dynfault::recordOptimizer(const RecorderPtr &recorder,
                               const TensorList &parameters,
                               const std::vector<std::string> &names,
                               const OptimizerState &state,
                               const ProbeSchedule &schedule) {
  if (!recorder->sampled(schedule))
    return;
  size_t count = parameters.size();
  const TensorList &firsts = state.firstMoments, &seconds = state.secondMoments;
  TORCH_CHECK(names.size() == count &&
                  (firsts.empty() || firsts.size() == count) &&
                  (seconds.empty() || seconds.size() == count),
              "dynfault::record_optimizer: ", names.size(), " names, ",
              firsts.size(), " first moments and ", seconds.size(),
              " second moments for ", count, " parameters");
  at::NoGradGuard noGrad;
  Correction correction = correctionOf(state);
  recorder->record("optimizer/bias_correction", "",
                   std::sqrt(correction.second) / correction.first);
  for (size_t i = 0; i < count; ++i) {
    const at::Tensor &gradient = parameters[i].grad();
    // In an existing script an optimizer has no state of a parameter that it
    // has not updated.
    bool hasFirst = !firsts.empty() && firsts[i].defined();
    bool hasSecond = !seconds.empty() && seconds[i].defined();
    Numbers first = {}, second = {};
    if (hasFirst && gradient.defined()) {
      first = normAndCosine(firsts[i], gradient);
      recorder->recordAll(
          {"optimizer/first_moment_norm", "optimizer/momentum_gradient_cosine"},
          names[i], first);
    } else if (hasFirst) {
      first = normAndSum(firsts[i]);
      recorder->recordAll({"optimizer/first_moment_norm"}, names[i],
                          firstOf(first));
    }
    if (hasSecond) {
      second = normAndSum(seconds[i]);
      recorder->recordAll({"optimizer/second_moment_norm"}, names[i],
                          firstOf(second));
      if (hasFirst)
        recorder->recordAll({"optimizer/moment_ratio"}, names[i],
                            momentRatio(state, first, second));
    }
    at::Tensor before = recorder->snapshot(parameters[i]);
    TORCH_CHECK(before.defined(), "dynfault::record_optimizer: no copy of ",
                names[i],
                " from before the update; call "
                "dynfault::snapshot_parameters with the same schedule before "
                "the optimizer's update");
    recorder->recordAll(
        {"optimizer/update_ratio", "optimizer/effective_step_p10",
         "optimizer/effective_step_median", "optimizer/effective_step_p90"},
        names[i], updateStatistics(parameters[i], before));
    at::Tensor unclipped = recorder->keptGradient(parameters[i]);
    recorder->recordAll({"optimizer/clip_rate", "optimizer/clip_factor"},
                        names[i],
                        unclipped.defined() && gradient.defined()
                            ? differenceStatistics(gradient, unclipped)
                            : Numbers{0., 1.});
  }
}
