//===- Report.h - The files of a report -------------------------*- C++ -*-===//
//
// Everything but study.json itself and predictions.csv is made from study.json
// alone, so that a report can be made again without the corpus.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_REPORT_REPORT_H
#define DYNFAULT_STUDY_REPORT_REPORT_H

#include "tools/dynfault-study/report/Plots.h"

#include <string>
#include <utility>
#include <vector>

namespace dynfault::study {

/// report.html: one self-contained page, no network.
std::string reportPage(const Json &study);

/// report.txt: the headline of each task, for a terminal.
std::string reportText(const Json &study);

/// The result in a few sentences per task.
std::vector<std::string> headline(const Json &task);

/// docs/results/published.md: our results beside the published ones.
std::string publishedPage(const Json &study);

/// All files of a report as name and content, study.json first.
std::vector<std::pair<std::string, std::string>> reportFiles(const Json &study);

/// Reads study.json. Throws StudyError where it is none or of another schema.
Json readStudy(const std::string &path);

} // namespace dynfault::study

#endif
