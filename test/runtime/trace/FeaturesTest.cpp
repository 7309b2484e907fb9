//===- FeaturesTest.cpp - Tests of the feature vector -----------*- C++ -*-===//

#include "runtime/trace/Features.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <random>

using namespace dynfault;

namespace {

using FeatureMap = std::map<std::string, std::optional<double>>;

constexpr float NaN = std::numeric_limits<float>::quiet_NaN();
constexpr float Inf = std::numeric_limits<float>::infinity();

FeatureMap features(const std::vector<TraceSignal> &signals, int64_t planned,
                    const std::string &window = "full") {
  FeatureMap result;
  for (const Feature &feature : computeFeatures(signals, planned))
    if (feature.window == window) {
      EXPECT_FALSE(result.count(feature.name)) << feature.name;
      result[feature.name] = feature.value;
    }
  return result;
}

/// Statistics straight from their definitions, in extended precision.
FeatureMap oracle(const std::vector<std::pair<double, double>> &samples,
                  int64_t planned) {
  FeatureMap result = {
      {"first", {}}, {"last", {}}, {"mean", {}},  {"std", {}},
      {"min", {}},   {"max", {}},  {"slope", {}}, {"nonfinite_share", {}}};
  std::vector<std::pair<long double, long double>> finite;
  for (auto [step, value] : samples)
    if (std::isfinite(value))
      finite.emplace_back(step / (long double)planned, value);
  if (!samples.empty())
    result["nonfinite_share"] = 1 - double(finite.size()) / samples.size();
  if (finite.empty())
    return result;
  long double n = finite.size(), x = 0, y = 0, xx = 0, xy = 0, yy = 0;
  long double low = finite[0].second, high = low;
  for (auto [a, b] : finite) {
    x += a;
    y += b;
    xx += a * a;
    xy += a * b;
    yy += b * b;
    low = std::min(low, b);
    high = std::max(high, b);
  }
  result["first"] = finite.front().second;
  result["last"] = finite.back().second;
  result["mean"] = y / n;
  result["std"] = std::sqrt(std::max(0.0L, yy / n - (y / n) * (y / n)));
  result["min"] = low;
  result["max"] = high;
  // The normal equations of the line.
  if (n > 1)
    result["slope"] = (n * xy - x * y) / (n * xx - x * x);
  return result;
}

void expectNear(const FeatureMap &actual, const std::string &prefix,
                const FeatureMap &expected) {
  for (const auto &[statistic, value] : expected) {
    auto found = actual.find(prefix + statistic);
    ASSERT_NE(found, actual.end()) << prefix + statistic;
    ASSERT_EQ(found->second.has_value(), value.has_value())
        << prefix + statistic;
    if (!value)
      continue;
    EXPECT_NEAR(*found->second, *value, 1e-9 * (1 + std::abs(*value)))
        << prefix + statistic;
  }
}

} // namespace

TEST(FeaturesTest, WhatDescribesTheInstrumentIsNone) {
  FeatureMap result =
      features({{"curvature/repeat_error", "", {0}, {0}},
                {"curvature/hessian_top_residual", "", {0}, {1}},
                {"curvature/spectral_density_node", "0000", {0}, {1}},
                {"curvature/spectral_density_weight", "0000", {0}, {1}},
                {"curvature/hessian_trace", "", {0}, {3}}},
               10);
  EXPECT_EQ(result.size(), 8U);
  EXPECT_EQ(result.at("curvature/hessian_trace/first"), 3);
}

TEST(FeaturesTest, StatisticsByHand) {
  // Finite samples: (0, 2), (4, 6), (8, 4) of 10 planned steps.
  std::vector<TraceSignal> signals = {
      {"baseline/train_loss", "", {0, 2, 4, 8}, {2, NaN, 6, 4}}};
  FeatureMap actual = features(signals, 10);
  EXPECT_EQ(actual.size(), 8u);
  expectNear(actual, "baseline/train_loss/",
             {{"first", 2},
              {"last", 4},
              {"mean", 4},
              {"std", std::sqrt(8. / 3)},
              {"min", 2},
              {"max", 6},
              // Mean step .4, so sum (x - .4)(y - 4) / sum (x - .4)^2.
              {"slope", (-.4 * -2 + .4 * 0) / .32},
              {"nonfinite_share", .25}});
  // Early: steps below 3.
  expectNear(features(signals, 10, "early"), "baseline/train_loss/",
             {{"first", 2},
              {"last", 2},
              {"mean", 2},
              {"std", 0},
              {"min", 2},
              {"max", 2},
              {"slope", {}},
              {"nonfinite_share", .5}});
}

