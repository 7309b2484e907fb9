//===- CorpusStatus.cpp - How far a corpus is -----------------------------===//

#include "runtime/train/CorpusStatus.h"

#include "runtime/trace/TraceStore.h"
#include "runtime/train/CorpusFile.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace fs = std::filesystem;

namespace dynfault {

namespace {

/// Program, mutant, seed.
using RunName = std::tuple<std::string, std::string, int64_t>;

void count(RunCounts &counts, const StoredRun &run) {
  ++counts.recorded;
  ++counts.byStatus[toString(run.status)];
  counts.seconds += run.durationMs / 1000.0;
}

std::vector<EndReason> sortedReasons(
    std::map<std::pair<std::string, std::string>, EndReason> reasons) {
  std::vector<EndReason> result;
  for (auto &[key, reason] : reasons)
    result.push_back(std::move(reason));
  std::stable_sort(
      result.begin(), result.end(),
      [](const EndReason &a, const EndReason &b) { return a.count > b.count; });
  return result;
}

std::optional<double> workLeft(const CorpusStatus &status) {
  std::optional<double> meanOfAll = status.all.meanSeconds();
  if (!meanOfAll)
    return std::nullopt;
  double seconds = 0;
  for (const auto &[program, counts] : status.byProgram)
    seconds += double(counts.planned - counts.recorded) *
               counts.meanSeconds().value_or(*meanOfAll);
  return seconds;
}

} // namespace

std::optional<double> RunCounts::meanSeconds() const {
  if (recorded == 0)
    return std::nullopt;
  return seconds / double(recorded);
}

std::optional<double> CorpusStatus::secondsLeft() const {
  if (jobsAtWork == 0 || !secondsOfWorkLeft)
    return std::nullopt;
  return *secondsOfWorkLeft / jobsAtWork;
}

CorpusStatus corpusStatus(const Manifest &manifest, const std::string &folder,
                          const std::string &device) {
  if (!fs::is_directory(folder))
    throw std::runtime_error(fmt::format(
        "{}: no such folder; name the --out of dynfault-run corpus", folder));
  std::set<RunName> open;
  CorpusStatus status;
  for (const PlannedMutant &mutant : manifest.mutants)
    for (int64_t seed : manifest.seedsOf(mutant)) {
      open.emplace(mutant.program, mutant.key, seed);
      ++status.byProgram[mutant.program].planned;
      ++status.all.planned;
    }
  std::map<std::pair<std::string, std::string>, EndReason> reasons;
  std::set<RunName> seen;
  for (const fs::path &path : corpusFiles(folder)) {
    status.files.push_back(path.string());
    status.jobsAtWork += CorpusLock::jobsAtWork(path);
    for (const StoredRun &run : TraceStore::openForReading(path).runs()) {
      RunName name{run.program, run.mutant, run.key.seed};
      if (run.key.device != device || !seen.insert(name).second)
        continue;
      if (!open.erase(name)) {
        ++status.notPlanned;
        continue;
      }
      count(status.all, run);
      count(status.byProgram[run.program], run);
      if (run.status == RunStatus::Completed)
        continue;
      // A diverged run's reason names the step, which hides how many there are.
      std::string why =
          run.status == RunStatus::Diverged ? "not finite" : run.reason;
      EndReason &reason = reasons[{toString(run.status), why}];
      if (reason.count++ == 0)
        reason = {toString(run.status), why, 1,
                  fmt::format("{} {} seed {}", run.program, run.mutant,
                              run.key.seed)};
    }
  }
  status.reasons = sortedReasons(std::move(reasons));
  status.secondsOfWorkLeft = workLeft(status);
  return status;
}

} // namespace dynfault
