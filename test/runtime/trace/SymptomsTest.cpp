//===- SymptomsTest.cpp - Tests of the symptoms -----------------*- C++ -*-===//
//
// Each symptom on a series made by hand in which it is there, and on one in
// which it is not.
//
//===----------------------------------------------------------------------===//

#include "runtime/trace/Symptoms.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <map>

using namespace dynfault;

namespace {

constexpr float NaN = std::numeric_limits<float>::quiet_NaN();
constexpr float Inf = std::numeric_limits<float>::infinity();
constexpr int64_t StepsPerEpoch = 4;

using Values = std::vector<float>;

/// A sample at the last step of each epoch.
TraceSignal perEpoch(const std::string &name, const Values &values,
                     const std::string &site = "") {
  TraceSignal signal{name, site, {}, values};
  for (size_t e = 0; e < values.size(); ++e)
    signal.steps.push_back(static_cast<int32_t>((e + 1) * StepsPerEpoch - 1));
  return signal;
}

/// A sample at each step, the same throughout an epoch.
TraceSignal perStep(const std::string &name, const Values &values) {
  TraceSignal signal{name, "", {}, {}};
  for (size_t i = 0; i < values.size() * StepsPerEpoch; ++i) {
    signal.steps.push_back(static_cast<int32_t>(i));
    signal.values.push_back(values[i / StepsPerEpoch]);
  }
  return signal;
}

/// The values of one symptom, by epoch; -1 where there is no sample.
Values symptom(const std::string &name, const std::vector<TraceSignal> &signals,
               size_t epochs) {
  Values result(epochs, -1);
  for (const TraceSignal &series : deriveSymptoms(signals, StepsPerEpoch))
    if (series.name == "baseline/symptom_" + name)
      for (size_t i = 0; i < series.steps.size(); ++i)
        result[series.steps[i] / StepsPerEpoch] = series.values[i];
  return result;
}

Values ofLoss(const std::string &name, const Values &train,
              const Values &validation = {}) {
  std::vector<TraceSignal> signals = {perStep("baseline/train_loss", train)};
  if (!validation.empty())
    signals.push_back(perEpoch("baseline/validation_loss", validation));
  return symptom(name, signals, train.size());
}

Values ofMetric(const std::string &name, const Values &train,
                const Values &validation = {}) {
  std::vector<TraceSignal> signals = {
      perEpoch("baseline/train_metric", train),
      perEpoch("baseline/validation_metric",
               validation.empty() ? train : validation)};
  return symptom(name, signals, train.size());
}

/// Of two layers' series and the first one's bias, which is not looked at.
Values ofLayers(const std::string &name, const std::string &signal,
                const Values &first, const Values &last) {
  return symptom(name,
                 {perEpoch(signal, first, "fc1.weight"),
                  perEpoch(signal, Values(first.size(), 0), "fc1.bias"),
                  perEpoch(signal, last, "fc2.weight")},
                 first.size());
}

} // namespace

TEST(Symptoms, LossesComparedWithTheEpochBefore) {
  // Published callbacks never store the value before, so these are constant
  // there.
  EXPECT_EQ(ofLoss("loss_increase", {1, 0.5, 0.6, 0.4}), (Values{-1, 0, 1, 0}));
  EXPECT_EQ(ofLoss("oscillating_loss", {1, 0.5, 0.505, 0.48}),
            (Values{-1, 1, 0, 1}));
  EXPECT_EQ(ofLoss("validation_turns_bad", {1, 0.9, 0.8, 0.795},
                   {1, 1.2, 1.205, 1.3}),
            (Values{-1, 1, 0, 0}));
  EXPECT_EQ(ofLoss("unchanged_loss", {2, 1, 1, 1, 1, 1, 1.5}),
            (Values{-1, -1, -1, -1, 0, 1, 0}));
}

