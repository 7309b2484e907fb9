//===- Symptoms.cpp - What established techniques look for ----------------===//
//
// Each rule compares with the epoch before where its technique says so. (In
// published code the value before is never stored, which makes such symptoms
// constant; and saturation is judged on outputs that cannot reach the
// threshold.)
//
//===----------------------------------------------------------------------===//

#include "runtime/trace/Symptoms.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dynfault {

namespace {

using Maybe = std::optional<double>;

/// What an epoch's samples come to. Layers are those of weights; biases, which
/// start at zero, would make thresholds on sizes meaningless.
struct Epoch {
  int32_t lastStep = 0;
  Maybe trainLoss, largestLoss, validationLoss, trainMetric, validationMetric;
  bool nonfiniteLoss = false;
  bool nonfiniteWeight = false, nonfiniteGradient = false;
  Maybe largestWeight, largestGradient;
  Maybe firstGradient, lastGradient;            // norms, mean over the samples
  Maybe smallestMeanGradient, meanMeanGradient; // of |g|, over the layers
  Maybe zeroShare;                              // of all gradient entries
  Maybe deadShare, saturatedShare;              // of the worst activation
  Maybe smallestUpdate, largestUpdate;          // over weights
  Maybe smallestDeviation, largestDeviation;    // of weights
  std::vector<double> weightMeans, weightStds;  // last sample of each parameter
};

using Epochs = std::vector<Epoch>;

void raise(Maybe &largest, double value) {
  if (!largest || value > *largest)
    largest = value;
}

void lower(Maybe &smallest, double value) {
  if (!smallest || value < *smallest)
    smallest = value;
}

bool isBias(const std::string &site) {
  return site == "bias" ||
         (site.size() > 5 && site.compare(site.size() - 5, 5, ".bias") == 0);
}

/// Fills the epochs from the signals.
class Summary {
public:
  Summary(const std::vector<TraceSignal> &signals, int64_t stepsPerEpoch)
      : signals(signals), stepsPerEpoch(stepsPerEpoch) {
    int64_t last = -1;
    for (const TraceSignal &signal : signals)
      if (!signal.steps.empty())
        last = std::max<int64_t>(last, signal.steps.back());
    epochs.resize(static_cast<size_t>((last + stepsPerEpoch) / stepsPerEpoch));
    for (size_t e = 0; e < epochs.size(); ++e)
      epochs[e].lastStep = static_cast<int32_t>(std::min<int64_t>(
          (static_cast<int64_t>(e) + 1) * stepsPerEpoch - 1, last));
    addLosses();
    addMetrics();
    addGradients();
    addWeights();
    addActivations();
  }

  Epochs epochs;

private:
  /// Calls visit(epoch, value) for each sample of each signal of that name.
  template <typename Visit>
  void visit(const char *name, const Visit &visitSample) {
    for (const TraceSignal &signal : signals)
      if (signal.name == name)
        for (size_t i = 0; i < signal.steps.size(); ++i)
          visitSample(epochs[signal.steps[i] / stepsPerEpoch], signal,
                      static_cast<double>(signal.values[i]));
  }

  void addLosses() {
    std::vector<double> counts(epochs.size(), 0);
    visit("baseline/train_loss", [&](Epoch &epoch, auto &, double value) {
      double &count = counts[&epoch - epochs.data()];
      epoch.trainLoss =
          (epoch.trainLoss.value_or(0) * count + value) / (count + 1);
      ++count;
      epoch.nonfiniteLoss |= !std::isfinite(value);
      if (!std::isnan(value))
        raise(epoch.largestLoss, value);
    });
    visit("baseline/validation_loss", [](Epoch &epoch, auto &, double value) {
      epoch.validationLoss = value;
    });
  }

  void addMetrics() {
    visit("baseline/train_metric", [](Epoch &epoch, auto &, double value) {
      epoch.trainMetric = value;
    });
    visit("baseline/validation_metric", [](Epoch &epoch, auto &, double value) {
      epoch.validationMetric = value;
    });
  }

