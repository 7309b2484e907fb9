//===- PublishedPage.cpp - Our results beside the published ones ----------===//
//
// Published numbers are quoted with their source; ours come from study.json.
// Whether a claim is reproduced is decided by the intervals, in one place here.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Report.h"
#include "tools/dynfault-study/report/Tables.h"

#include <cmath>
#include <fmt/format.h>

namespace dynfault::study {
namespace {

const Json *findTask(const Json &study, const std::string &name) {
  for (const Json &task : study["tasks"])
    if (task["task"] == name)
      return &task;
  return nullptr;
}

const Json *findGap(const Json &task) {
  for (const Json &one : task["differences"])
    if (one["kind"] == "gap" && one["model"] == "logistic" &&
        one["feature_set"] == task["main_feature_set"] &&
        one["more"] == "within" && one["less"] == "held-out")
      return &one;
  return nullptr;
}

const Json *findGain(const Json &task, const std::string &set,
                     const std::string &protocol) {
  for (const Json &one : task["differences"])
    if (one["kind"] == "feature-set" && one["protocol"] == protocol &&
        one["more"] == "baseline+" + set)
      return &one;
  return nullptr;
}

std::string withInterval(const Json &difference) {
  return fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]",
                     numberOf(difference["value"]),
                     numberOf(difference["interval_95"][0]),
                     numberOf(difference["interval_95"][1]));
}

/// Whether a difference is above 0, below it, or cannot be told from it.
std::string direction(const Json &difference) {
  if (numberOf(difference["interval_95"][0]) > 0)
    return "above 0";
  return numberOf(difference["interval_95"][1]) < 0 ? "below 0"
                                                    : "not told from 0";
}

/// A transfer claim on one feature set.
std::string transferRow(const Json &study, const std::string &task,
                        const std::string &set, bool transfers) {
  const std::string claim =
      transfers ? "helps on unseen programs" : "helps on seen programs only";
  const Json *own = findTask(study, task);
  const Json *seen = own ? findGain(*own, set, "within") : nullptr;
  const Json *unseen = own ? findGain(*own, set, "held-out") : nullptr;
  if (!seen || !unseen)
    return fmt::format("| {}, {} | {} | not measured | not measured | not "
                       "measured: the table lacks the task or the feature "
                       "sets |\n",
                       task, set, claim);
  const bool seenUp = direction(*seen) == "above 0";
  const bool unseenUp = direction(*unseen) == "above 0";
  const bool agrees = transfers ? unseenUp : seenUp && !unseenUp;
  const std::string why =
      agrees ? "reproduced"
             : fmt::format("not reproduced: seen {}, unseen {}",
                           direction(*seen), direction(*unseen));
  return fmt::format("| {}, {} | {} | {} | {} | {} |\n", task, set, claim,
                     withInterval(*seen), withInterval(*unseen), why);
}

} // namespace

std::string publishedPage(const Json &study) {
  std::string out = fmt::format(
      "# Published results and ours\n\n"
      "Generated from study.json with `dynfault-study report STUDY --published "
      "FILE`. Published: S. Jahan, \"Evaluation-Strategy Gap in Fault "
      "Diagnosis of Deep Learning Programs\" (arXiv 2606.26492, 2026), 5,542 "
      "runs of 38 programs. Ours: {} runs of {} programs, table sha256 `{}`. "
      "Brackets hold 95% intervals over programs. A claim counts as "
      "reproduced where the interval lies on its side of 0 (or, for a number, "
      "holds the number).\n\n",
      study["table"]["runs"].get<int>(), study["table"]["programs"].get<int>(),
      study["table"]["sha256"].get<std::string>());
  out +=
      "## The gap\n\n| task | published | ours | verdict |\n|---|---|---|---|"
      "\n";
  for (const Json &task : study["tasks"]) {
    const Json *gap = findGap(task);
    if (!gap)
      continue;
    std::string verdict = "no published number";
    if (task["task"] == "fault-typing") {
      const double low = numberOf((*gap)["interval_95"][0]);
      const double high = numberOf((*gap)["interval_95"][1]);
      verdict =
          low <= 0.190 && 0.190 <= high
              ? "reproduced: 0.190 lies in the interval"
              : fmt::format("not reproduced: 0.190 lies {} the interval; "
                            "the gap itself is {}",
                            high < 0.190 ? "above" : "below", direction(*gap));
    }
    out +=
        fmt::format("| {} | {} | {} | {} |\n", task["task"].get<std::string>(),
                    task["task"] == "fault-typing" ? "+0.190" : "-",
                    withInterval(*gap), verdict);
  }
  out += "\n## Which features help\n\nDifference to the baseline features, "
         "balanced accuracy.\n\n| task, features | published | within | "
         "held-out | verdict |\n|---|---|---|---|---|\n";
  out += transferRow(study, "instability-triage", "curvature", true);
  out += transferRow(study, "fault-typing", "optimizer", false);
  out += transferRow(study, "fault-typing", "activation", false);
  out += "\n## Why they may differ\n\n"
         "Programs, operators and their severities are other ones; labels of "
         "instability and mismatch follow docs/feature-table.md; the symptom "
         "variables are computed as defined, several are constants in earlier "
         "code. With few programs an interval is wide, and \"not told from 0\" "
         "is no evidence for 0.\n";
  bool few = false;
  for (const Json &task : study["tasks"])
    few |= task["programs"].size() < 10;
  if (few)
    out += "\n**This table has fewer than ten programs in a task: the numbers "
           "describe these programs and decide nothing.**\n";
  return out;
}

} // namespace dynfault::study
