//===- FaultTyping.cpp - Which runs are typed, and as what ----------------===//
//
// The clean program takes no part: whether a run is faulty at all is another
// task.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/task/FaultTyping.h"

#include "tools/dynfault-study/util/Error.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace dynfault::study {
namespace {

void checkClassMap(const Corpus &corpus, const TaskOptions &options) {
  std::set<std::string> operators;
  for (const Mutant &mutant : corpus.mutants)
    if (!mutant.isClean())
      operators.insert(mutant.op);
  for (const auto &entry : options.classMap)
    if (operators.count(entry.first) == 0)
      throw StudyError(fmt::format(
          "--class-map: the corpus has no mutant of operator '{}'; it has {}",
          entry.first, fmt::join(operators, ", ")));
}

/// Index of the mutant's class among the classes to be told apart, or -1.
int labelOf(const Mutant &mutant, const TaskOptions &options) {
  auto mapped = options.classMap.find(mutant.op);
  const std::string &name =
      mapped == options.classMap.end() ? mutant.faultClass : mapped->second;
  auto found = std::find(options.classes.begin(), options.classes.end(), name);
  return found == options.classes.end()
             ? -1
             : static_cast<int>(found - options.classes.begin());
}

[[noreturn]] void failEmpty(const Corpus &corpus, const LeftOut &leftOut,
                            const TaskOptions &options) {
  if (!options.includeSurviving &&
      leftOut.untestedMutants + leftOut.survivingMutants > 0)
    throw StudyError(fmt::format(
        "{}: has no killed mutant ({} untested, {} surviving); record at least "
        "5 seeds of each mutant and of the clean program with `dynfault-run "
        "corpus`, which tests them, or give --include-surviving",
        corpus.path, leftOut.untestedMutants, leftOut.survivingMutants));
  throw StudyError(fmt::format(
      "{}: has no run to type ({} clean, {} failed, {} timed out, {} without "
      "features, {} of other classes); record mutants with `dynfault-run "
      "corpus`",
      corpus.path, leftOut.cleanRuns, leftOut.failedRuns, leftOut.timeoutRuns,
      leftOut.noFeatureRuns, leftOut.otherClassRuns));
}

void checkClasses(const Corpus &corpus, const TaskData &data,
                  const TaskOptions &options) {
  std::set<int> present(data.keys.label.begin(), data.keys.label.end());
  std::vector<std::string> there, missing;
  for (size_t c = 0; c < data.classes.size(); ++c)
    (present.count(static_cast<int>(c)) ? there : missing)
        .push_back(data.classes[c]);
  if (missing.empty())
    return;
  throw StudyError(fmt::format(
      "{}: no run of a {}mutant of class {}; record mutants of this class, or "
      "leave it "
      "out with --classes {}{}",
      corpus.path, options.includeSurviving ? "" : "killed ",
      fmt::join(missing, ", "), fmt::join(there, ","),
      options.includeSurviving ? "" : ", or give --include-surviving"));
}

} // namespace

TaskData makeFaultTyping(const Corpus &corpus, const TaskOptions &options) {
  checkClassMap(corpus, options);
  TaskData data;
  data.classes = options.classes;
  LeftOut &out = data.leftOut;
  std::vector<bool> wanted(corpus.mutants.size(), false);

  for (size_t m = 0; m < corpus.mutants.size(); ++m) {
    const Mutant &mutant = corpus.mutants[m];
    if (mutant.isClean())
      continue;
    if (labelOf(mutant, options) < 0) {
      ++out.otherClassMutants;
      continue;
    }
    if (!options.includeSurviving && !mutant.killed) {
      ++out.untestedMutants;
      continue;
    }
    if (!options.includeSurviving && !*mutant.killed) {
      ++out.survivingMutants;
      continue;
    }
    wanted[m] = true;
  }

  size_t lastMutant = corpus.mutants.size();
  size_t lastProgram = corpus.programs.size();
  for (size_t r = 0; r < corpus.runs.size(); ++r) {
    const Run &run = corpus.runs[r];
    const Mutant &mutant = corpus.mutants[run.mutant];
    if (!wanted[run.mutant]) {
      if (mutant.isClean())
        ++out.cleanRuns;
      else if (labelOf(mutant, options) < 0)
        ++out.otherClassRuns;
      else if (!mutant.killed)
        ++out.untestedRuns;
      else
        ++out.survivingRuns;
      continue;
    }
    if (run.status == RunStatus::Failed) {
      ++out.failedRuns;
      continue;
    }
    if (run.status == RunStatus::Timeout) {
      ++out.timeoutRuns;
      continue;
    }
    if (!run.hasFeatures) {
      ++out.noFeatureRuns;
      continue;
    }
    // Runs are sorted by program and mutant, so a new one is seen at once.
    if (mutant.program != lastProgram) {
      lastProgram = mutant.program;
      data.programs.push_back(corpus.programs[lastProgram].name);
    }
    if (run.mutant != lastMutant) {
      lastMutant = run.mutant;
      data.mutants.push_back(mutant.key);
      data.survivingTyped += mutant.killed && !*mutant.killed;
      data.untestedTyped += !mutant.killed;
    }
    data.keys.program.push_back(static_cast<int>(data.programs.size()) - 1);
    data.keys.mutant.push_back(static_cast<int>(data.mutants.size()) - 1);
    data.keys.label.push_back(labelOf(mutant, options));
    data.run.push_back(r);
    data.divergedRuns += run.status == RunStatus::Diverged;
  }

  if (data.run.empty())
    failEmpty(corpus, out, options);
  checkClasses(corpus, data, options);
  data.features.resize(data.size(), corpus.features.cols());
  for (int i = 0; i < data.size(); ++i)
    data.features.row(i) = corpus.features.row(
        static_cast<Eigen::Index>(data.run[static_cast<size_t>(i)]));
  return data;
}

} // namespace dynfault::study
