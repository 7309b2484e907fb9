//===- Diagnosis.cpp - Typing the runs of a new trace ---------------------===//
//
// Uses the same preprocessing, model and choice of the penalty as the study, so
// that the study's held-out score is the expected quality of a diagnosis.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/predict/Diagnosis.h"

#include "tools/dynfault-study/features/FeatureSets.h"
#include "tools/dynfault-study/protocol/Evaluate.h"
#include "tools/dynfault-study/score/Bootstrap.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <set>

namespace dynfault::study {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// Columns of `wanted` in both matrices, in the corpus's order.
struct SharedColumns {
  std::vector<Index> inCorpus, inTrace;
};

SharedColumns sharedColumns(const Corpus &corpus, const Corpus &trace,
                            const std::vector<Index> &wanted) {
  SharedColumns shared;
  for (Index column : wanted) {
    const std::string &name = corpus.featureNames[static_cast<size_t>(column)];
    auto found = std::lower_bound(trace.featureNames.begin(),
                                  trace.featureNames.end(), name);
    if (found == trace.featureNames.end() || *found != name)
      continue;
    shared.inCorpus.push_back(column);
    shared.inTrace.push_back(found - trace.featureNames.begin());
  }
  return shared;
}

/// Distance from a row to the nearest training row whose group differs from
/// `exceptGroup` (none does from -1).
double nearest(const Eigen::RowVectorXd &row, const MatrixXd &training,
               const std::vector<int> &group, int exceptGroup) {
  double least = std::numeric_limits<double>::infinity();
  for (Index i = 0; i < training.rows(); ++i)
    if (group[static_cast<size_t>(i)] != exceptGroup)
      least = std::min(least, (training.row(i) - row).squaredNorm());
  return std::sqrt(least / static_cast<double>(std::max<Index>(1, row.size())));
}

double limitOf(const MatrixXd &training, const std::vector<int> &group) {
  std::vector<double> distances;
  for (Index i = 0; i < training.rows(); ++i)
    distances.push_back(nearest(training.row(i), training, group,
                                group[static_cast<size_t>(i)]));
  // The middle 90% ends at the 95th percentile.
  return percentileInterval(std::move(distances), 0.9).high;
}

} // namespace

Diagnosis diagnose(const Corpus &corpus, const Corpus &trace,
                   const DiagnosisOptions &options) {
  const TaskData data = makeFaultTyping(corpus, options.task);
  const std::vector<FeatureSet> sets = chooseFeatureSets(
      corpus.featureNames, options.featureSets.empty()
                               ? std::vector<std::string>{"all"}
                               : options.featureSets);
  const SharedColumns columns =
      sharedColumns(corpus, trace, sets.front().columns);
  if (columns.inCorpus.empty())
    throw StudyError(fmt::format(
        "{}: has no feature of set {} in common with {}; record the trace with "
        "the same probes as the corpus",
        trace.path, sets.front().name, corpus.path));

  Diagnosis diagnosis;
  diagnosis.classes = data.classes;
  diagnosis.featureSet = sets.front().name;
  diagnosis.trainingRuns = data.size();
  std::set<std::string> members;
  for (Index column : columns.inCorpus)
    members.insert(
        featureSetOf(corpus.featureNames[static_cast<size_t>(column)]));
  for (const std::string &member : sets.front().members)
    if (members.count(member))
      diagnosis.members.push_back(member);

  const MatrixXd compressed =
      compress(data.features(Eigen::all, columns.inCorpus));
  const TrainedModel model =
      trainModel(compressed, data.keys, static_cast<int>(data.classes.size()),
                 options.folds, true, deriveSeed(options.seed, "predict"));
  diagnosis.strength = model.strength;
  const MatrixXd training = model.preprocessor.transform(compressed);
  const bool byProgram = data.programs.size() > 1;
  diagnosis.neighbours = byProgram ? "programs" : "mutants";
  diagnosis.distanceLimit =
      limitOf(training, byProgram ? data.keys.program : data.keys.mutant);

  const MatrixXd traceRows =
      compress(trace.features(Eigen::all, columns.inTrace));
  for (size_t r = 0; r < trace.runs.size(); ++r) {
    const Run &run = trace.runs[r];
    if (run.status == RunStatus::Failed || run.status == RunStatus::Timeout ||
        !run.hasFeatures) {
      ++diagnosis.skippedRuns;
      continue;
    }
    const Mutant &mutant = trace.mutants[run.mutant];
    const MatrixXd row = traceRows.row(static_cast<Index>(r));
    RunDiagnosis said;
    said.program = trace.programs[mutant.program].name;
    said.mutant = mutant.key;
    said.device = run.device;
    said.seed = run.seed;
    said.probabilities = model.probabilities(row).row(0).transpose();
    Index best = 0;
    said.improbable =
        said.probabilities.maxCoeff(&best) < options.minProbability;
    said.best = static_cast<int>(best);
    said.distance = nearest(model.preprocessor.transform(row).row(0), training,
                            data.keys.program, -1);
    said.outOfRange = said.distance > diagnosis.distanceLimit;
    diagnosis.runs.push_back(std::move(said));
  }
  if (diagnosis.runs.empty())
    throw StudyError(fmt::format(
        "{}: has no run that ended with features ({} failed, timed out or "
        "without); record the program again with probes",
        trace.path, diagnosis.skippedRuns));
  return diagnosis;
}

} // namespace dynfault::study
