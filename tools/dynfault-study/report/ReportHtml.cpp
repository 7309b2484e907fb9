//===- ReportHtml.cpp - report.html ---------------------------------------===//
//
// One file that can be mailed or archived: no scripts, no fonts, no network.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Layout.h"
#include "tools/dynfault-study/report/Svg.h"
#include "tools/dynfault-study/report/Writers.h"

#include <algorithm>
#include <fmt/format.h>

namespace dynfault::study {
namespace {

constexpr const char *styleSheet = R"css(
:root { color-scheme: light dark; --page: #fbfbf9; --ink: #1c2024;
  --soft: #565e66; --rule: #dcdfe2; --panel: #f1f2ef; --warn: #8a4b00;
  --warnpanel: #fdf3e3; --within: #1f62ad; --grouped: #0b7a62;
  --heldout: #bd4a0c; --share: #1f62ad; }
@media (prefers-color-scheme: dark) { :root { --page: #15181b; --ink: #e6e8ea;
  --soft: #a3abb3; --rule: #343a40; --panel: #1e2327; --warn: #f0b866;
  --warnpanel: #2a2318; --within: #7db4f2; --grouped: #58c9a8;
  --heldout: #f5975a; --share: #7db4f2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.2rem 1.4rem 4rem; max-width: 62rem;
  background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", "Liberation Sans", sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .5rem; }
p { margin: .4rem 0 .8rem; max-width: 46rem; }
.sub, figcaption, .note { color: var(--soft); }
.tiles { display: grid; gap: .8rem; margin: 1.4rem 0;
  grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); }
.tile { background: var(--panel); border-radius: 8px; padding: .8rem 1rem;
  border-left: 4px solid var(--rule); }
.tile b { display: block; font-size: 1.9rem; line-height: 1.25;
  font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .875rem; display: block; }
.tile.within { border-color: var(--within); }
.tile.grouped { border-color: var(--grouped); }
.tile.heldout { border-color: var(--heldout); }
.cautions { background: var(--warnpanel); border-radius: 8px;
  padding: .8rem 1.2rem; border-left: 4px solid var(--warn); }
.cautions h2 { margin: 0 0 .3rem; color: var(--warn); font-size: 1rem; }
.cautions ul { margin: 0; padding-left: 1.1rem; }
.cautions li { margin: .3rem 0; max-width: 52rem; }
figure { margin: 0; } figcaption { margin: .3rem 0 .6rem; max-width: 46rem; }
.scroll { overflow-x: auto; }
svg { display: block; max-width: none; }
svg text { fill: var(--ink); font: 13px system-ui, "Segoe UI",
  "Liberation Sans", sans-serif; }
svg .tick { fill: var(--soft); font-size: 12px; }
svg .count { font-size: 11.5px; }
svg .strong { font-weight: 650; }
svg .figure { font-variant-numeric: tabular-nums; }
svg .grid, svg .rule { stroke: var(--rule); stroke-width: 1; }
svg .chance { stroke: var(--ink); stroke-width: 1.2;
  stroke-dasharray: 4 3; }
svg .whisker { stroke-width: 2; } svg .mark { stroke: var(--page); }
svg line.within { stroke: var(--within); } svg .mark.within { fill: var(--within); }
svg line.grouped { stroke: var(--grouped); } svg .mark.grouped { fill: var(--grouped); }
svg line.heldout { stroke: var(--heldout); } svg .mark.heldout { fill: var(--heldout); }
svg .cell { fill: var(--panel); } svg .share { fill: var(--share); }
table { border-collapse: collapse; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .8rem .28rem 0; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--rule); }
th { font-weight: 600; } th.l, td.l { text-align: left; }
td.wrap { white-space: normal; }
tr.main td { font-weight: 650; }
.mono { font-family: ui-monospace, "Liberation Mono", monospace;
  font-size: .85em; overflow-wrap: anywhere; }
)css";

std::string row(const std::vector<std::string> &cells, size_t leftCells,
                const char *tag, const char *rowClass = "") {
  std::string out = *rowClass ? fmt::format("<tr class=\"{}\">", rowClass)
                              : std::string("<tr>");
  for (size_t i = 0; i < cells.size(); ++i)
    out += fmt::format("<{0}{1}>{2}</{0}>", tag,
                       i < leftCells ? " class=\"l\"" : "", escaped(cells[i]));
  return out + "</tr>\n";
}

std::string table(const std::string &rows) {
  return "<div class=\"scroll\"><table>\n" + rows + "</table></div>\n";
}

std::string figure(const std::string &caption, const std::string &svg) {
  return fmt::format("<figure><figcaption>{}</figcaption>\n"
                     "<div class=\"scroll\">{}</div></figure>\n",
                     escaped(caption), svg);
}

std::string tile(const std::string &cssClass, const std::string &name,
                 const std::string &value, const std::string &below) {
  return fmt::format("<div class=\"tile {}\"><span>{}</span><b>{}</b>"
                     "<span>{}</span></div>\n",
                     cssClass, escaped(name), escaped(value), escaped(below));
}

std::string tiles(const StudyResult &result) {
  std::string out = "<div class=\"tiles\">\n";
  for (Protocol protocol : result.options.protocols) {
    const Score &score = *result.find(result.mainSet, protocol);
    out += tile(protocolClass(protocol), protocolName(protocol),
                number(score.balancedAccuracy),
                "95%: " + intervalText(score.interval));
  }
  if (const Gap *gap = result.findGap(result.mainSet, Protocol::Within))
    out += tile("", "gap: within − held-out", signedNumber(gap->value),
                "95%: " + intervalText(gap->interval));
  return out + "</div>\n";
}

std::string cautions(const StudyResult &result) {
  if (result.cautions.empty())
    return "";
  std::string out = "<section class=\"cautions\"><h2>Before you believe these "
                    "numbers</h2><ul>\n";
  for (const std::string &caution : result.cautions)
    out += fmt::format("<li>{}</li>\n", escaped(caution));
  return out + "</ul></section>\n";
}

std::string gapTable(const StudyResult &result) {
  std::string rows = row({"feature set", "protocols", "gap", "95% interval",
                          "sign-flip p", "mean over programs"},
                         2, "th");
  for (const Gap &gap : result.gaps)
    rows += row({result.featureSets[gap.featureSet].name,
                 protocolName(gap.seen) + " − held-out",
                 signedNumber(gap.value), intervalText(gap.interval),
                 fmt::format("{:.3g}", gap.signFlip.pValue),
                 signedNumber(gap.signFlip.mean)},
                2, "td", gap.featureSet == result.mainSet ? "main" : "");
  const SignFlipResult &test = result.gaps.front().signFlip;
  return table(rows) +
         fmt::format(
             "<p class=\"note\">Two-sided sign-flip test over {} programs, {}; "
             "its least possible p-value is {:.3g}. No correction for looking "
             "at {} gaps.</p>\n",
             result.data.programs.size(),
             test.exact ? "all sign patterns" : "100,000 random sign patterns",
             test.smallestPossible, result.gaps.size());
}

std::string scoreTable(const StudyResult &result) {
  std::vector<std::string> head = {"feature set", "protocol", "bal. acc.",
                                   "accuracy",    "macro F1", "Brier",
                                   "log loss",    "ECE"};
  std::string rows = row(head, 2, "th");
  for (const Score &score : result.scores) {
    std::vector<std::string> cells = {result.featureSets[score.featureSet].name,
                                      protocolName(score.evaluation.protocol),
                                      number(score.balancedAccuracy),
                                      number(score.accuracy),
                                      number(score.macroF1),
                                      number(score.brier),
                                      number(score.logLoss),
                                      number(score.calibrationError)};
    rows +=
        row(cells, 2, "td", score.featureSet == result.mainSet ? "main" : "");
  }
  for (Protocol protocol : result.options.protocols) {
    const Score &score = *result.find(result.mainSet, protocol);
    rows += row({"majority class", protocolName(protocol),
                 number(score.majorityBalancedAccuracy),
                 number(score.majorityAccuracy), "", "", "", ""},
                2, "td");
  }
  rows +=
      row({"chance", "", number(result.chance), "", "", "", "", ""}, 2, "td");
  return table(rows);
}

std::string recallTable(const StudyResult &result) {
  std::vector<std::string> head = {"feature set", "protocol"};
  for (const std::string &name : result.data.classes)
    head.push_back(name);
  std::string rows = row(head, 2, "th");
  for (const Score &score : result.scores) {
    std::vector<std::string> cells = {result.featureSets[score.featureSet].name,
                                      protocolName(score.evaluation.protocol)};
    const Eigen::VectorXd recall = recalls(score.confusion);
    for (Eigen::Index c = 0; c < recall.size(); ++c)
      cells.push_back(number(recall(c)));
    rows +=
        row(cells, 2, "td", score.featureSet == result.mainSet ? "main" : "");
  }
  return table(rows);
}

std::string permutationTable(const StudyResult &result) {
  std::string rows =
      row({"protocol", "observed", "permuted: mean", "least", "most"}, 1, "th");
  for (const PermutationCheck &check : result.permutations) {
    double sum = 0;
    for (double value : check.values)
      sum += value;
    rows += row(
        {protocolName(check.protocol),
         number(result.find(result.mainSet, check.protocol)->balancedAccuracy),
         number(sum / static_cast<double>(check.values.size())),
         number(*std::min_element(check.values.begin(), check.values.end())),
         number(*std::max_element(check.values.begin(), check.values.end()))},
        1, "td");
  }
  return table(rows);
}

/// What the inner cross-validation chose, as counts per penalty.
std::string penaltyTable(const StudyResult &result) {
  std::vector<std::string> head = {"protocol", "inner folds over"};
  for (double strength : strengthGrid())
    head.push_back(fmt::format("{:g}", strength));
  std::string rows = row(head, 2, "th");
  for (Protocol protocol : result.options.protocols) {
    const Score &score = *result.find(result.mainSet, protocol);
    const auto &folds = score.evaluation.folds;
    std::vector<std::string> cells = {protocolName(protocol),
                                      folds.front().innerByProgram ? "programs"
                                                                   : "mutants"};
    for (double strength : strengthGrid())
      cells.push_back(fmt::format(
          "{}", std::count_if(folds.begin(), folds.end(), [&](const auto &f) {
            return f.strength == strength;
          })));
    rows += row(cells, 2, "td");
  }
  return table(rows);
}

} // namespace

std::string reportHtml(const StudyResult &result) {
  const TaskData &data = result.data;
  const std::string &set = result.featureSets[result.mainSet].name;
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<title>Fault typing on {}</title>\n"
      "<style>{}</style></head><body>\n",
      escaped(result.corpusFile), styleSheet);
  out += fmt::format(
      "<h1>Fault typing: seen and unseen programs</h1>\n"
      "<p class=\"sub\">{} runs of {} mutants of {} programs, {} classes, "
      "corpus <span class=\"mono\">{}</span>. Balanced accuracy with feature "
      "set <b>{}</b>; chance is {}.</p>\n",
      data.size(), data.mutants.size(), data.programs.size(),
      data.classes.size(), escaped(result.corpusFile), escaped(set),
      number(result.chance));
  out += tiles(result);
  out += cautions(result);

