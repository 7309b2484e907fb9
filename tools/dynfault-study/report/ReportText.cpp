//===- ReportText.cpp - report.txt ----------------------------------------===//
//
// The result first, then how far to believe it, then the tables.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Layout.h"
#include "tools/dynfault-study/report/Writers.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace dynfault::study {
namespace {

std::string heading(const std::string &text) {
  return fmt::format("\n{}\n{}\n", text, std::string(text.size(), '-'));
}

/// Breaks at blanks to at most 96 columns; further lines are indented as the
/// first one's text is.
std::string wrapped(const std::string &text, size_t indent) {
  std::string out;
  std::string line(indent, ' ');
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (line.size() > indent && line.size() + 1 + word.size() > 96) {
      out += line + "\n";
      line.assign(indent, ' ');
    }
    if (line.size() > indent)
      line += ' ';
    line += word;
    begin = end + 1;
  }
  return out + line + "\n";
}

std::string scoreTable(const StudyResult &result) {
  size_t width = 11;
  for (const FeatureSet &set : result.featureSets)
    width = std::max(width, set.name.size());
  std::string out = fmt::format(
      "{:<{}}  {:<14}  {:>8}  {:<14}  {:>8}  {:>8}  {:>6}  {:>8}  {:>6}\n",
      "feature set", width, "protocol", "bal.acc.", "95% interval", "accuracy",
      "macro F1", "Brier", "log loss", "ECE");
  for (const Score &score : result.scores)
    out += fmt::format(
        "{:<{}}  {:<14}  {:>8}  {:<14}  {:>8}  {:>8}  {:>6}  {:>8}  {:>6}\n",
        result.featureSets[score.featureSet].name, width,
        protocolName(score.evaluation.protocol), number(score.balancedAccuracy),
        intervalText(score.interval), number(score.accuracy),
        number(score.macroF1), number(score.brier), number(score.logLoss),
        number(score.calibrationError));
  for (Protocol protocol : result.options.protocols)
    if (const Score *score = result.find(result.mainSet, protocol))
      out += fmt::format("{:<{}}  {:<14}  {:>8}  {:<14}  {:>8}\n", "(majority)",
                         width, protocolName(protocol),
                         number(score->majorityBalancedAccuracy), "",
                         number(score->majorityAccuracy));
  return out + fmt::format("{:<{}}  {:<14}  {:>8}\n", "(chance)", width, "",
                           number(result.chance));
}

std::string gapTable(const StudyResult &result) {
  size_t width = 11;
  for (const FeatureSet &set : result.featureSets)
    width = std::max(width, set.name.size());
  std::string out =
      fmt::format("{:<{}}  {:<25}  {:>6}  {:<16}  {}\n", "feature set", width,
                  "protocols", "gap", "95% interval", "sign-flip test");
  for (const Gap &gap : result.gaps)
    out += fmt::format("{:<{}}  {:<25}  {:>6}  {:<16}  {}\n",
                       result.featureSets[gap.featureSet].name, width,
                       protocolName(gap.seen) + " - held-out",
                       signedNumber(gap.value), intervalText(gap.interval),
                       signFlipText(gap.signFlip, result.data.programs.size()));
  return out;
}

std::string confusionTable(const StudyResult &result, const Score &score) {
  const auto &classes = result.data.classes;
  size_t width = 8;
  for (const std::string &name : classes)
    width = std::max(width, name.size());
  const Eigen::VectorXd recall = recalls(score.confusion);
  std::string out =
      fmt::format("\n{}: rows are the true class, columns the predicted one\n"
                  "{:<{}}",
                  protocolName(score.evaluation.protocol), "", width);
  for (const std::string &name : classes)
    out += fmt::format("  {:>{}}", name, width);
  out += fmt::format("  {:>6}\n", "recall");
  for (size_t r = 0; r < classes.size(); ++r) {
    out += fmt::format("{:<{}}", classes[r], width);
    const auto row = static_cast<Eigen::Index>(r);
    for (Eigen::Index c = 0; c < score.confusion.cols(); ++c)
      out += fmt::format("  {:>{}.0f}", score.confusion(row, c), width);
    out += fmt::format("  {:>6}\n", number(recall(row)));
  }
  return out;
}

