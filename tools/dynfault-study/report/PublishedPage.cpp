//===- PublishedPage.cpp - Our results beside the published ones ----------===//
//
// Published numbers are quoted with their source; ours come from study.json.
// Whether a claim is reproduced is decided by the intervals alone, by the rule
// that the page states.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Report.h"
#include "tools/dynfault-study/report/Tables.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace dynfault::study {
namespace {

/// Gap of fault typing in S. Jahan (arXiv 2606.26492).
constexpr double publishedGap = 0.190;
/// A difference that is smaller counts as none.
constexpr double margin = 0.02;
/// Of fewer programs nothing is said.
constexpr size_t fewPrograms = 10;

const Json *findTask(const Json &study, const std::string &name) {
  for (const Json &task : study["tasks"])
    if (task["task"] == name)
      return &task;
  return nullptr;
}

const Json *findGap(const Json &task, const std::string &set,
                    const std::string &model, const std::string &seen) {
  for (const Json &one : task["differences"])
    if (one["kind"] == "gap" && one["model"] == model &&
        one["feature_set"] == set && one["more"] == seen &&
        one["less"] == "held-out")
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

double lowOf(const Json &one) { return numberOf(one["interval_95"][0]); }
double highOf(const Json &one) { return numberOf(one["interval_95"][1]); }

std::string differenceText(const Json *one) {
  if (!one)
    return "not measured";
  return fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]", numberOf((*one)["value"]),
                     lowOf(*one), highOf(*one));
}

std::string scoreText(const Json *score) {
  if (!score)
    return "not measured";
  return fmt::format("{:.3f} [{:.3f}, {:.3f}]",
                     numberOf((*score)["balanced_accuracy"]), lowOf(*score),
                     highOf(*score));
}

enum class Answer { Yes, No, CannotTell };

Answer isAboveZero(const Json &one) {
  if (lowOf(one) > 0)
    return Answer::Yes;
  return highOf(one) < margin ? Answer::No : Answer::CannotTell;
}

Answer isNoHelp(const Json &one) {
  if (lowOf(one) > 0)
    return Answer::No;
  return highOf(one) < margin ? Answer::Yes : Answer::CannotTell;
}

std::string verdictOf(Answer answer) {
  switch (answer) {
  case Answer::Yes:
    return "reproduced";
  case Answer::No:
    return "not reproduced";
  case Answer::CannotTell:
    return "cannot tell";
  }
  return "";
}

bool hasFewPrograms(const Json &task) {
  return task["programs"].size() < fewPrograms;
}

std::string gapVerdict(const Json &task, const Json *gap) {
  if (!gap)
    return "cannot tell: not measured";
  if (hasFewPrograms(task))
    return "cannot tell: fewer than ten programs";
  const double low = lowOf(*gap), high = highOf(*gap);
  if (publishedGap < low)
    return verdictOf(Answer::No) + ": ours is larger";
  if (publishedGap > high)
    return verdictOf(Answer::No) + ": ours is smaller";
  return low > 0 ? verdictOf(Answer::Yes)
                 : "cannot tell: the interval holds 0 as well";
}

/// A claim on what a feature set adds to the baseline features.
std::string transferRow(const Json &study, const std::string &name,
                        const std::string &set, bool transfers) {
  const Json *task = findTask(study, name);
  const Json *seen = task ? findGain(*task, set, "within") : nullptr;
  const Json *unseen = task ? findGain(*task, set, "held-out") : nullptr;
  std::string verdict = "cannot tell: not measured";
  if (task && seen && unseen && hasFewPrograms(*task)) {
    verdict = "cannot tell: fewer than ten programs";
  } else if (seen && unseen) {
    Answer answer = isAboveZero(*unseen);
    if (!transfers) {
      const Answer onSeen = isAboveZero(*seen);
      const Answer onUnseen = isNoHelp(*unseen);
      answer = onSeen == Answer::Yes && onUnseen == Answer::Yes ? Answer::Yes
               : onSeen == Answer::No || onUnseen == Answer::No
                   ? Answer::No
                   : Answer::CannotTell;
    }
    verdict = verdictOf(answer);
  }
  return fmt::format("| {} features, {} | {} | {} | {} | {} |\n", set, name,
                     transfers ? "help on unseen programs"
                               : "help on seen programs only",
                     differenceText(seen), differenceText(unseen), verdict);
}

std::string gapSection(const Json &study) {
  std::string out =
      "\n## The gap\n\nBalanced accuracy on programs that the model has seen "
      "(within) less the one on programs that it has not (held-out); "
      "multinomial logistic regression on the main feature set.\n\n"
      "| task | within | held-out | gap | published gap | verdict |\n"
      "|---|---|---|---|---|---|\n";
  for (const Json &task : study["tasks"]) {
    const std::string name = task["task"];
    const std::string set = task["main_feature_set"];
    const Json *gap = findGap(task, set, "logistic", "within");
    const bool claimed = name == "fault-typing";
    out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", name,
                       scoreText(findScore(task, set, "within")),
                       scoreText(findScore(task, set, "held-out")),
                       differenceText(gap),
                       claimed ? fmt::format("{:+.3f}", publishedGap) : "none",
                       claimed ? gapVerdict(task, gap) : "-");
  }
  if (!findTask(study, "fault-typing"))
    out += fmt::format("| fault-typing | not measured | not measured | not "
                       "measured | {:+.3f} | cannot tell: not measured |\n",
                       publishedGap);
  return out;
}

