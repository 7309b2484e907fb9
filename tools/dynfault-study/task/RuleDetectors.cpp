//===- RuleDetectors.cpp - Threshold rules of earlier techniques ----------===//
//
// Comparisons with a missing value (NaN) are false, so a rule without its value
// does not fire.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/task/RuleDetectors.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>

namespace dynfault::study {
namespace {

using Eigen::Index;

/// Values of one run, by feature.
class Values {
public:
  Values(const FeatureTable &table, Index row) : table(table), row(row) {}

  double of(const std::string &name) const {
    const std::string full = "full/" + name;
    auto found = std::lower_bound(table.featureNames.begin(),
                                  table.featureNames.end(), full);
    if (found == table.featureNames.end() || *found != full)
      return std::numeric_limits<double>::quiet_NaN();
    return table.features(row, found - table.featureNames.begin());
  }

private:
  const FeatureTable &table;
  Index row;
};

struct Rule {
  const char *name;
  std::vector<std::string> needs;
  std::function<bool(const Values &)> fires;
};

const std::string loss = "baseline/train_loss/";
const std::string metric = "baseline/train_metric/";
const std::string validation = "baseline/validation_metric/";
const std::string gradient = "baseline/gradient_norm/";

const std::vector<Rule> &autoTrainer() {
  static const std::vector<Rule> rules = {
      {"exploding: non-finite or loss of 1000",
       {loss + "max"},
       [](const Values &v) {
         return v.of(loss + "nonfinite_share") > 0 || v.of(loss + "max") >= 1e3;
       }},
      {"exploding: gradient ratio above 70",
       {gradient + "layer_first/mean", gradient + "layer_last/mean"},
       [](const Values &v) {
         return v.of(metric + "last") < 0.9 &&
                v.of(gradient + "layer_first/mean") >
                    70 * v.of(gradient + "layer_last/mean");
       }},
      {"vanishing: gradient ratio below 0.001",
       {gradient + "layer_first/mean", gradient + "layer_last/mean"},
       [](const Values &v) {
         const double first = v.of(gradient + "layer_first/mean");
         return first < 1e-4 &&
                first < 1e-3 * v.of(gradient + "layer_last/mean");
       }},
      {"dying: zero gradients of 0.7",
       {"baseline/gradient_zero_share/layer_max/mean"},
       [](const Values &v) {
         return v.of("baseline/gradient_zero_share/layer_max/mean") >= 0.7;
       }},
      {"slow convergence: best metric below 0.6",
       {metric + "max"},
       [](const Values &v) { return v.of(metric + "max") < 0.6; }},
      {"over-fitting: metric gap",
       {metric + "last", validation + "last"},
       [](const Values &v) {
         const double train = v.of(metric + "last");
         return train - v.of(validation + "last") >= (train > 0.9 ? 0.07 : 0.1);
       }}};
  return rules;
}

const std::vector<Rule> &deepDiagnosis() {
  static const std::vector<Rule> rules = {
      {"non-finite loss",
       {loss + "nonfinite_share"},
       [](const Values &v) { return v.of(loss + "nonfinite_share") > 0; }},
      {"dead node: 0.7 of the outputs",
       {"activation/dead_share/layer_max/last"},
       [](const Values &v) {
         return v.of("activation/dead_share/layer_max/last") >= 0.7;
       }},
      {"saturated: 0.5 of the pre-activations",
       {"activation/saturated_share/layer_max/last"},
       [](const Values &v) {
         return v.of("activation/saturated_share/layer_max/last") > 0.5;
       }},
      {"vanishing: mean gradient below 1e-7",
       {"baseline/gradient_mean_abs/layer_min/mean"},
       [](const Values &v) {
         return v.of("baseline/gradient_mean_abs/layer_min/mean") < 1e-7;
       }},
      {"loss not decreasing",
       {loss + "slope"},
       [](const Values &v) { return v.of(loss + "slope") >= 0; }},
      {"update ratio outside 1e-5 to 1e-1",
       {"optimizer/update_ratio/layer_max/mean",
        "optimizer/update_ratio/layer_min/mean"},
       [](const Values &v) {
         return v.of("optimizer/update_ratio/layer_max/mean") > 1e-1 ||
                v.of("optimizer/update_ratio/layer_min/mean") < 1e-5;
       }}};
  return rules;
}

RuleVerdicts verdicts(const char *detector, const std::vector<Rule> &rules,
                      const FeatureTable &table, const TaskData &data) {
  RuleVerdicts out;
  out.detector = detector;
  out.predicted.assign(data.row.size(), 0);
  for (const Rule &rule : rules) {
    RuleCount count;
    count.name = rule.name;
    for (const std::string &name : rule.needs)
      count.available &= std::binary_search(
          table.featureNames.begin(), table.featureNames.end(), "full/" + name);
    for (size_t i = 0; i < data.row.size(); ++i)
      if (rule.fires(Values(table, static_cast<Index>(data.row[i])))) {
        ++count.fired;
        out.predicted[i] = 1;
      }
    out.rules.push_back(std::move(count));
  }
  return out;
}

} // namespace

std::vector<RuleVerdicts> ruleVerdicts(const FeatureTable &table,
                                       const TaskData &detection) {
  return {verdicts("autotrainer", autoTrainer(), table, detection),
          verdicts("deepdiagnosis", deepDiagnosis(), table, detection)};
}

} // namespace dynfault::study
