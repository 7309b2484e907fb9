//===- Page.cpp - report.html ---------------------------------------------===//
//
// One file that can be mailed or archived: no fonts, no network, and a script
// of a few lines that does nothing but sort tables.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Report.h"
#include "tools/dynfault-study/report/Svg.h"
#include "tools/dynfault-study/report/Tables.h"

#include <cmath>
#include <fmt/format.h>

namespace dynfault::study {
namespace {

constexpr const char *pageStyle = R"css(
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.2rem 1.4rem 4rem; max-width: 66rem;
  background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", "Liberation Sans", sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.4rem; margin: 3.4rem 0 .5rem; padding-top: .9rem;
  border-top: 2px solid var(--rule); }
h3 { font-size: 1.08rem; margin: 2rem 0 .4rem; }
p { margin: .4rem 0 .8rem; max-width: 46rem; }
a { color: var(--within); }
nav { margin: 1rem 0; } nav a { margin-right: 1.1rem; display: inline-block; }
.sub, figcaption, .note { color: var(--soft); }
.tiles { display: grid; gap: .8rem; margin: 1.2rem 0;
  grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); }
.tile { background: var(--panel); border-radius: 8px; padding: .8rem 1rem;
  border-left: 4px solid var(--rule); }
.tile b { display: block; font-size: 1.7rem; line-height: 1.25;
  font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .875rem; display: block; }
.tile.within { border-color: var(--within); }
.tile.heldout { border-color: var(--heldout); }
.cautions { background: var(--warnpanel); border-radius: 8px;
  padding: .8rem 1.2rem; border-left: 4px solid var(--warn); }
.cautions h3 { margin: 0 0 .3rem; color: var(--warn); font-size: 1rem; }
.cautions ul { margin: 0; padding-left: 1.1rem; }
.cautions li { margin: .3rem 0; max-width: 52rem; }
figure { margin: 0; } figcaption { margin: .3rem 0 .6rem; max-width: 46rem; }
.scroll { overflow-x: auto; } .scroll:has(table) { max-height: 34rem; }
svg { display: block; max-width: none; }
table { border-collapse: collapse; font-size: .875rem;
  font-variant-numeric: tabular-nums; }
th, td { padding: .26rem .8rem .26rem 0; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--rule); }
th { font-weight: 600; cursor: pointer; position: sticky; top: 0;
  background: var(--page); }
th:hover, th:focus { text-decoration: underline; }
th[aria-sort=ascending]::after { content: " \25B2"; font-size: .7em; }
th[aria-sort=descending]::after { content: " \25BC"; font-size: .7em; }
th.l, td.l { text-align: left; }
td:nth-child(2).l { white-space: normal; min-width: 7rem; }
details { margin: .6rem 0; } summary { cursor: pointer; font-weight: 600; }
.mono { font-family: ui-monospace, "Liberation Mono", monospace;
  font-size: .85em; overflow-wrap: anywhere; }
@media (max-width: 500px) { body { padding: 1.2rem .8rem 3rem; }
  h1 { font-size: 1.4rem; } .tile b { font-size: 1.4rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  figure svg { width: 35rem; height: auto; } }
)css";

constexpr const char *sortScript = R"js(
document.querySelectorAll("table.sortable").forEach(function (table) {
  var heads = table.tHead.rows[0].cells;
  function sort(index) {
    var head = heads[index];
    var up = head.getAttribute("aria-sort") !== "ascending";
    for (var i = 0; i < heads.length; ++i) heads[i].removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    function key(row) {
      var cell = row.cells[index], value = cell.getAttribute("data-value");
      return value === null ? cell.textContent : parseFloat(value);
    }
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    rows.sort(function (a, b) {
      var x = key(a), y = key(b), order;
      if (typeof x === typeof y) order = x < y ? -1 : x > y ? 1 : 0;
      else return typeof x === "number" ? -1 : 1;
      return up ? order : -order;
    });
    rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
  }
  Array.prototype.forEach.call(heads, function (head, index) {
    head.addEventListener("click", function () { sort(index); });
    head.addEventListener("keydown", function (event) {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        sort(index);
      }
    });
  });
});
)js";

std::string paragraph(const std::string &text, const char *cssClass = "") {
  return fmt::format("<p{}>{}</p>\n",
                     *cssClass ? fmt::format(" class=\"{}\"", cssClass) : "",
                     escaped(text));
}