/// What the study says about the origin of its own gap.
std::string originSection(const Json &study) {
  std::string rows;
  for (const Json &task : study["tasks"]) {
    if (!task.contains("sources"))
      continue;
    const std::string set = task["main_feature_set"];
    rows += fmt::format(
        "| {} | {} | {} | {} |\n", task["task"].get<std::string>(),
        differenceText(findGap(task, set, "logistic", "within")),
        differenceText(findGap(task, set, "logistic", "within-grouped")),
        differenceText(&task["sources"]["centred"]["gap"]));
  }
  if (rows.empty())
    return "";
  return "\n## What our gap is made of\n\nThe gap; the gap where all seeds of "
         "a mutant stay on one side of within (what is missing to the first "
         "column is the recognition of a mutant by its other seeds); the gap "
         "after each program's mean is taken off every feature (what is "
         "missing is the programs' own levels). In fault detection the clean "
         "runs of a program are kept together as a mutant's are: they are "
         "diagnosed without any clean run of their program, which is harder "
         "than held-out.\n\n"
         "| task | gap | seeds kept together | programs centred |\n"
         "|---|---|---|---|\n" +
         rows;
}

/// Drops that were measured on other programs in other ways: no verdict.
std::string elsewhereSection(const Json &study) {
  struct Reported {
    const char *technique, *model;
    double before, after;
  };
  constexpr Reported reported[] = {{"DeepFD (ICSE 2022)", "forest", .76, .52},
                                   {"DEFault (2025)", "forest-200", .92, .63}};
  std::string out =
      "\n## Drops reported elsewhere\n\nReported: score on the technique's own "
      "test programs and on real ones. Ours: the technique's classifier on "
      "the baseline features, fault typing, within and held-out. The "
      "quantities differ, so there is no verdict.\n\n"
      "| technique | reported | our classifier | within | held-out | gap |\n"
      "|---|---|---|---|---|---|\n";
  const Json *task = findTask(study, "fault-typing");
  for (const Reported &one : reported) {
    auto score = [&](const char *protocol) -> const Json * {
      if (task)
        for (const Json &entry : (*task)["scores"])
          if (entry["model"] == one.model && entry["protocol"] == protocol &&
              entry["feature_set"] == "baseline")
            return &entry;
      return nullptr;
    };
    out += fmt::format(
        "| {} | {:.2f} to {:.2f} | {} | {} | {} | {} |\n", one.technique,
        one.before, one.after, one.model, scoreText(score("within")),
        scoreText(score("held-out")),
        differenceText(task ? findGap(*task, "baseline", one.model, "within")
                            : nullptr));
  }
  return out;
}

} // namespace

std::string publishedPage(const Json &study) {
  std::string out = fmt::format(
      "# Published results and ours\n\n"
      "Generated from study.json by `dynfault-study report STUDY --published "
      "FILE`; not to be edited.\n\n"
      "Published: S. Jahan, \"Evaluation-Strategy Gap in Fault Diagnosis of "
      "Deep Learning Programs\" (arXiv 2606.26492, 2026), 5,542 runs of 38 "
      "programs. Ours: {} runs of {} programs, table sha256 `{}`, "
      "dynfault-study {}. Brackets hold 95% intervals over programs (docs/"
      "study.md).\n\n"
      "## The rule\n\n"
      "* A number is *reproduced* where our interval holds it and lies above "
      "0, and *not reproduced* where the interval does not hold it.\n"
      "* \"Helps\" is *reproduced* where the interval of the difference lies "
      "above 0, and *not reproduced* where all of it lies below {:.2f}.\n"
      "* \"Helps on seen programs only\" is *reproduced* where the interval "
      "within lies above 0 and the one held-out lies below {:.2f}, and *not "
      "reproduced* where the interval within lies below {:.2f} or the one "
      "held-out above 0.\n"
      "* Else, and of fewer than ten programs, we *cannot tell*.\n",
      study["table"]["runs"].get<int>(), study["table"]["programs"].get<int>(),
      study["table"]["sha256"].get<std::string>(),
      study["version"].get<std::string>(), margin, margin, margin);
  out += gapSection(study);
  out += "\n## Which features help\n\nWhat the features add to the baseline "
         "ones, in balanced accuracy.\n\n| features, task | published | within "
         "| held-out | verdict |\n|---|---|---|---|---|\n";
  out += transferRow(study, "instability-triage", "curvature", true);
  out += transferRow(study, "fault-typing", "optimizer", false);
  out += transferRow(study, "fault-typing", "activation", false);
  out += originSection(study);
  out += elsewhereSection(study);
  out += "\n## Why they may differ\n\n"
         "Programs, operators and their severities are other ones. Labels of "
         "instability and of mismatch follow docs/feature-table.md. Symptom "
         "variables that are constants in earlier code are computed here as "
         "they are defined (docs/probes.md). The models' penalties are chosen "
         "inside each training part (docs/study.md).\n";
  return out;
}

} // namespace dynfault::study
