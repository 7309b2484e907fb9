//===- TaskData.cpp - The runs of one task --------------------------------===//
//
// What is left out is counted by reason, because a score without its
// denominator says little.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/task/TaskData.h"

#include "tools/dynfault-study/features/Preprocessor.h"
#include "tools/dynfault-study/util/Error.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace dynfault::study {
namespace {

using Eigen::Index;

void checkClassMap(const FeatureTable &table, const LabelOptions &options) {
  std::set<std::string> operators;
  for (const TableRow &row : table.rows)
    if (!row.isClean())
      operators.insert(row.op);
  for (const auto &entry : options.classMap)
    if (operators.count(entry.first) == 0)
      throw StudyError(fmt::format(
          "--class-map: the corpus has no mutant of operator '{}'; it has {}",
          entry.first, fmt::join(operators, ", ")));
}

[[noreturn]] void failEmpty(const FeatureTable &table, const TaskData &data,
                            const LabelOptions &options) {
  int notKilled = 0;
  std::string reasons;
  for (const auto &entry : data.leftOut) {
    if (entry.first == "mutant survived" || entry.first == "mutant not tested")
      notKilled += entry.second;
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", entry.second,
                           entry.first);
  }
  if (!options.includeSurviving && notKilled > 0)
    throw StudyError(fmt::format(
        "{}: task {}: no killed mutant (runs left out: {}); record at least 5 "
        "seeds of each mutant and of the clean program with `dynfault-run "
        "corpus`, which tests them, or give --include-surviving",
        table.path, taskName(data.task), reasons));
  throw StudyError(fmt::format("{}: task {}: no run takes part (left out: {}); "
                               "record mutants with `dynfault-run corpus`",
                               table.path, taskName(data.task), reasons));
}

void checkClasses(const FeatureTable &table, const TaskData &data) {
  std::set<int> present(data.keys.label.begin(), data.keys.label.end());
  std::vector<std::string> there, missing;
  for (size_t c = 0; c < data.classes.size(); ++c)
    (present.count(static_cast<int>(c)) ? there : missing)
        .push_back(data.classes[c]);
  if (missing.empty())
    return;
  if (data.task == TaskId::FaultTyping)
    throw StudyError(fmt::format(
        "{}: task fault-typing: no run of class {}; record mutants of this "
        "class, leave it out with --classes {}, or give --include-surviving",
        table.path, fmt::join(missing, ", "), fmt::join(there, ",")));
  throw StudyError(
      fmt::format("{}: task {}: no run is {}; record more runs, or "
                  "move the limits with --threshold",
                  table.path, taskName(data.task), fmt::join(missing, ", ")));
}

bool mayUse(TaskId task, const std::string &name) {
  if (task != TaskId::TrainValidationMismatch)
    return true;
  return name.find("validation") == std::string::npos &&
         name.find("train_metric") == std::string::npos;
}

/// Place of a name in a list, appended where it is new.
int numberOf(std::vector<std::string> &names, const std::string &name) {
  auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    found = names.insert(names.end(), name);
  return static_cast<int>(found - names.begin());
}

} // namespace

TaskData makeTask(TaskId task, const FeatureTable &table,
                  const LabelOptions &options) {
  checkClassMap(table, options);
  TaskData data;
  data.task = task;
  const Labels labels = labelRows(task, table, options);
  data.classes = labels.classes;

  std::vector<Index> columns;
  const std::string window =
      task == TaskId::InstabilityTriage ? "early/" : "full/";
  for (size_t c = 0; c < table.featureNames.size(); ++c)
    if (const std::string &name = table.featureNames[c];
        name.rfind(window, 0) == 0 && mayUse(task, name)) {
      columns.push_back(static_cast<Index>(c));
      data.featureNames.push_back(name.substr(window.size()));
    }
  if (columns.empty())
    throw StudyError(fmt::format("{}: task {}: the corpus has no feature of "
                                 "window {}; record it with probes",
                                 table.path, taskName(task),
                                 window.substr(0, window.size() - 1)));

  std::map<std::string, int> leftOut;
  std::vector<std::string> datasets, families;
  std::string lastMutant;
  std::vector<int> cleanRows;
  std::vector<std::string> cleanPrograms;
  for (size_t r = 0; r < table.rows.size(); ++r) {
    const TableRow &row = table.rows[r];
    const bool hasFeatures = !table.features.row(static_cast<Index>(r))(columns)
                                  .array()
                                  .isNaN()
                                  .all();
    if (row.isClean() && hasFeatures && (row.status == RunStatus::Completed)) {
      cleanRows.push_back(static_cast<int>(r));
      cleanPrograms.push_back(row.program);
    }
    if (labels.label[r] < 0 || !hasFeatures) {
      ++leftOut[labels.label[r] < 0 ? labels.reason[r] : "without features"];
      continue;
    }
    // Rows are sorted by program and mutant, so a new one is seen at once.
    if (data.programs.empty() || data.programs.back() != row.program) {
      data.programs.push_back(row.program);
      lastMutant.clear();
    }
    if (data.mutants.empty() || lastMutant != row.mutant) {
      lastMutant = row.mutant;
      data.mutants.push_back(row.mutant);
    }
    data.keys.program.push_back(static_cast<int>(data.programs.size()) - 1);
    data.keys.mutant.push_back(static_cast<int>(data.mutants.size()) - 1);
    data.keys.label.push_back(labels.label[r]);
    data.keys.dataset.push_back(numberOf(datasets, row.dataset));
    data.keys.family.push_back(numberOf(families, row.family));
    data.row.push_back(r);
    data.divergedRuns += row.status == RunStatus::Diverged;
  }
  data.leftOut.assign(leftOut.begin(), leftOut.end());
  if (data.row.empty())
    failEmpty(table, data, options);
  checkClasses(table, data);

  auto gather = [&](const auto &rows) {
    RowMatrix out(static_cast<Index>(rows.size()),
                  static_cast<Index>(columns.size()));
    for (size_t c = 0; c < columns.size(); ++c)
      for (size_t r = 0; r < rows.size(); ++r)
        out(static_cast<Index>(r), static_cast<Index>(c)) =
            table.features(static_cast<Index>(rows[r]), columns[c]);
    return compress(out);
  };
  data.features = gather(data.row);
  std::vector<int> kept;
  for (size_t i = 0; i < cleanRows.size(); ++i) {
    auto found = std::lower_bound(data.programs.begin(), data.programs.end(),
                                  cleanPrograms[i]);
    if (found == data.programs.end() || *found != cleanPrograms[i])
      continue;
    kept.push_back(cleanRows[i]);
    data.cleanProgram.push_back(
        static_cast<int>(found - data.programs.begin()));
  }
  data.clean = gather(kept);
  return data;
}

} // namespace dynfault::study
