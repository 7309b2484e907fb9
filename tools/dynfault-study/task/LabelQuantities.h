//===- LabelQuantities.h - What the labels are made from --------*- C++ -*-===//
//
// A label is a quantity held against a threshold. The quantities stand in the
// feature table beside the features, so that thresholds can be moved without
// the corpus.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_TASK_LABELQUANTITIES_H
#define DYNFAULT_STUDY_TASK_LABELQUANTITIES_H

#include "tools/dynfault-study/corpus/Corpus.h"

#include <array>
#include <cstdint>
#include <limits>

namespace dynfault::study {

/// The early window is step < earlyShare * planned steps.
inline constexpr double earlyShare = 0.3;

/// Columns `label/NAME`, in the order of LabelQuantities::values().
inline constexpr std::array<const char *, 6> labelQuantityNames = {
    "nonfinite_at",      "late_loss_ratio", "late_loss_rise",
    "alternating_share", "relative_gap",    "train_metric"};

/// NaN: not defined for this run.
struct LabelQuantities {
  static constexpr float undefined = std::numeric_limits<float>::quiet_NaN();
  /// Step of the first non-finite training loss, or at which the run
  /// diverged, as a share of the planned steps.
  float nonfiniteAt = undefined;
  /// Ratio to the loss at the end of the early window that 5% of the later
  /// steps reach or exceed, of the loss averaged over the last 5% of the
  /// planned steps; undefined where it is not positive.
  float lateLossRatio = undefined;
  /// Rise of the log of the averaged loss above its running minimum that 5%
  /// of the later steps reach or exceed, in median absolute deviations of the
  /// early window.
  float lateLossRise = undefined;
  /// Share of the later steps at which the change of the loss has another sign
  /// than the one before and is larger than 95% of the changes of the
  /// program's clean runs after their early window.
  float alternatingShare = undefined;
  /// (validation - training loss) / |training loss|, both of the last epoch.
  float relativeGap = undefined;
  /// Accuracy or R^2 on the training part after the last epoch.
  float trainMetric = undefined;

  std::array<float, 6> values() const {
    return {nonfiniteAt,      lateLossRatio, lateLossRise,
            alternatingShare, relativeGap,   trainMetric};
  }
};

/// The curves of one run; empty where the corpus has none.
struct LossCurves {
  Curve trainLoss, trainMetric, validationLoss;
};

/// 95th percentile of |change of the loss| from sample to sample after the
/// early window, over clean runs; NaN without any.
float cleanChangeLimit(const std::vector<const LossCurves *> &clean,
                       const std::vector<int64_t> &stepsPlanned);

/// Quantities of one run of `stepsPlanned` steps, of which `stepsDone` were
/// made; `changeLimit` is cleanChangeLimit() of its program.
LabelQuantities labelQuantities(const LossCurves &curves, const Run &run,
                                float changeLimit);

} // namespace dynfault::study

#endif