  /// Mean over the samples of the signal's first or last weight.
  void addEnd(const char *name, bool isFirst, Maybe Epoch::*field) {
    const TraceSignal *end = nullptr;
    for (const TraceSignal &signal : signals)
      if (signal.name == name && !isBias(signal.site) && (!end || !isFirst))
        end = &signal;
    if (!end)
      return;
    std::vector<double> sums(epochs.size(), 0), counts(epochs.size(), 0);
    for (size_t i = 0; i < end->steps.size(); ++i) {
      size_t e = end->steps[i] / stepsPerEpoch;
      sums[e] += end->values[i];
      ++counts[e];
    }
    for (size_t e = 0; e < epochs.size(); ++e)
      if (counts[e] > 0)
        epochs[e].*field = sums[e] / counts[e];
  }

  void addGradients() {
    addEnd("baseline/gradient_norm", true, &Epoch::firstGradient);
    addEnd("baseline/gradient_norm", false, &Epoch::lastGradient);
    visit("baseline/gradient_norm", [](Epoch &epoch, auto &, double value) {
      epoch.nonfiniteGradient |= !std::isfinite(value);
    });
    visit("baseline/gradient_max_abs", [](Epoch &epoch, auto &, double value) {
      raise(epoch.largestGradient, value);
    });
    std::vector<double> counts(epochs.size(), 0);
    visit("baseline/gradient_mean_abs",
          [&](Epoch &epoch, const TraceSignal &signal, double value) {
            if (isBias(signal.site))
              return;
            double &count = counts[&epoch - epochs.data()];
            epoch.meanMeanGradient =
                (epoch.meanMeanGradient.value_or(0) * count + value) /
                (count + 1);
            ++count;
            lower(epoch.smallestMeanGradient, value);
          });
    visit("baseline/total_gradient_zero_share",
          [](Epoch &epoch, auto &, double value) {
            raise(epoch.zeroShare, value);
          });
  }

  void addWeights() {
    visit("baseline/weight_norm", [](Epoch &epoch, auto &, double value) {
      epoch.nonfiniteWeight |= !std::isfinite(value);
    });
    visit("baseline/weight_max_abs", [](Epoch &epoch, auto &, double value) {
      raise(epoch.largestWeight, value);
    });
    addLastOfEach("baseline/weight_mean", &Epoch::weightMeans);
    addLastOfEach("baseline/weight_std", &Epoch::weightStds);
    visit("baseline/weight_std",
          [](Epoch &epoch, const TraceSignal &signal, double value) {
            if (isBias(signal.site))
              return;
            lower(epoch.smallestDeviation, value);
            raise(epoch.largestDeviation, value);
          });
    visit("optimizer/update_ratio",
          [](Epoch &epoch, const TraceSignal &signal, double value) {
            if (isBias(signal.site))
              return;
            lower(epoch.smallestUpdate, value);
            raise(epoch.largestUpdate, value);
          });
  }

  void addLastOfEach(const char *name, std::vector<double> Epoch::*field) {
    for (const TraceSignal &signal : signals) {
      if (signal.name != name)
        continue;
      for (size_t i = 0; i < signal.steps.size(); ++i) {
        size_t e = signal.steps[i] / stepsPerEpoch;
        bool isLast = i + 1 == signal.steps.size() ||
                      signal.steps[i + 1] / stepsPerEpoch !=
                          signal.steps[i] / stepsPerEpoch;
        if (isLast)
          (epochs[e].*field).push_back(signal.values[i]);
      }
    }
  }

  void addActivations() {
    visit("activation/dead_share", [](Epoch &epoch, auto &, double value) {
      raise(epoch.deadShare, value);
    });
    visit("activation/saturated_share", [](Epoch &epoch, auto &, double value) {
      raise(epoch.saturatedShare, value);
    });
  }