TEST(FeaturesTest, WholeModelSignalsAgreeWithTheOracle) {
  std::mt19937_64 engine(1);
  std::normal_distribution<float> normal(0, 3);
  for (int repeat = 0; repeat < 50; ++repeat) {
    int64_t planned = 20 + engine() % 100;
    TraceSignal signal{"set/name", "", {}, {}};
    std::vector<std::pair<double, double>> full, early;
    for (int32_t step = engine() % 3; step < planned;
         step += 1 + engine() % 5) {
      float value = engine() % 6 ? normal(engine) : (engine() % 2 ? NaN : -Inf);
      signal.steps.push_back(step);
      signal.values.push_back(value);
      full.emplace_back(step, value);
      if (step < 0.3 * planned)
        early.emplace_back(step, value);
    }
    expectNear(features({signal}, planned), "set/name/", oracle(full, planned));
    expectNear(features({signal}, planned, "early"), "set/name/",
               oracle(early, planned));
  }
}

TEST(FeaturesTest, LayersAreReducedAtEachStep) {
  std::mt19937_64 engine(2);
  std::normal_distribution<float> normal(0, 3);
  for (int repeat = 0; repeat < 30; ++repeat) {
    int64_t planned = 40;
    std::vector<TraceSignal> signals;
    for (int layer = 0; layer < 1 + repeat % 5; ++layer) {
      // Names against the order, so that sorting by name would show.
      TraceSignal signal{"set/name", std::string(1, 'z' - layer), {}, {}};
      for (int32_t step = 0; step < planned; step += 4) {
        if (layer && engine() % 5 == 0)
          continue; // A layer that was not sampled there.
        signal.steps.push_back(step);
        signal.values.push_back(engine() % 5 ? normal(engine) : NaN);
      }
      signals.push_back(signal);
    }
    std::map<std::string, std::vector<std::pair<double, double>>> reduced;
    for (int32_t step = 0; step < planned; step += 4) {
      std::vector<double> at;
      for (const TraceSignal &signal : signals)
        for (size_t i = 0; i < signal.steps.size(); ++i)
          if (signal.steps[i] == step && std::isfinite(signal.values[i]))
            at.push_back(signal.values[i]);
      double first = at.empty() ? NaN : at.front();
      double last = at.empty() ? NaN : at.back();
      std::sort(at.begin(), at.end());
      size_t n = at.size();
      double median = n == 0 ? NaN : (at[n / 2] + at[(n - 1) / 2]) / 2;
      reduced["layer_first"].emplace_back(step, first);
      reduced["layer_last"].emplace_back(step, last);
      reduced["layer_median"].emplace_back(step, median);
      reduced["layer_min"].emplace_back(step, n ? at.front() : NaN);
      reduced["layer_max"].emplace_back(step, n ? at.back() : NaN);
    }
    FeatureMap actual = features(signals, planned);
    EXPECT_EQ(actual.size(), 40u);
    for (const auto &[reduction, samples] : reduced)
      expectNear(actual, "set/name/" + reduction + "/",
                 oracle(samples, planned));
  }
}

TEST(FeaturesTest, NothingFiniteLeavesOnlyTheShare) {
  FeatureMap actual = features({{"set/name", "", {0, 1}, {NaN, Inf}}}, 10);
  for (const auto &[name, value] : actual)
    EXPECT_EQ(value.has_value(), name == "set/name/nonfinite_share") << name;
  EXPECT_EQ(actual["set/name/nonfinite_share"], 1);
}

TEST(FeaturesTest, EarlyWindowEndsBefore30Percent) {
  // 0.3 * 10 = 3 is not inside.
  TraceSignal signal{"set/name", "", {2, 3}, {5, 7}};
  EXPECT_EQ(features({signal}, 10, "early")["set/name/last"], 5);
  EXPECT_EQ(features({signal}, 11, "early")["set/name/last"], 7);
  // No sample in the window: rows without values.
  FeatureMap early = features({{"set/name", "", {9}, {1}}}, 10, "early");
  EXPECT_EQ(early.size(), 8u);
  for (const auto &[name, value] : early)
    EXPECT_FALSE(value.has_value()) << name;
}

TEST(FeaturesTest, UnprobedSetsHaveNoRows) {
  EXPECT_TRUE(computeFeatures({}, 10).empty());
}