std::string figure(const std::string &caption, const std::string &svg) {
  if (svg.empty())
    return "";
  return fmt::format("<figure><figcaption>{}</figcaption>\n"
                     "<div class=\"scroll\">{}</div></figure>\n",
                     escaped(caption), svg);
}

std::string folded(const std::string &summary, const std::string &content) {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n",
                     escaped(summary), content);
}

std::string tile(const std::string &cssClass, const std::string &name,
                 const std::string &value, const std::string &below) {
  return fmt::format("<div class=\"tile {}\"><span>{}</span><b>{}</b>"
                     "<span>{}</span></div>\n",
                     cssClass, escaped(name), escaped(value), escaped(below));
}

std::string intervalText(const Json &interval) {
  return fmt::format("95%: [{}, {}]", cellText(interval[0]),
                     cellText(interval[1]));
}

std::string tiles(const Json &task) {
  const std::string set = task["main_feature_set"];
  std::string out = "<div class=\"tiles\">\n";
  const Json *within = findScore(task, set, "within");
  const Json *heldOut = findScore(task, set, "held-out");
  if (within)
    out += tile("within", "seen programs (within)",
                cellText((*within)["balanced_accuracy"]),
                intervalText((*within)["interval_95"]));
  if (heldOut)
    out += tile("heldout", "unseen programs (held-out)",
                cellText((*heldOut)["balanced_accuracy"]),
                intervalText((*heldOut)["interval_95"]));
  for (const Json &gap : task["differences"])
    if (gap["kind"] == "gap" && gap["feature_set"] == set &&
        gap["model"] == "logistic" && gap["more"] == "within" &&
        gap["less"] == "held-out")
      out += tile("", "gap", cellText(gap["value"]),
                  intervalText(gap["interval_95"]));
  return out +
         tile("", "chance", cellText(task["chance"]),
              fmt::format("{} classes", task["classes"].size())) +
         "</div>\n";
}

std::string cautions(const Json &task) {
  if (task["cautions"].empty())
    return "";
  std::string out = "<section class=\"cautions\"><h3>Before you believe these "
                    "numbers</h3><ul>\n";
  for (const Json &caution : task["cautions"])
    out += fmt::format("<li>{}</li>\n", escaped(caution));
  return out + "</ul></section>\n";
}

std::string countText(const Json &task) {
  const Json &counts = task["counts"];
  std::string classes, left;
  for (const auto &entry : counts["runs_per_class"].items())
    classes += fmt::format("{}{} {}", classes.empty() ? "" : ", ", entry.key(),
                           entry.value().get<int>());
  for (const auto &entry : counts["runs_left_out"].items())
    left += fmt::format("{}{} {}", left.empty() ? "" : ", ", entry.key(),
                        entry.value().get<int>());
  return fmt::format(
      "{} runs of {} mutants of {} programs: {}. {} of them diverged. Left "
      "out: {}.",
      counts["runs"].get<int>(), counts["mutants"].get<int>(),
      task["programs"].size(), classes, counts["diverged_runs"].get<int>(),
      left.empty() ? "none" : left);
}

std::string sources(const Json &task) {
  if (!task.contains("sources"))
    return "";
  std::string out = "<h3>Where the gap comes from</h3>\n";
  out += paragraph(
      "If features mostly say which program a run is of, a model can learn "
      "programs in place of faults. How well the program is recognised from "
      "runs of other mutants:");
  out += identityTable(task).html();
  out +=
      figure("Share of each feature's variance that lies between programs. A "
             "feature near 1 says little but the program.",
             variancePlot(task));
  const Json &centred = task["sources"]["centred"];
  out += paragraph(fmt::format(
      "With each program's mean taken off every feature: within {}, held-out "
      "{}, gap {} ({}).",
      cellText(centred["within"]), cellText(centred["held_out"]),
      cellText(centred["gap"]["value"]),
      intervalText(centred["gap"]["interval_95"])));
  out += figure("Held-out score over the number of training programs, mean of "
                "the draws, fixed penalty. A curve that still rises says that "
                "more programs would help.",
                curvePlot(task));
  if (!task["sources"]["label_permutation"].empty())
    out += paragraph(fmt::format(
               "With labels permuted among the runs of each program, all that "
               "is left to learn is how often a program has each class. So "
               "within belongs below {}. Held-out is then around chance ({}) "
               "and below {}, unless the features tell how often an unseen "
               "program has each class; permuted among all programs it "
               "belongs there in any case, and more would be a leak. Permuted "
               "among mutants, whose "
               "seeds stay together, within-grouped belongs below {} as well; "
               "what within has above it comes from recognising a mutant's "
               "other seeds.",
               cellText(task["sources"]["permutation_limit"]["within"]),
               cellText(task["chance"]),
               cellText(task["sources"]["permutation_limit"]["held_out"]),
               cellText(task["sources"]["permutation_limit"]["within"]))) +
           permutationTable(task).html();
  if (!task["sources"]["thresholds"].empty())
    out += paragraph("The labels of this task hang on thresholds. The same "
                     "with other ones:") +
           thresholdTable(task).html();
  return out + folded("Every feature's share of variance",
                      varianceTable(task).html());
}