  out += "<h2>Scores by feature set</h2>\n";
  out += figure("Balanced accuracy on pooled out-of-fold predictions, with 95% "
                "intervals over programs. The bold row is the main feature "
                "set.",
                scorePlot(result));
  if (!result.gaps.empty())
    out += "<h2>Gap between seen and unseen programs</h2>\n" + gapTable(result);

  out += fmt::format("<h2>What is taken for what, feature set {}</h2>\n",
                     escaped(set));
  out += figure("Share of each true class (row) that gets each predicted class "
                "(column), and the number of runs below it.",
                confusionPlot(result));
  out += fmt::format("<h2>Program by program, feature set {}</h2>\n",
                     escaped(set));
  out +=
      figure(fmt::format("Balanced accuracy over the classes that occur in the "
                         "program, sorted by {}.",
                         protocolName(result.options.protocols.back())),
             programPlot(result));

  out += "<h2>All scores</h2>\n" + scoreTable(result);
  out += "<h2>Recall of each class</h2>\n" + recallTable(result);
  if (!result.permutations.empty())
    out += fmt::format("<h2>Labels permuted within programs</h2>\n<p>{} "
                       "permutations, feature set {}. Permuted labels carry "
                       "nothing, so their scores belong around chance ({}); "
                       "more would show a leak.</p>\n",
                       result.options.permutations, escaped(set),
                       number(result.chance)) +
           permutationTable(result);

  out += "<h2>Runs</h2>\n";
  std::string rows;
  for (const auto &line : countLines(result))
    rows += row({line.first, line.second}, 2, "td");
  out += table(rows);
  out += "<h2>Method</h2>\n";
  for (const std::string &line : methodLines(result))
    out += fmt::format("<p>{}</p>\n", escaped(line));
  out += fmt::format("<p>Number of outer folds by chosen L2 strength, feature "
                     "set {}:</p>\n",
                     escaped(set)) +
         penaltyTable(result);
  out += fmt::format(
      "<p class=\"note\">Corpus sha256 <span class=\"mono\">{}</span>, seed "
      "{}, dynfault {}. Every prediction is in <span "
      "class=\"mono\">predictions.csv</span>, every number in <span "
      "class=\"mono\">results.json</span>.</p>\n</body></html>\n",
      result.corpusSha256, result.options.seed, DYNFAULT_VERSION);
  return out;
}

} // namespace dynfault::study
