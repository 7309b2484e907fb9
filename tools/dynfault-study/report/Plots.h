//===- Plots.h - The report's plots -----------------------------*- C++ -*-===//
//
// Each is a pure function of study.json (its root or one entry of `tasks`) and
// returns an SVG element.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_REPORT_PLOTS_H
#define DYNFAULT_STUDY_REPORT_PLOTS_H

#include <nlohmann/json.hpp>
#include <string>

namespace dynfault::study {

using Json = nlohmann::ordered_json;

/// Gap within minus held-out of each task and feature set, with intervals.
std::string gapPlot(const Json &study);

/// Balanced accuracy of each feature set under each protocol, with intervals.
std::string scorePlot(const Json &task);

/// Balanced accuracy of each program, within and held-out, main feature set.
std::string programPlot(const Json &task);

/// Confusion matrices of the main feature set, one per protocol.
std::string confusionPlot(const Json &task);

/// Held-out balanced accuracy over the number of training programs.
std::string curvePlot(const Json &task);

/// Distribution of the features' shares of variance between programs, by set.
std::string variancePlot(const Json &task);

/// Accuracy over confidence, within and held-out, main feature set.
std::string reliabilityPlot(const Json &task);

/// Gap and held-out score of each method that closes the gap.
std::string closingPlot(const Json &task);

/// The main model's scores for a feature set and protocol, or null.
const Json *findScore(const Json &task, const std::string &featureSet,
                      const std::string &protocol,
                      const std::string &model = "logistic");

/// A number that may be null (NaN then).
double numberOf(const Json &value);

} // namespace dynfault::study

#endif