TEST(Symptoms, NonfiniteAndHugeLosses) {
  EXPECT_EQ(ofLoss("nonfinite_loss", {1, NaN}, {1, 1}), (Values{0, 1}));
  EXPECT_EQ(ofLoss("nonfinite_loss", {1, 1, 1}, {1, Inf, 2e5}),
            (Values{0, 1, 1}));
  // An epoch that ends early has its symptoms, too.
  TraceSignal loss = perStep("baseline/train_loss", {1, 1});
  loss.steps.resize(6);
  loss.values.resize(6);
  loss.values[5] = Inf;
  auto all = deriveSymptoms({loss}, StepsPerEpoch);
  ASSERT_EQ(all.front().name, "baseline/symptom_nonfinite_loss");
  EXPECT_EQ(all.front().steps, (std::vector<int32_t>{3, 5}));
  EXPECT_EQ(all.front().values, (Values{0, 1}));
}

TEST(Symptoms, Metrics) {
  EXPECT_EQ(ofMetric("metric_decrease", {0.5, 0.6, 0.55}), (Values{-1, 0, 1}));
  EXPECT_EQ(ofMetric("nonfinite_metric", {0.5, NaN}, {0.5, 0.5}),
            (Values{0, 1}));
  EXPECT_EQ(ofMetric("not_converged", {0.3, 0.69, 0.71, 0.5}),
            (Values{1, 1, 0, 0}));
  EXPECT_EQ(ofMetric("slow_convergence", {0.30, 0.305, 0.309, 0.35}),
            (Values{-1, 1, 1, 0}));
  EXPECT_EQ(ofMetric("slow_convergence", {0.65, 0.655}), (Values{-1, 0}));
  EXPECT_EQ(ofMetric("slow_metric", {0.65, 0.655}, {0.5, 0.6}),
            (Values{-1, 0}));
  EXPECT_EQ(ofMetric("slow_metric", {0.65, 0.655}), (Values{-1, 1}));
  EXPECT_EQ(ofMetric("overfitting", {0.80, 0.80, 0.95, 0.95},
                     {0.72, 0.69, 0.89, 0.87}),
            (Values{0, 1, 0, 1}));
  EXPECT_EQ(ofMetric("metric_gap", {0.8, 0.8, 0.5}, {0.71, 0.69, 0.61}),
            (Values{0, 1, 1}));
  EXPECT_EQ(ofMetric("oscillating_metric", {0.5, 0.6, 0.5, 0.6, 0.5}),
            (Values{-1, -1, 1, 1, 1}));
  EXPECT_EQ(ofMetric("oscillating_metric", {0.5, 0.51, 0.50, 0.51, 0.50}),
            (Values{-1, -1, 0, 0, 0}));
  EXPECT_EQ(ofMetric("oscillating_metric", {0.5, 0.6, 0.7, 0.8}),
            (Values{-1, -1, 0, 0}));
  Values constant(21, 0.5F);
  EXPECT_EQ(ofMetric("unchanged_metric", constant)[18], -1);
  EXPECT_EQ(ofMetric("unchanged_metric", constant)[19], 1);
  constant[20] = 0.6F;
  EXPECT_EQ(ofMetric("unchanged_metric", constant)[20], 0);
}

TEST(Symptoms, GradientsOfLayers) {
  const std::string norm = "baseline/gradient_norm";
  // First over last layer, biases left out.
  EXPECT_EQ(ofLayers("exploding_gradient", norm, {71, 69}, {1, 1}),
            (Values{1, 0}));
  EXPECT_EQ(ofLayers("vanishing_gradient", norm, {9e-5F, 9e-5F, 2e-4F},
                     {1, 1e-2F, 1}),
            (Values{1, 0, 0}));
  EXPECT_EQ(ofLayers("nonfinite_gradient", norm, {1, 1}, {1, Inf}),
            (Values{0, 1}));
  EXPECT_EQ(ofLayers("small_gradient", "baseline/gradient_mean_abs", {1, 1e-8F},
                     {1, 1}),
            (Values{0, 1}));
  EXPECT_EQ(ofLayers("low_mean_gradient", "baseline/gradient_mean_abs",
                     {1e-5F, 1e-5F}, {1e-5F, 1}),
            (Values{1, 0}));
  EXPECT_EQ(ofLayers("large_gradient", "baseline/gradient_max_abs", {60, 60},
                     {60, 71}),
            (Values{0, 1}));
  EXPECT_EQ(
      symptom("dying_relu",
              {perEpoch("baseline/total_gradient_zero_share", {0.69F, 0.71F})},
              2),
      (Values{0, 1}));
}