  const std::vector<TraceSignal> &signals;
  int64_t stepsPerEpoch;
};

/// Yes or no, where `known` says that there is something to judge.
Maybe when(bool known, bool present) {
  if (!known)
    return std::nullopt;
  return present ? 1 : 0;
}

/// The best value of the field up to epoch e.
Maybe best(const Epochs &epochs, size_t e, Maybe Epoch::*field) {
  Maybe result;
  for (size_t i = 0; i <= e; ++i)
    if (epochs[i].*field && std::isfinite(*(epochs[i].*field)))
      raise(result, *(epochs[i].*field));
  return result;
}

/// The largest rise from one epoch to the next up to epoch e.
Maybe largestRise(const Epochs &epochs, size_t e, Maybe Epoch::*field) {
  Maybe result;
  for (size_t i = 1; i <= e; ++i)
    if (epochs[i].*field && epochs[i - 1].*field)
      raise(result, *(epochs[i].*field) - *(epochs[i - 1].*field));
  return result;
}

/// value[e] - value[e - 1].
Maybe change(const Epochs &epochs, size_t e, Maybe Epoch::*field) {
  if (e == 0 || !(epochs[e].*field) || !(epochs[e - 1].*field))
    return std::nullopt;
  return *(epochs[e].*field) - *(epochs[e - 1].*field);
}

/// Whether the last `count` epochs up to e have one and the same value.
Maybe identical(const Epochs &epochs, size_t e, size_t count,
                Maybe Epoch::*field) {
  if (e + 1 < count)
    return std::nullopt;
  bool same = true;
  for (size_t i = e + 1 - count; i <= e; ++i) {
    if (!(epochs[i].*field))
      return std::nullopt;
    same &= *(epochs[i].*field) == *(epochs[e].*field);
  }
  return same ? 1 : 0;
}

/// Share of the parameters whose number is what it was the epoch before.
Maybe shareConstant(const Epochs &epochs, size_t e,
                    std::vector<double> Epoch::*field) {
  if (e == 0)
    return std::nullopt;
  const std::vector<double> &now = epochs[e].*field,
                            &before = epochs[e - 1].*field;
  if (now.empty() || now.size() != before.size())
    return std::nullopt;
  double same = 0;
  for (size_t i = 0; i < now.size(); ++i)
    same += now[i] == before[i] ? 1 : 0;
  return same / static_cast<double>(now.size());
}

/// Whether no parameter's mean weight has changed for `count` epochs.
Maybe unchangedWeights(const Epochs &epochs, size_t e, size_t count) {
  if (e + 1 < count)
    return std::nullopt;
  for (size_t i = e + 2 - count; i <= e; ++i) {
    Maybe share = shareConstant(epochs, i, &Epoch::weightMeans);
    if (!share)
      return std::nullopt;
    if (*share < 1)
      return 0;
  }
  return 1;
}

Maybe gradientRatio(const Epoch &epoch) {
  if (!epoch.firstGradient || !epoch.lastGradient || *epoch.lastGradient == 0)
    return std::nullopt;
  return *epoch.firstGradient / *epoch.lastGradient;
}

bool isConverged(const Epochs &epochs, size_t e) {
  return best(epochs, e, &Epoch::trainMetric).value_or(0) >= 0.7;
}

/// AutoTrainer: in at least a fifth of the epochs so far the training metric
/// turned, .03 or more away from where it had turned before.
Maybe oscillates(const Epochs &epochs, size_t e) {
  std::vector<double> metric;
  for (size_t i = 0; i <= e; ++i)
    if (epochs[i].trainMetric)
      metric.push_back(*epochs[i].trainMetric);
  if (metric.size() < 3)
    return std::nullopt;
  double turns = 0, lastTurn = metric[0];
  for (size_t i = 1; i + 1 < metric.size(); ++i) {
    double in = metric[i] - metric[i - 1], out = metric[i + 1] - metric[i];
    if (in * out >= 0)
      continue;
    turns += std::abs(metric[i] - lastTurn) >= 0.03 ? 1 : 0;
    lastTurn = metric[i];
  }
  return turns / static_cast<double>(metric.size()) >= 0.2 ? 1 : 0;
}

Maybe gap(const Epoch &epoch) {
  if (!epoch.trainMetric || !epoch.validationMetric)
    return std::nullopt;
  return *epoch.trainMetric - *epoch.validationMetric;
}

struct Rule {
  const char *name;
  Maybe (*judge)(const Epochs &epochs, size_t e);
};

// In the order of docs/probes.md, which says where each comes from.
const Rule kRules[] = {
    {"nonfinite_loss",
     [](const Epochs &all, size_t e) {
       double validation = all[e].validationLoss.value_or(0);
       return when(all[e].trainLoss.has_value(),
                   all[e].nonfiniteLoss || !std::isfinite(validation) ||
                       validation >= 1e5);
     }},
    {"nonfinite_metric",
     [](const Epochs &all, size_t e) {
       return when(all[e].trainMetric && all[e].validationMetric,
                   !std::isfinite(all[e].trainMetric.value_or(0)) ||
                       !std::isfinite(all[e].validationMetric.value_or(0)));
     }},
    {"nonfinite_weight",
     [](const Epochs &all, size_t e) {
       return when(all[e].largestWeight.has_value(), all[e].nonfiniteWeight);
     }},
    {"nonfinite_gradient",
     [](const Epochs &all, size_t e) {
       return when(all[e].firstGradient.has_value(), all[e].nonfiniteGradient);
     }},
    {"large_weight",
     [](const Epochs &all, size_t e) {
       return when(all[e].largestWeight.has_value(),
                   all[e].largestWeight.value_or(0) > 5);
     }},
    {"very_large_weight",
     [](const Epochs &all, size_t e) {
       return when(all[e].largestWeight.has_value(),
                   all[e].largestWeight.value_or(0) > 10);
     }},
    {"constant_weight_mean",
     [](const Epochs &all, size_t e) {
       return shareConstant(all, e, &Epoch::weightMeans);
     }},
    {"constant_weight_std",
     [](const Epochs &all, size_t e) {
       return shareConstant(all, e, &Epoch::weightStds);
     }},
    {"unchanged_weights",
     [](const Epochs &all, size_t e) { return unchangedWeights(all, e, 5); }},
    {"weight_variance_out_of_range",
     [](const Epochs &all, size_t e) {
       double low = all[e].smallestDeviation.value_or(1),
              high = all[e].largestDeviation.value_or(1);
       return when(all[e].smallestDeviation.has_value(),
                   low * low < 1e-5 || high * high > 10);
     }},
    {"update_out_of_range",
     [](const Epochs &all, size_t e) {
       return when(all[e].smallestUpdate.has_value(),
                   all[e].smallestUpdate.value_or(1e-3) < 1e-5 ||
                       all[e].largestUpdate.value_or(1e-3) > 1e-1);
     }},
    {"loss_increase",
     [](const Epochs &all, size_t e) {
       Maybe step = change(all, e, &Epoch::trainLoss);
       return when(step.has_value(), step.value_or(0) > 0);
     }},
    {"metric_decrease",
     [](const Epochs &all, size_t e) {
       Maybe step = change(all, e, &Epoch::trainMetric);
       return when(step.has_value(), step.value_or(0) < 0);
     }},
    {"oscillating_loss",
     [](const Epochs &all, size_t e) {
       Maybe step = change(all, e, &Epoch::trainLoss);
       return when(step.has_value(), std::abs(step.value_or(0)) > 0.01);
     }},
    {"oscillating_metric", oscillates},
    {"unchanged_loss",
     [](const Epochs &all, size_t e) {
       return identical(all, e, 5, &Epoch::trainLoss);
     }},
    {"unchanged_metric",
     [](const Epochs &all, size_t e) {
       return identical(all, e, 20, &Epoch::trainMetric);
     }},
    {"not_converged",
     [](const Epochs &all, size_t e) {
       Maybe train = best(all, e, &Epoch::trainMetric),
             validation = best(all, e, &Epoch::validationMetric);
       return when(train && validation,
                   train.value_or(1) < 0.7 && validation.value_or(1) < 0.7);
     }},
    {"slow_convergence",
     [](const Epochs &all, size_t e) {
       Maybe rise = largestRise(all, e, &Epoch::trainMetric),
             top = best(all, e, &Epoch::trainMetric);
       return when(rise && top,
                   rise.value_or(1) < 0.01 && top.value_or(1) < 0.6);
     }},
    {"slow_metric",
     [](const Epochs &all, size_t e) {
       Maybe train = largestRise(all, e, &Epoch::trainMetric),
             validation = largestRise(all, e, &Epoch::validationMetric);
       return when(train && validation,
                   train.value_or(1) < 0.01 && validation.value_or(1) < 0.01);
     }},
    {"overfitting",
     [](const Epochs &all, size_t e) {
       double limit = all[e].trainMetric.value_or(0) > 0.9 ? 0.07 : 0.1;
       return when(gap(all[e]).has_value(), gap(all[e]).value_or(0) >= limit);
     }},
    {"metric_gap",
     [](const Epochs &all, size_t e) {
       return when(gap(all[e]).has_value(),
                   std::abs(gap(all[e]).value_or(0)) > 0.1);
     }},
    {"validation_turns_bad",
     [](const Epochs &all, size_t e) {
       Maybe train = change(all, e, &Epoch::trainLoss),
             validation = change(all, e, &Epoch::validationLoss);
       return when(train && validation,
                   train.value_or(0) < -0.01 && validation.value_or(0) > 0.01);
     }},
    {"vanishing_gradient",
     [](const Epochs &all, size_t e) {
       Maybe ratio = gradientRatio(all[e]);
       return when(ratio.has_value(),
                   ratio.value_or(1) < 1e-3 &&
                       all[e].firstGradient.value_or(1) < 1e-4);
     }},
    {"exploding_gradient",
     [](const Epochs &all, size_t e) {
       Maybe ratio = gradientRatio(all[e]);
       return when(ratio.has_value(), ratio.value_or(1) > 70);
     }},
    {"exploding_training",
     [](const Epochs &all, size_t e) {
       const Epoch &now = all[e];
       bool spoilt = now.nonfiniteWeight || now.nonfiniteGradient;
       bool steep = gradientRatio(now).value_or(1) > 70 && !isConverged(all, e);
       return when(now.trainLoss && now.firstGradient,
                   now.nonfiniteLoss || steep ||
                       (now.largestLoss.value_or(0) >= 1e3 && spoilt));
     }},
    {"small_gradient",
     [](const Epochs &all, size_t e) {
       return when(all[e].smallestMeanGradient.has_value(),
                   all[e].smallestMeanGradient.value_or(1) < 1e-7);
     }},
    {"low_mean_gradient",
     [](const Epochs &all, size_t e) {
       return when(all[e].meanMeanGradient.has_value(),
                   all[e].meanMeanGradient.value_or(1) < 1e-4);
     }},
    {"large_gradient",
     [](const Epochs &all, size_t e) {
       return when(all[e].largestGradient.has_value(),
                   all[e].largestGradient.value_or(0) > 70);
     }},
    {"dying_relu",
     [](const Epochs &all, size_t e) {
       return when(all[e].zeroShare.has_value(),
                   all[e].zeroShare.value_or(0) >= 0.7);
     }},
    {"dead_layer",
     [](const Epochs &all, size_t e) {
       return when(all[e].deadShare.has_value(),
                   all[e].deadShare.value_or(0) >= 0.7);
     }},
    {"saturated_layer",
     [](const Epochs &all, size_t e) {
       return when(all[e].saturatedShare.has_value(),
                   all[e].saturatedShare.value_or(0) > 0.5);
     }},
};

} // namespace

std::vector<TraceSignal> deriveSymptoms(const std::vector<TraceSignal> &signals,
                                        int64_t stepsPerEpoch) {
  Epochs epochs = Summary(signals, stepsPerEpoch).epochs;
  std::vector<TraceSignal> result;
  for (const Rule &rule : kRules) {
    TraceSignal series{
        std::string("baseline/symptom_") + rule.name, "", {}, {}};
    for (size_t e = 0; e < epochs.size(); ++e)
      if (Maybe value = rule.judge(epochs, e)) {
        series.steps.push_back(epochs[e].lastStep);
        series.values.push_back(static_cast<float>(*value));
      }
    if (!series.steps.empty())
      result.push_back(std::move(series));
  }
  return result;
}

} // namespace dynfault
