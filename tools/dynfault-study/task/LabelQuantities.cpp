//===- LabelQuantities.cpp - What the labels are made from ----------------===//
//
// "For at least 5% of the steps above a threshold" is the same as "the 95th
// percentile is above it", which needs no threshold yet.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/task/LabelQuantities.h"

#include <algorithm>
#include <cmath>

namespace dynfault::study {
namespace {

/// The largest value that at least `share` of all values reach or exceed.
/// Non-finite values count as larger than any number.
float reachedBy(std::vector<float> values, double share) {
  if (values.empty())
    return LabelQuantities::undefined;
  for (float &value : values)
    if (!std::isfinite(value))
      value = std::numeric_limits<float>::max();
  const auto place = static_cast<size_t>(std::ceil(
                         share * static_cast<double>(values.size()))) -
                     1;
  std::nth_element(values.begin(), values.begin() + place, values.end(),
                   std::greater<float>());
  return values[place];
}

float medianOf(std::vector<float> values) {
  if (values.empty())
    return LabelQuantities::undefined;
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 ? values[half]
                           : (values[half - 1] + values[half]) / 2;
}

/// First sample after the early window.
size_t lateBegin(const Curve &curve, int64_t planned) {
  const double end = earlyShare * static_cast<double>(planned);
  return static_cast<size_t>(
      std::partition_point(
          curve.steps.begin(), curve.steps.end(),
          [&](int32_t step) { return static_cast<double>(step) < end; }) -
      curve.steps.begin());
}

float lastFinite(const Curve &curve) {
  return curve.values.empty() || !std::isfinite(curve.values.back())
             ? LabelQuantities::undefined
             : curve.values.back();
}

/// Mean training loss over the last epoch: the samples after the last but one
/// validation.
float lastEpochLoss(const LossCurves &curves) {
  const auto &epochs = curves.validationLoss.steps;
  const int32_t after = epochs.size() > 1 ? epochs[epochs.size() - 2] : -1;
  double sum = 0;
  int count = 0;
  for (size_t i = curves.trainLoss.steps.size();
       i-- > 0 && curves.trainLoss.steps[i] > after; ++count)
    sum += curves.trainLoss.values[i];
  return count ? static_cast<float>(sum / count) : LabelQuantities::undefined;
}

/// Trailing mean over 5% of the planned steps. One batch is no event: the loss
/// of single batches of a healthy run scatters over decades once it is small.
Curve smoothed(const Curve &loss, int64_t planned) {
  const auto width = static_cast<int32_t>(std::max<int64_t>(1, planned / 20));
  Curve out = loss;
  double sum = 0;
  size_t begin = 0;
  for (size_t i = 0; i < loss.values.size(); ++i) {
    if (!std::isfinite(loss.values[i])) {
      // What comes after a non-finite loss is an event whatever it is.
      std::fill(out.values.begin() + static_cast<std::ptrdiff_t>(i),
                out.values.end(), std::numeric_limits<float>::infinity());
      break;
    }
    sum += loss.values[i];
    for (; loss.steps[begin] <= loss.steps[i] - width; ++begin)
      sum -= loss.values[begin];
    out.values[i] =
        static_cast<float>(sum / static_cast<double>(i - begin + 1));
  }
  return out;
}

float lossRise(const Curve &loss, size_t late) {
  auto logOf = [](float value) { return std::log(std::max(value, 1e-30f)); };
  std::vector<float> early;
  for (size_t i = 0; i < late; ++i)
    early.push_back(logOf(loss.values[i]));
  const float middle = medianOf(early);
  for (float &value : early)
    value = std::abs(value - middle);
  const float deviation = medianOf(early);
  if (!(deviation > 0))
    return LabelQuantities::undefined;
  float least = std::numeric_limits<float>::infinity();
  std::vector<float> rise;
  for (size_t i = 0; i < loss.values.size(); ++i) {
    const float value = logOf(loss.values[i]);
    if (i >= late)
      rise.push_back(i == 0 ? 0 : (value - std::min(least, value)) / deviation);
    least = std::min(least, value);
  }
  return reachedBy(std::move(rise), 0.05);
}

} // namespace

float cleanChangeLimit(const std::vector<const LossCurves *> &clean,
                       const std::vector<int64_t> &stepsPlanned) {
  std::vector<float> changes;
  for (size_t r = 0; r < clean.size(); ++r) {
    const Curve &loss = clean[r]->trainLoss;
    for (size_t i = std::max<size_t>(1, lateBegin(loss, stepsPlanned[r]));
         i < loss.values.size(); ++i)
      if (const float change = std::abs(loss.values[i] - loss.values[i - 1]);
          std::isfinite(change))
        changes.push_back(change);
  }
  return reachedBy(std::move(changes), 0.05);
}

LabelQuantities labelQuantities(const LossCurves &curves, const Run &run,
                                float changeLimit) {
  LabelQuantities out;
  const Curve &loss = curves.trainLoss;
  const auto planned =
      static_cast<double>(std::max<int64_t>(1, run.stepsPlanned));
  for (size_t i = 0; i < loss.values.size(); ++i)
    if (!std::isfinite(loss.values[i])) {
      out.nonfiniteAt = static_cast<float>(loss.steps[i] / planned);
      break;
    }
  if (std::isnan(out.nonfiniteAt) && run.status == RunStatus::Diverged)
    out.nonfiniteAt =
        static_cast<float>(static_cast<double>(run.stepsDone) / planned);

  const size_t late = lateBegin(loss, run.stepsPlanned);
  if (late > 0 && late < loss.values.size()) {
    const Curve smooth = smoothed(loss, run.stepsPlanned);
    const float reference = smooth.values[late - 1];
    std::vector<float> ratio;
    for (size_t i = late; i < smooth.values.size(); ++i)
      ratio.push_back(smooth.values[i] / reference);
    if (reference > 0)
      out.lateLossRatio = reachedBy(std::move(ratio), 0.05);
    out.lateLossRise = lossRise(smooth, late);
    if (!std::isnan(changeLimit)) {
      size_t alternating = 0;
      for (size_t i = std::max<size_t>(late, 2); i < loss.values.size(); ++i) {
        const float change = loss.values[i] - loss.values[i - 1];
        const float before = loss.values[i - 1] - loss.values[i - 2];
        alternating += change * before < 0 && std::abs(change) > changeLimit;
      }
      out.alternatingShare = static_cast<float>(alternating) /
                             static_cast<float>(loss.values.size() - late);
    }
  }

  const float train = lastEpochLoss(curves);
  const float gap = (lastFinite(curves.validationLoss) - train) /
                    std::max(std::abs(train), 1e-6f);
  if (run.status == RunStatus::Completed && std::isfinite(gap))
    out.relativeGap = gap;
  if (run.status == RunStatus::Completed)
    out.trainMetric = lastFinite(curves.trainMetric);
  return out;
}

} // namespace dynfault::study
