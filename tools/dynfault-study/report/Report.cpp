//===- Report.cpp - The files of a report ---------------------------------===//
//
// Sentences are built from the result, never from what a result usually is.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Report.h"

#include "tools/dynfault-study/report/Svg.h"
#include "tools/dynfault-study/report/Tables.h"
#include "tools/dynfault-study/study/Study.h"
#include "tools/dynfault-study/util/Error.h"

#include <fmt/format.h>
#include <fstream>

namespace dynfault::study {

std::vector<std::string> headline(const Json &task) {
  std::vector<std::string> lines;
  const std::string set = task["main_feature_set"];
  const std::string name = task["task"];
  for (const char *protocol : {"within", "held-out"})
    if (const Json *score = findScore(task, set, protocol))
      lines.push_back(fmt::format(
          "{}, {}: balanced accuracy {}, 95% interval [{}, {}], chance {}.",
          name, protocol, cellText((*score)["balanced_accuracy"]),
          cellText((*score)["interval_95"][0]),
          cellText((*score)["interval_95"][1]), cellText(task["chance"])));
  for (const Json &gap : task["differences"])
    if (gap["kind"] == "gap" && gap["feature_set"] == set &&
        gap["model"] == "logistic" && gap["more"] == "within" &&
        gap["less"] == "held-out")
      lines.push_back(fmt::format(
          "{}: gap within minus held-out {}, 95% interval [{}, {}], sign-flip "
          "p = {:.3g} ({:.3g} after Holm's correction).",
          name, cellText(gap["value"]), cellText(gap["interval_95"][0]),
          cellText(gap["interval_95"][1]), numberOf(gap["p_value"]),
          numberOf(gap["p_value_holm"])));
  return lines;
}

std::string reportText(const Json &study) {
  std::string out = "Fault diagnosis on seen and unseen programs\n\n";
  for (const Json &task : study["tasks"]) {
    for (const std::string &line : headline(task))
      out += line + "\n";
    for (const Json &caution : task["cautions"])
      out += "  caution: " + caution.get<std::string>() + "\n";
    out += "\n";
  }
  for (const Json &one : study["excluded_tasks"])
    out += fmt::format("{} is left out: {}\n", one["task"].get<std::string>(),
                       one["reason"].get<std::string>());
  return out;
}

std::vector<std::pair<std::string, std::string>>
reportFiles(const Json &study) {
  std::vector<std::pair<std::string, std::string>> files = {
      {"study.json", study.dump(1) + "\n"},
      {"report.html", reportPage(study)},
      {"report.txt", reportText(study)},
      {"gap.svg", standaloneSvg(gapPlot(study))}};
  auto addTable = [&](const Table &table) {
    files.emplace_back(table.name + ".csv", table.csv());
  };
  for (const Json &task : study["tasks"]) {
    const std::string name = task["task"];
    auto addPlot = [&](const char *what, const std::string &svg) {
      if (!svg.empty())
        files.emplace_back(name + "-" + what + ".svg", standaloneSvg(svg));
    };
    addPlot("scores", scorePlot(task));
    addPlot("programs", programPlot(task));
    addPlot("confusion", confusionPlot(task));
    addPlot("reliability", reliabilityPlot(task));
    addPlot("learning-curve", curvePlot(task));
    addPlot("variance", variancePlot(task));
    addPlot("closing", closingPlot(task));
    addTable(scoreTable(task));
    addTable(differenceTable(task));
    addTable(recallTable(task));
    if (task.contains("sources")) {
      addTable(identityTable(task));
      addTable(permutationTable(task));
      addTable(thresholdTable(task));
      addTable(varianceTable(task));
    }
    if (task.contains("closing"))
      addTable(closingTable(task));
    if (task.contains("rule_based_detectors"))
      addTable(detectorTable(task));
  }
  return files;
}

Json readStudy(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw StudyError(fmt::format("{}: cannot be read; give the study.json that "
                                 "`dynfault-study run` wrote",
                                 path));
  Json study = Json::parse(in, nullptr, false);
  if (study.is_discarded() || !study.is_object() || !study.contains("schema"))
    throw StudyError(fmt::format("{}: is no study.json; give the file that "
                                 "`dynfault-study run` wrote",
                                 path));
  if (study["schema"] != studySchema)
    throw StudyError(fmt::format("{}: has schema {}, this dynfault-study reads "
                                 "{}; run the study again",
                                 path, study["schema"].dump(), studySchema));
  return study;
}

} // namespace dynfault::study