std::string closing(const Json &task) {
  if (!task.contains("closing"))
    return "";
  std::string out =
      "<h3>How far the gap can be closed</h3>\n" +
      paragraph(
          "A method that lowers both scores closes the gap as well: read the "
          "gap that is closed beside the score that is kept. Methods that need "
          "the unseen program's unlabelled runs (transductive) claim less than "
          "those that need one clean run of it (inductive) or nothing. "
          "Parameters are chosen on programs left out inside the training "
          "part; no method is chosen by its held-out score.") +
      figure("Within and held-out score of each method; intervals are of the "
             "held-out score.",
             closingPlot(task)) +
      closingTable(task).html();
  for (const Json &one : task["closing"]["excluded"])
    out += paragraph(fmt::format("Left out: {}, because {}.",
                                 one["method"].get<std::string>(),
                                 one["excluded"].get<std::string>()),
                     "note");
  return out;
}

/// What a task asks, for a reader who meets it for the first time.
std::string question(const Json &task) {
  const std::string name = task["task"];
  if (name == "fault-typing") {
    const Json classes = {"data", "model", "objective", "optimization"};
    return task["classes"] == classes
               ? "Which kind of fault is in the program? data: labels, inputs "
                 "and their preparation; model: layers, activations, initial "
                 "weights; objective: loss and regularisation; optimization: "
                 "optimizer, learning rate, batches, schedule."
               : "Which class is the run of?";
  }
  if (name == "fault-detection")
    return "Is there a fault in the program at all?";
  if (name == "instability-triage")
    return "Will the rest of the run be unstable? Told from the first 30% of "
           "the planned steps.";
  if (name == "train-validation-mismatch")
    return "Do training and validation agree, or does the run over-fit or "
           "under-fit? Told without any validation signal.";
  return "";
}

std::string section(const Json &task) {
  const std::string name = task["task"];
  const std::string set = task["main_feature_set"];
  std::string out = fmt::format("<h2 id=\"{0}\">{0}</h2>\n", escaped(name)) +
                    paragraph(question(task)) +
                    paragraph(countText(task), "sub") + tiles(task) +
                    cautions(task);
  out += "<h3>Scores by feature set</h3>\n" +
         figure("Balanced accuracy of the logistic regression on pooled "
                "out-of-fold predictions, with 95% intervals over programs. "
                "The bold row is the main feature set.",
                scorePlot(task));
  for (const Json &one : task["excluded_protocols"])
    out += paragraph(fmt::format("Protocol {} is left out: {}.",
                                 one["protocol"].get<std::string>(),
                                 one["reason"].get<std::string>()),
                     "note");
  out += "<h3>What is taken for what</h3>\n" +
         figure("Share of each true class (row) that gets each predicted class "
                "(column), and the number of runs below it. Feature set " +
                    set + ".",
                confusionPlot(task));
  if (const std::string plot = programPlot(task); !plot.empty())
    out +=
        "<h3>Program by program</h3>\n" +
        figure("Balanced accuracy over the classes that occur in the program, "
               "sorted by held-out.",
               plot);
  out +=
      "<h3>Can the probabilities be believed?</h3>\n" +
      figure("On the diagonal, what is said with probability p is right with "
             "probability p; below it the model is too sure. Bins with fewer "
             "than five runs are not drawn.",
             reliabilityPlot(task));
  out += sources(task) + closing(task);
  if (task.contains("rule_based_detectors"))
    out += "<h3>Rule-based detectors</h3>\n" +
           paragraph("Threshold rules learn nothing, so they have no gap.") +
           detectorTable(task).html();
  out += "<h3>All numbers</h3>\n" +
         paragraph("A click on a column's head sorts.", "note") +
         folded("Scores of every feature set, model and protocol",
                scoreTable(task).html()) +
         folded("Gaps and differences between feature sets, with tests",
                differenceTable(task).html()) +
         folded("Recall of each class", recallTable(task).html());
  return out;
}

