//===- Labels.cpp - The four tasks and their labels -----------------------===//
//
// One function per task; each says for every row either a class or a reason.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/task/Labels.h"

#include "tools/dynfault-study/task/LabelQuantities.h"
#include "tools/dynfault-study/util/Error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace dynfault::study {
namespace {

/// A row's class, or why it has none.
struct Verdict {
  int label = -1;
  const char *reason = "";
};

const char *unusable(const TableRow &row) {
  if (row.status == RunStatus::Failed)
    return "failed";
  return row.status == RunStatus::Timeout ? "timed out" : "";
}

const char *notKilled(const TableRow &row, bool includeSurviving) {
  if (includeSurviving)
    return "";
  if (!row.killed)
    return "mutant not tested";
  return *row.killed ? "" : "mutant survived";
}

Verdict typeOf(const TableRow &row, const LabelOptions &options) {
  if (row.isClean())
    return {-1, "clean"};
  auto mapped = options.classMap.find(row.op);
  const std::string &name =
      mapped == options.classMap.end() ? row.faultClass : mapped->second;
  auto found = std::find(options.classes.begin(), options.classes.end(), name);
  if (found == options.classes.end())
    return {-1, "other class"};
  if (const char *why = notKilled(row, options.includeSurviving); *why)
    return {-1, why};
  return {static_cast<int>(found - options.classes.begin())};
}

Verdict detectionOf(const TableRow &row, const LabelOptions &options) {
  if (row.isClean())
    return {0};
  if (const char *why = notKilled(row, options.includeSurviving); *why)
    return {-1, why};
  return {1};
}

/// Values of one quantity by row; all NaN where the table has none.
class Quantity {
public:
  Quantity(const FeatureTable &table, const char *name)
      : table(table), column(table.quantity(name)) {}
  double at(size_t row) const {
    return column < 0
               ? LabelQuantities::undefined
               : table.quantities(static_cast<Eigen::Index>(row), column);
  }

private:
  const FeatureTable &table;
  Eigen::Index column;
};

class Instability {
public:
  Instability(const FeatureTable &table, const Thresholds &limits)
      : nonfiniteAt(table, "nonfinite_at"), ratio(table, "late_loss_ratio"),
        rise(table, "late_loss_rise"), share(table, "alternating_share"),
        limits(limits) {}

  Verdict of(size_t row) const {
    const double at = nonfiniteAt.at(row);
    if (at < earlyShare)
      return {-1, "event in the early window"};
    const bool known = !std::isnan(ratio.at(row)) ||
                       !std::isnan(rise.at(row)) || !std::isnan(at);
    if (!known)
      return {-1, "no training loss after the early window"};
    // Comparisons with NaN are false, as they should be here.
    return {at >= earlyShare || ratio.at(row) >= limits.lossRatio ||
            rise.at(row) >= limits.lossRise ||
            share.at(row) >= limits.alternatingShare};
  }

private:
  Quantity nonfiniteAt, ratio, rise, share;
  const Thresholds &limits;
};

struct Spread {
  double middle = LabelQuantities::undefined, deviation = 0;
};

/// Median and scaled median absolute deviation (times 1.4826, which makes it a
/// standard deviation under a normal distribution).
Spread spreadOf(std::vector<double> values) {
  Spread spread;
  if (values.empty())
    return spread;
  auto median = [](std::vector<double> &of) {
    std::sort(of.begin(), of.end());
    const size_t half = of.size() / 2;
    return of.size() % 2 ? of[half] : (of[half - 1] + of[half]) / 2;
  };
  spread.middle = median(values);
  for (double &value : values)
    value = std::abs(value - spread.middle);
  spread.deviation = 1.4826 * median(values);
  return spread;
}

class Mismatch {
public:
  Mismatch(const FeatureTable &table, const Thresholds &limits)
      : gap(table, "relative_gap"), metric(table, "train_metric"),
        limits(limits) {
    std::map<std::string, std::vector<double>> gaps, metrics;
    for (size_t row = 0; row < table.rows.size(); ++row) {
      if (!table.rows[row].isClean())
        continue;
      if (!std::isnan(gap.at(row)))
        gaps[table.rows[row].program].push_back(gap.at(row));
      if (!std::isnan(metric.at(row)))
        metrics[table.rows[row].program].push_back(metric.at(row));
    }
    for (auto &entry : gaps)
      cleanGap[entry.first] = spreadOf(std::move(entry.second));
    for (auto &entry : metrics)
      cleanMetric[entry.first] = spreadOf(std::move(entry.second));
  }