TEST(Symptoms, ExplodingTraining) {
  auto judge = [](const Values &loss, const Values &first,
                  const Values &metric) {
    return symptom("exploding_training",
                   {perStep("baseline/train_loss", loss),
                    perEpoch("baseline/train_metric", metric),
                    perEpoch("baseline/gradient_norm", first, "a"),
                    perEpoch("baseline/gradient_norm", {1, 1}, "b")},
                   2);
  };
  EXPECT_EQ(judge({1, NaN}, {1, 1}, {0, 0}), (Values{0, 1}));
  EXPECT_EQ(judge({1, 1}, {1, 80}, {0, 0}), (Values{0, 1}));
  EXPECT_EQ(judge({1, 1}, {1, 80}, {0, 0.9F}), (Values{0, 0})) << "converged";
  EXPECT_EQ(judge({1, 2000}, {1, 1}, {0, 0}), (Values{0, 0}));
  EXPECT_EQ(judge({1, 2000}, {1, Inf}, {0.9F, 0.9F}), (Values{0, 1}));
}

TEST(Symptoms, Weights) {
  EXPECT_EQ(ofLayers("large_weight", "baseline/weight_max_abs", {4, 4}, {4, 6}),
            (Values{0, 1}));
  EXPECT_EQ(
      ofLayers("very_large_weight", "baseline/weight_max_abs", {4, 11}, {4, 6}),
      (Values{0, 1}));
  // The bias' series of zeros is constant: one of three.
  Values shares = ofLayers("constant_weight_mean", "baseline/weight_mean",
                           {1, 1, 2}, {3, 4, 4});
  EXPECT_EQ(shares[0], -1);
  EXPECT_FLOAT_EQ(shares[1], 2.F / 3);
  EXPECT_FLOAT_EQ(shares[2], 2.F / 3);
  EXPECT_EQ(
      ofLayers("constant_weight_std", "baseline/weight_std", {1, 1}, {1, 1}),
      (Values{-1, 1}));
  EXPECT_EQ(ofLayers("unchanged_weights", "baseline/weight_mean",
                     {1, 2, 2, 2, 2, 2}, {3, 3, 3, 3, 3, 3}),
            (Values{-1, -1, -1, -1, 0, 1}));
  // Standard deviations; variances of 1e-6 and 16 are out of [1e-5, 10].
  EXPECT_EQ(ofLayers("weight_variance_out_of_range", "baseline/weight_std",
                     {1, 1e-3F, 1}, {1, 1, 4}),
            (Values{0, 1, 1}));
  EXPECT_EQ(ofLayers("update_out_of_range", "optimizer/update_ratio",
                     {1e-3F, 1e-6F, 1e-3F}, {1e-3F, 1e-3F, 0.2F}),
            (Values{0, 1, 1}));
}

TEST(Symptoms, Activations) {
  auto judge = [](const char *name, const char *signal, const Values &worst) {
    return symptom(name,
                   {perEpoch(signal, Values(worst.size(), 0.1F), "a"),
                    perEpoch(signal, worst, "b")},
                   worst.size());
  };
  EXPECT_EQ(judge("dead_layer", "activation/dead_share", {0.69F, 0.71F}),
            (Values{0, 1}));
  EXPECT_EQ(
      judge("saturated_layer", "activation/saturated_share", {0.5F, 0.51F}),
      (Values{0, 1}));
}

TEST(Symptoms, WhatWasNotRecordedHasNone) {
  EXPECT_TRUE(deriveSymptoms({}, StepsPerEpoch).empty());
  for (const TraceSignal &series : deriveSymptoms(
           {perStep("baseline/train_loss", {1, 0.5})}, StepsPerEpoch))
    EXPECT_NE(series.name.find("loss"), std::string::npos) << series.name;
}
