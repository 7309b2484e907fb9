//===- ReportFolder.cpp - A folder that appears whole or not at all -------===//
//
// A non-empty folder cannot be renamed onto, so an older report is first moved
// aside, and moved back should the second renaming fail.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/util/ReportFolder.h"

#include "tools/dynfault-study/task/Labels.h"
#include "tools/dynfault-study/util/Csv.h"
#include "tools/dynfault-study/util/Error.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace dynfault::study {
namespace {

namespace fs = std::filesystem;

/// The path without a trailing slash, so that it has a name.
fs::path normalized(const std::string &path) {
  fs::path target = fs::path(path).lexically_normal();
  return target.has_filename() ? target : target.parent_path();
}

bool endsWith(const std::string &text, const std::string &end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Whether a report has files of this name: its own few, and a task's plots and
/// tables.
bool isReportFile(const std::string &name) {
  for (const char *own : {"study.json", "predictions.csv.gz", "report.html",
                          "report.txt", "gap.svg"})
    if (name == own)
      return true;
  for (TaskId task : allTasks)
    if (name.rfind(taskName(task) + "-", 0) == 0)
      return endsWith(name, ".svg") || endsWith(name, ".csv");
  return false;
}

/// Removes a folder when the scope ends.
class Temporary {
public:
  explicit Temporary(fs::path path) : path(std::move(path)) {}
  ~Temporary() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  const fs::path path;
};

} // namespace

void checkReportFolder(const std::string &path) {
  if (path.empty())
    throw UsageError("--out: names no folder; give one, such as --out report");
  const fs::path target = normalized(path);
  std::error_code error;
  if (!fs::exists(target, error)) {
    const fs::path parent =
        target.has_parent_path() ? target.parent_path() : fs::path(".");
    if (!fs::is_directory(parent, error))
      throw StudyError(fmt::format(
          "{}: cannot be made because the folder {} does not exist; make it "
          "first",
          path, parent.string()));
    return;
  }
  if (!fs::is_directory(target, error))
    throw StudyError(
        fmt::format("{}: is a file, not a folder; give another --out", path));
  bool isReport = false;
  bool isEmpty = true;
  fs::directory_iterator entries(target, error);
  if (error)
    throw StudyError(
        fmt::format("{}: cannot be listed: {}", path, error.message()));
  for (const auto &entry : entries) {
    isEmpty = false;
    const std::string name = entry.path().filename().string();
    isReport |= name == "study.json";
    if (!isReportFile(name))
      throw StudyError(fmt::format(
          "{}: is not overwritten because it holds '{}', which is not part of "
          "a report; give another --out or remove it",
          path, name));
  }
  if (!isEmpty && !isReport)
    throw StudyError(fmt::format(
        "{}: is not overwritten because it is not a report (no study.json); "
        "give another --out or empty it",
        path));
}

void writeReportFolder(
    const std::string &path,
    const std::vector<std::pair<std::string, std::string>> &files) {
  checkReportFolder(path);
  const fs::path target = normalized(path);
  auto beside = [&](const char *what) {
    return target.parent_path() / fmt::format(".{}.{}-{}",
                                              target.filename().string(), what,
                                              static_cast<long>(getpid()));
  };
  const Temporary fresh(beside("new"));
  const Temporary old(beside("old"));
  std::error_code error;
  fs::create_directory(fresh.path, error);
  if (error)
    throw StudyError(fmt::format("{}: cannot be made: {}; give an --out in a "
                                 "folder that you may write to",
                                 path, error.message()));
  for (const auto &file : files) {
    writeMaybeGzip((fresh.path / file.first).string(), file.second);
  }

  const bool replaces = fs::exists(target, error);
  if (replaces)
    fs::rename(target, old.path, error);
  if (!error)
    fs::rename(fresh.path, target, error);
  if (!error)
    return;
  const std::string reason = error.message();
  if (replaces && !fs::exists(target, error))
    fs::rename(old.path, target, error);
  throw StudyError(fmt::format("{}: cannot be replaced: {}; give another --out",
                               path, reason));
}

} // namespace dynfault::study
