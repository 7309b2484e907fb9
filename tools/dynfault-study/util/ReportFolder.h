//===- ReportFolder.h - A folder that appears whole ------------*- C++ -*-===//
//
// Files are written to a hidden folder beside the target, which takes the
// target's place by renaming.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_UTIL_REPORTFOLDER_H
#define DYNFAULT_STUDY_UTIL_REPORTFOLDER_H

#include <string>
#include <utility>
#include <vector>

namespace dynfault::study {

/// Throws StudyError unless `path` does not exist yet (in a folder that does),
/// is an empty folder, or is a report: a folder that holds study.json and
/// nothing but files of a report.
void checkReportFolder(const std::string &path);

/// Makes or replaces the report at `path` with files given as name and
/// content; checks as checkReportFolder() does. Throws StudyError and leaves
/// an older report as it was when a file cannot be written.
void writeReportFolder(
    const std::string &path,
    const std::vector<std::pair<std::string, std::string>> &files);

} // namespace dynfault::study

#endif