std::string programTable(const StudyResult &result) {
  const TaskData &data = result.data;
  size_t width = 7;
  for (const std::string &name : data.programs)
    width = std::max(width, name.size());
  std::string out = fmt::format("{:<{}}  {:>5}", "program", width, "runs");
  for (Protocol protocol : result.options.protocols)
    out += fmt::format("  {:>14}", protocolName(protocol));
  out += '\n';
  for (size_t p = 0; p < data.programs.size(); ++p) {
    const auto runs = std::count(data.keys.program.begin(),
                                 data.keys.program.end(), static_cast<int>(p));
    out += fmt::format("{:<{}}  {:>5}", data.programs[p], width, runs);
    for (Protocol protocol : result.options.protocols)
      if (const Score *score = result.find(result.mainSet, protocol))
        out += fmt::format("  {:>14}",
                           number(balancedAccuracy(score->perProgram[p])));
    out += '\n';
  }
  return out;
}

std::string permutationTable(const StudyResult &result) {
  std::string out =
      fmt::format("{:<14}  {:>8}  {:>14}  {:>7}  {:>7}\n", "protocol",
                  "observed", "permuted mean", "least", "most");
  for (const PermutationCheck &check : result.permutations) {
    double sum = 0;
    for (double value : check.values)
      sum += value;
    out += fmt::format(
        "{:<14}  {:>8}  {:>14}  {:>7}  {:>7}\n", protocolName(check.protocol),
        number(result.find(result.mainSet, check.protocol)->balancedAccuracy),
        number(sum / static_cast<double>(check.values.size())),
        number(*std::min_element(check.values.begin(), check.values.end())),
        number(*std::max_element(check.values.begin(), check.values.end())));
  }
  return out;
}

} // namespace

std::string reportText(const StudyResult &result) {
  std::string out =
      "dynfault-study: fault typing\n============================\n\n";
  for (const std::string &line : headline(result))
    out += wrapped(line, 0);
  if (!result.cautions.empty()) {
    out += heading("Cautions");
    for (const std::string &caution : result.cautions)
      out += "*" + wrapped(caution, 2).substr(1);
  }
  out += heading("Runs");
  for (const auto &line : countLines(result))
    out += fmt::format("{:<24}{}\n", line.first, line.second);
  out += heading("Scores");
  out += scoreTable(result);
  if (!result.gaps.empty()) {
    out += heading("Gap between seen and unseen programs");
    out += gapTable(result);
  }
  const std::string set = result.featureSets[result.mainSet].name;
  out += heading(fmt::format("Confusion matrices, feature set {}", set));
  for (Protocol protocol : result.options.protocols)
    if (const Score *score = result.find(result.mainSet, protocol))
      out += confusionTable(result, *score);
  out += heading(
      fmt::format("Balanced accuracy of each program, feature set {}", set));
  out += programTable(result);
  if (!result.permutations.empty()) {
    out += heading(fmt::format(
        "Label permutation within programs, feature set {}, {} permutations",
        set, result.options.permutations));
    out += permutationTable(result);
    out += wrapped("Permuted labels carry nothing, so their scores belong "
                   "around chance; more would show a leak.",
                   0);
  }
  out += heading("Method");
  for (const std::string &line : methodLines(result))
    out += wrapped(line, 0) + "\n";
  out += fmt::format("Corpus {} (sha256 {}), seed {}, dynfault {}.\n",
                     result.corpusFile, result.corpusSha256,
                     result.options.seed, DYNFAULT_VERSION);
  return out;
}

} // namespace dynfault::study
