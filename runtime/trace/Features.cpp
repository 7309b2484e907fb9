//===- Features.cpp - From signals to a run's feature vector --------------===//

#include "runtime/trace/Features.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace dynfault {

namespace {

/// A series in double precision; the values may be non-finite.
struct Series {
  std::vector<double> steps, values;
};

struct Statistic {
  const char *name;
  std::optional<double> value;
};

std::vector<Statistic> describe(const Series &series, int64_t stepsPlanned) {
  std::vector<double> x, y;
  for (size_t i = 0; i < series.values.size(); ++i) {
    if (!std::isfinite(series.values[i]))
      continue;
    x.push_back(series.steps[i] / stepsPlanned);
    y.push_back(series.values[i]);
  }
  std::vector<Statistic> result = {
      {"first", {}}, {"last", {}}, {"mean", {}},  {"std", {}},
      {"min", {}},   {"max", {}},  {"slope", {}}, {"nonfinite_share", {}}};
  if (series.values.empty())
    return result;
  double all = series.values.size(), count = y.size();
  result[7].value = (all - count) / all;
  if (y.empty())
    return result;

  double meanX = 0, meanY = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    meanX += x[i] / count;
    meanY += y[i] / count;
  }
  double xx = 0, xy = 0, yy = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    xx += (x[i] - meanX) * (x[i] - meanX);
    xy += (x[i] - meanX) * (y[i] - meanY);
    yy += (y[i] - meanY) * (y[i] - meanY);
  }
  auto [low, high] = std::minmax_element(y.begin(), y.end());
  result[0].value = y.front();
  result[1].value = y.back();
  result[2].value = meanY;
  result[3].value = std::sqrt(yy / count);
  result[4].value = *low;
  result[5].value = *high;
  if (xx > 0)
    result[6].value = xy / xx;
  return result;
}

Series toSeries(const TraceSignal &signal, double end) {
  Series series;
  for (size_t i = 0; i < signal.steps.size() && signal.steps[i] < end; ++i) {
    series.steps.push_back(signal.steps[i]);
    series.values.push_back(signal.values[i]);
  }
  return series;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  if (values.size() % 2)
    return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

/// The layer-wise series of one signal, reduced to one series per reduction.
std::vector<std::pair<const char *, Series>>
reduceLayers(const std::vector<const TraceSignal *> &layers, double end) {
  // The finite values at each step, in the order of the layers.
  std::map<int32_t, std::vector<double>> finiteAt;
  for (const TraceSignal *layer : layers)
    for (size_t i = 0; i < layer->steps.size(); ++i) {
      if (layer->steps[i] >= end)
        break;
      std::vector<double> &finite = finiteAt[layer->steps[i]];
      if (std::isfinite(layer->values[i]))
        finite.push_back(layer->values[i]);
    }
  std::vector<std::pair<const char *, Series>> result = {{"layer_min", {}},
                                                         {"layer_median", {}},
                                                         {"layer_max", {}},
                                                         {"layer_first", {}},
                                                         {"layer_last", {}}};
  for (const auto &[step, finite] : finiteAt) {
    double nothing = std::numeric_limits<double>::quiet_NaN();
    double reduced[5] = {nothing, nothing, nothing, nothing, nothing};
    if (!finite.empty()) {
      reduced[0] = *std::min_element(finite.begin(), finite.end());
      reduced[1] = median(finite);
      reduced[2] = *std::max_element(finite.begin(), finite.end());
      reduced[3] = finite.front();
      reduced[4] = finite.back();
    }
    for (size_t i = 0; i < result.size(); ++i) {
      result[i].second.steps.push_back(step);
      result[i].second.values.push_back(reduced[i]);
    }
  }
  return result;
}

/// Signals that tell how well a probe measured, or an estimate's inner parts:
/// they would describe the instrument and not the program.
bool isOfTheInstrument(const std::string &name) {
  return name == "curvature/repeat_error" ||
         name == "curvature/hessian_top_residual" ||
         name.rfind("curvature/spectral_density_", 0) == 0;
}

} // namespace

std::vector<Feature> computeFeatures(const std::vector<TraceSignal> &signals,
                                     int64_t stepsPlanned) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<const TraceSignal *>> byName;
  for (const TraceSignal &signal : signals) {
    if (isOfTheInstrument(signal.name))
      continue;
    if (!byName.count(signal.name))
      names.push_back(signal.name);
    byName[signal.name].push_back(&signal);
  }
  std::vector<Feature> features;
  auto add = [&](const std::string &window, const std::string &name,
                 const Series &series) {
    for (const Statistic &statistic : describe(series, stepsPlanned))
      features.push_back(
          {window, name + "/" + statistic.name, statistic.value});
  };
  const std::pair<const char *, double> windows[] = {
      {"full", std::numeric_limits<double>::infinity()},
      {"early", EarlyShare * stepsPlanned}};
  for (const auto &[window, end] : windows)
    for (const std::string &name : names) {
      const std::vector<const TraceSignal *> &layers = byName[name];
      if (layers.size() == 1 && layers.front()->site.empty()) {
        add(window, name, toSeries(*layers.front(), end));
        continue;
      }
      for (const auto &[reduction, series] : reduceLayers(layers, end))
        add(window, name + "/" + reduction, series);
    }
  return features;
}

} // namespace dynfault