bool hasGap(const Json &study) {
  for (const Json &task : study["tasks"])
    for (const Json &one : task["differences"])
      if (one["kind"] == "gap")
        return true;
  return false;
}

std::string method(const Json &study) {
  const Json &configuration = study["configuration"];
  std::string out = "<h2 id=\"method\">Method</h2>\n";
  out += paragraph(
      "Protocols. within: folds over runs, stratified by program and class, so "
      "every program is on both sides. within-grouped: all seeds of one mutant "
      "on one side. held-out: each program is tested by a model that saw none "
      "of its runs; held-out-dataset and held-out-family leave out everything "
      "that shares its data or its architecture family.");
  out += paragraph(
      "Main model: multinomial logistic regression, L2 penalty, class-balanced "
      "weights. Compression asinh(x / 1e-4) is fixed; median imputation with "
      "missing indicators, removal of constant columns, standardisation and "
      "the penalty are fitted inside each training part only. Ridge as a "
      "second linear model; k-nearest, tree and forest as DeepFD, forest-200 "
      "as DEFault uses them, on the baseline features.");
  out += paragraph(fmt::format(
      "Balanced accuracy is the mean recall over the classes, on pooled "
      "out-of-fold predictions. Intervals: percentile bootstrap over programs "
      "with multiplicity, {} resamples, the same ones for everything, so "
      "differences are paired. p: two-sided sign-flip test on each program's "
      "own difference; p (Holm) is corrected for all comparisons of the task.",
      configuration["resamples"].get<int>()));
  out += paragraph(
      fmt::format(
          "Table: {} runs of {} mutants of {} programs, sha256 {}. Seed {}, "
          "dynfault {}.",
          study["table"]["runs"].get<int>(),
          study["table"]["mutants"].get<int>(),
          study["table"]["programs"].get<int>(),
          study["table"]["sha256"].get<std::string>(),
          configuration["seed"].get<uint64_t>(),
          study["version"].get<std::string>()),
      "note mono");
  return out;
}

} // namespace

std::string reportPage(const Json &study) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<title>Fault diagnosis on seen and unseen "
      "programs</title>\n<style>{}{}</style></head><body>\n",
      plotStyle, pageStyle);
  out += fmt::format(
      "<h1>Fault diagnosis on seen and unseen programs</h1>\n"
      "<p class=\"sub\">Deep learning programs with injected faults were "
      "trained and traced. A model learns to tell from a trace what is wrong. "
      "Here it is tested twice: on runs of programs that it has seen in "
      "training, and on programs that it has not. The difference is the "
      "gap. {} runs of {} programs.</p>\n<nav>",
      study["table"]["runs"].get<int>(), study["table"]["programs"].get<int>());
  for (const Json &task : study["tasks"])
    out += fmt::format("<a href=\"#{0}\">{0}</a>",
                       escaped(task["task"].get<std::string>()));
  out += "<a href=\"#method\">method</a></nav>\n";
  out += paragraph("A mutant is a program with one injected fault. Each is "
                   "trained with several seeds; a run is one such training. A "
                   "mutant is killed where its effect is statistically visible "
                   "beside the clean program. Balanced accuracy is the mean "
                   "share of runs told right, class by class; chance is 1 over "
                   "the number of classes.",
                   "note");
  if (hasGap(study))
    out +=
        "<h3>The gap, task by task</h3>\n" +
        figure("Balanced accuracy within minus held-out of each feature set, "
               "with 95% intervals over programs. Right of the dashed line: "
               "worse on unseen programs. The bold row is the main set.",
               gapPlot(study));
  for (const Json &task : study["tasks"]) {
    std::string all;
    for (const std::string &line : headline(task))
      all += (all.empty() ? "" : " ") + line;
    out += paragraph(all);
  }
  for (const Json &one : study["excluded_tasks"])
    out += paragraph(fmt::format("Task {} is left out: {}",
                                 one["task"].get<std::string>(),
                                 one["reason"].get<std::string>()),
                     "note");
  for (const Json &name : study["table"]["columns_left_out"])
    out += paragraph(fmt::format("Column {} is no number and is left out.",
                                 name.get<std::string>()),
                     "note");
  for (const Json &task : study["tasks"])
    out += section(task);
  return out + method(study) + "<script>" + sortScript +
         "</script>\n</body></html>\n";
}

} // namespace dynfault::study