  Verdict of(const TableRow &run, size_t row) const {
    if (run.status != RunStatus::Completed)
      return {-1, "not completed"};
    if (std::isnan(gap.at(row)))
      return {-1, "no finite loss at the end"};
    const auto clean = cleanMetric.find(run.program);
    const auto gapOfClean = cleanGap.find(run.program);
    if (clean == cleanMetric.end() || gapOfClean == cleanGap.end())
      return {-1, "program without a clean run"};
    const Spread &metricSpread = clean->second;
    const Spread &gapSpread = gapOfClean->second;
    const double lowest =
        limits.calibrated
            ? metricSpread.middle -
                  std::max(limits.spread * metricSpread.deviation, 0.02)
            : metricSpread.middle - limits.metricDeficit;
    const double largest =
        limits.calibrated
            ? gapSpread.middle +
                  std::max(limits.spread * gapSpread.deviation, 0.05)
            : limits.relativeGap;
    if (metric.at(row) < lowest)
      return {2};
    return {gap.at(row) >= largest};
  }

private:
  Quantity gap, metric;
  const Thresholds &limits;
  std::map<std::string, Spread> cleanGap, cleanMetric;
};

} // namespace

std::string taskName(TaskId task) {
  switch (task) {
  case TaskId::FaultTyping:
    return "fault-typing";
  case TaskId::FaultDetection:
    return "fault-detection";
  case TaskId::InstabilityTriage:
    return "instability-triage";
  case TaskId::TrainValidationMismatch:
    return "train-validation-mismatch";
  }
  return "";
}

TaskId parseTask(const std::string &name) {
  std::string known;
  for (TaskId task : allTasks) {
    if (taskName(task) == name)
      return task;
    known += (known.empty() ? "" : ", ") + taskName(task);
  }
  throw UsageError(
      fmt::format("--task: unknown task '{}'; choose from {}", name, known));
}

const std::vector<std::string> &faultClasses() {
  static const std::vector<std::string> classes = {"data", "model", "objective",
                                                   "optimization"};
  return classes;
}

Thresholds Thresholds::scaled(double factor) const {
  Thresholds out = *this;
  out.lossRatio *= factor;
  out.lossRise *= factor;
  out.alternatingShare *= factor;
  out.relativeGap *= factor;
  out.metricDeficit *= factor;
  return out;
}

Labels labelRows(TaskId task, const FeatureTable &table,
                 const LabelOptions &options) {
  Labels labels;
  switch (task) {
  case TaskId::FaultTyping:
    labels.classes = options.classes;
    break;
  case TaskId::FaultDetection:
    labels.classes = {"clean", "faulty"};
    break;
  case TaskId::InstabilityTriage:
    labels.classes = {"stable", "unstable"};
    break;
  case TaskId::TrainValidationMismatch:
    labels.classes = {"matched", "over-fit", "under-fit"};
    break;
  }
  const Instability instability(table, options.thresholds);
  const Mismatch mismatch(table, options.thresholds);
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const TableRow &row = table.rows[i];
    Verdict verdict{-1, unusable(row)};
    if (!*verdict.reason)
      switch (task) {
      case TaskId::FaultTyping:
        verdict = typeOf(row, options);
        break;
      case TaskId::FaultDetection:
        verdict = detectionOf(row, options);
        break;
      case TaskId::InstabilityTriage:
        verdict = instability.of(i);
        break;
      case TaskId::TrainValidationMismatch:
        verdict = mismatch.of(row, i);
        break;
      }
    labels.label.push_back(verdict.label);
    labels.reason.emplace_back(verdict.reason);
  }
  return labels;
}

std::string statusName(RunStatus status) {
  switch (status) {
  case RunStatus::Completed:
    return "completed";
  case RunStatus::Diverged:
    return "diverged";
  case RunStatus::Failed:
    return "failed";
  case RunStatus::Timeout:
    return "timeout";
  }
  return "";
}

} // namespace dynfault::study
