//===- Layout.cpp - Shared wording of the text and HTML reports -----------===//
//
// Sentences are built from the result, never from what a result usually is.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Layout.h"

#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dynfault::study {

std::string number(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.3f}", value);
}

std::string signedNumber(double value) {
  if (std::isnan(value))
    return "-";
  // A rounding error below zero is no negative result.
  return fmt::format("{:+.3f}", std::abs(value) < 5e-4 ? 0.0 : value);
}

std::string intervalText(const Interval &interval) {
  return fmt::format("[{}, {}]", number(interval.low), number(interval.high));
}

std::string signFlipText(const SignFlipResult &test, size_t programs) {
  return test.exact ? fmt::format("p = {:.3g} (exact, 2^{} sign patterns)",
                                  test.pValue, programs)
                    : fmt::format("p = {:.3g} (100,000 random sign patterns)",
                                  test.pValue);
}

std::vector<std::string> headline(const StudyResult &result) {
  std::vector<std::string> lines;
  const std::string &set = result.featureSets[result.mainSet].name;
  for (Protocol protocol : result.options.protocols)
    if (const Score *score = result.find(result.mainSet, protocol))
      lines.push_back(
          fmt::format("{}: balanced accuracy {}, 95% interval {} (chance {}).",
                      protocolName(protocol), number(score->balancedAccuracy),
                      intervalText(score->interval), number(result.chance)));
  for (const Gap &gap : result.gaps)
    if (gap.featureSet == result.mainSet)
      lines.push_back(fmt::format(
          "Gap {} minus held-out: {}, 95% interval {}; sign-flip {}.",
          protocolName(gap.seen), signedNumber(gap.value),
          intervalText(gap.interval),
          signFlipText(gap.signFlip, result.data.programs.size())));
  lines.insert(lines.begin(),
               fmt::format("Fault typing into {} classes with feature set {}.",
                           result.data.classes.size(), set));
  return lines;
}

std::vector<std::pair<std::string, std::string>>
countLines(const StudyResult &result) {
  const TaskData &data = result.data;
  const LeftOut &out = data.leftOut;
  std::vector<std::pair<std::string, std::string>> lines = {
      {"corpus", fmt::format("{} programs, {} mutants (clean ones included), "
                             "{} runs",
                             result.corpusPrograms, result.corpusMutants,
                             result.corpusRuns)},
      {"typed",
       fmt::format("{} programs, {} mutants, {} runs ({} completed, "
                   "{} diverged)",
                   data.programs.size(), data.mutants.size(), data.size(),
                   data.size() - data.divergedRuns, data.divergedRuns)}};
  for (size_t c = 0; c < data.classes.size(); ++c) {
    int runs = 0;
    for (int label : data.keys.label)
      runs += label == static_cast<int>(c);
    lines.emplace_back("  class " + data.classes[c],
                       fmt::format("{} runs", runs));
  }
  auto add = [&](const std::string &what, const std::string &count) {
    lines.emplace_back("left out: " + what, count);
  };
  add("clean", fmt::format("{} runs", out.cleanRuns));
  add("surviving", fmt::format("{} runs of {} mutants", out.survivingRuns,
                               out.survivingMutants));
  add("untested", fmt::format("{} runs of {} mutants", out.untestedRuns,
                              out.untestedMutants));
  add("other class", fmt::format("{} runs of {} mutants", out.otherClassRuns,
                                 out.otherClassMutants));
  add("failed", fmt::format("{} runs", out.failedRuns));
  add("timeout", fmt::format("{} runs", out.timeoutRuns));
  add("no features", fmt::format("{} runs", out.noFeatureRuns));
  return lines;
}

std::vector<std::string> methodLines(const StudyResult &result) {
  std::vector<std::string> lines = {
      fmt::format(
          "Protocols. within: {}-fold over runs, stratified by program and "
          "class. within-grouped: {}-fold, all seeds of one mutant on one "
          "side. held-out: each program is tested by a model that saw none of "
          "its runs.",
          result.foldsWithin, result.foldsGrouped),
      "Model: multinomial logistic regression, L2 penalty, class-balanced "
      "weights. Compression asinh(x / 1e-4) is fixed; median imputation with "
      "missing indicators, removal of constant columns, standardisation and "
      "the penalty are fitted inside each training part only. The inner folds "
      "for the penalty are over whole mutants in the within protocols and over "
      "whole programs in held-out (over mutants where fewer than three are "
      "left), so that each protocol is tuned for what it measures.",
      fmt::format(
          "Balanced accuracy is the mean recall over the classes, on the "
          "pooled out-of-fold predictions. Intervals: percentile bootstrap "
          "over programs with multiplicity, {} resamples, the same ones for "
          "everything, so gaps are paired. The sign-flip test works on each "
          "program's own difference in balanced accuracy, two-sided.",
          result.options.resamples),
      fmt::format("The main feature set is {}, fixed by its name and not by "
                  "any score.",
                  result.featureSets[result.mainSet].name)};
  return lines;
}

} // namespace dynfault::study
