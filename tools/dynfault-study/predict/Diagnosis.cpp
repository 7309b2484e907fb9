//===- Diagnosis.cpp - Diagnosing the runs of a new trace -----------------===//
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
#include <numeric>
#include <set>

namespace dynfault::study {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// Columns of a task in both tables.
struct SharedColumns {
  std::vector<Index> inTask, inTrace;
};

SharedColumns sharedColumns(const TaskData &data, const FeatureTable &trace,
                            const std::vector<Index> &wanted) {
  const std::string window =
      data.task == TaskId::InstabilityTriage ? "early/" : "full/";
  SharedColumns shared;
  for (Index column : wanted) {
    const std::string name =
        window + data.featureNames[static_cast<size_t>(column)];
    auto found = std::lower_bound(trace.featureNames.begin(),
                                  trace.featureNames.end(), name);
    if (found == trace.featureNames.end() || *found != name)
      continue;
    shared.inTask.push_back(column);
    shared.inTrace.push_back(found - trace.featureNames.begin());
  }
  return shared;
}

/// Distance from a row to the nearest training row whose group differs from
/// `exceptGroup` (none does from -1).
double nearest(const Eigen::RowVectorXd &row, const RowMatrix &training,
               const std::vector<int> &group, int exceptGroup) {
  double least = std::numeric_limits<double>::infinity();
  for (Index i = 0; i < training.rows(); ++i)
    if (group[static_cast<size_t>(i)] != exceptGroup)
      least = std::min(least, (training.row(i) - row).squaredNorm());
  return std::sqrt(least / static_cast<double>(std::max<Index>(1, row.size())));
}

double limitOf(const RowMatrix &training, const std::vector<int> &group) {
  std::vector<double> distances;
  for (Index i = 0; i < training.rows(); ++i)
    distances.push_back(nearest(training.row(i), training, group,
                                group[static_cast<size_t>(i)]));
  // The middle 90% ends at the 95th percentile.
  return percentileInterval(std::move(distances), 0.9).high;
}

MatrixXd logOf(const MatrixXd &probabilities) {
  return probabilities.array().max(1e-12).log();
}

Eigen::VectorXd tempered(const Eigen::VectorXd &probabilities,
                         double temperature) {
  MatrixXd scores = logOf(probabilities.transpose()) / temperature;
  softmaxInPlace(scores);
  return scores.row(0).transpose();
}

/// One task's model, ready for the trace.
class TaskModel {
public:
  TaskModel(TaskId task, const FeatureTable &corpus, const FeatureTable &trace,
            const DiagnosisOptions &options)
      : data(makeTask(task, corpus, options.labels)), trace(trace) {
    const FeatureSet set =
        chooseFeatureSets(data.featureNames, {options.featureSet}).front();
    columns = sharedColumns(data, trace, set.columns);
    if (columns.inTask.empty())
      throw StudyError(fmt::format(
          "{}: has no feature of set {} in common with {}; record the trace "
          "with the same probes as the corpus",
          trace.path, set.name, corpus.path));
    summary.task = task;
    summary.classes = data.classes;
    summary.trainingRuns = data.size();
    std::set<std::string> members;
    for (Index column : columns.inTask)
      members.insert(
          featureSetOf(data.featureNames[static_cast<size_t>(column)]));
    for (const std::string &member : set.members)
      if (members.count(member))
        summary.members.push_back(member);

    const RowMatrix features = data.features(Eigen::all, columns.inTask);
    const auto classes = static_cast<int>(data.classes.size());
    const uint64_t seed = deriveSeed(options.seed, "predict");
    model = trainModel(features, data.keys, classes, seed);
    summary.strength = model.strength;
    const bool byProgram = data.programs.size() > 1;
    if (byProgram)
      calibrate(features, classes, seed);
    training = model.preprocessor.transform(features);
    summary.neighbours = byProgram ? "programs" : "mutants";
    summary.distanceLimit =
        limitOf(training, byProgram ? data.keys.program : data.keys.mutant);
    names = model.preprocessor.columnNames();
  }

  /// False where the run has no feature of the task.
  bool covers(Index row) const {
    return !trace.features.row(row)(columns.inTrace).array().isNaN().all();
  }

  Verdict say(Index row, double minProbability) const {
    const RowMatrix raw =
        trace.features.row(row)(columns.inTrace).cast<double>();
    const RowMatrix design = model.preprocessor.transform(compress(raw));
    Verdict verdict;
    verdict.probabilities =
        tempered(model.fit.probabilities(design).row(0).transpose(),
                 summary.temperature);
    Index best = 0;
    verdict.improbable = verdict.probabilities.maxCoeff(&best) < minProbability;
    verdict.best = static_cast<int>(best);
    verdict.distance = nearest(design.row(0), training, data.keys.program, -1);
    verdict.outOfRange = verdict.distance > summary.distanceLimit;

    const Eigen::VectorXd against = model.fit.coefficients.col(best) -
                                    model.fit.coefficients.rowwise().mean();
    const Eigen::VectorXd weight = against.array() *
                                   design.row(0).transpose().array() /
                                   summary.temperature;
    std::vector<Index> order(static_cast<size_t>(weight.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return weight(a) > weight(b); });
    for (size_t i = 0; i < std::min<size_t>(5, order.size()); ++i) {
      if (weight(order[i]) <= 0)
        break;
      const Index name = names[static_cast<size_t>(order[i])];
      const Index column = name < 0 ? -1 - name : name;
      verdict.evidence.push_back(
          {data.featureNames[static_cast<size_t>(
               columns.inTask[static_cast<size_t>(column)])] +
               (name < 0 ? " (missing or not)" : ""),
           raw(0, column), weight(order[i])});
    }
    return verdict;
  }

  TaskSummary summary;

private:
  void calibrate(const RowMatrix &features, int classes, uint64_t seed) {
    Experiment experiment;
    experiment.features = &features;
    experiment.columns.resize(static_cast<size_t>(features.cols()));
    std::iota(experiment.columns.begin(), experiment.columns.end(), Index{0});
    experiment.keys = data.keys;
    experiment.classes = classes;
    experiment.protocol = Protocol::HeldOut;
    experiment.seed = seed;
    summary.temperature = fittedTemperature(
        logOf(crossValidate(experiment).scores), data.keys.label);
  }

  TaskData data;
  const FeatureTable &trace;
  SharedColumns columns;
  TrainedModel model;
  RowMatrix training;
  std::vector<Index> names;
};

} // namespace

double fittedTemperature(const MatrixXd &logProbabilities,
                         const std::vector<int> &labels) {
  auto loss = [&](double logTemperature) {
    MatrixXd scores = logProbabilities / std::exp(logTemperature);
    const Eigen::VectorXd normalizer = [&] {
      MatrixXd copy = scores;
      return softmaxInPlace(copy);
    }();
    double sum = 0;
    for (size_t i = 0; i < labels.size(); ++i)
      sum += normalizer(static_cast<Index>(i)) -
             scores(static_cast<Index>(i), labels[i]);
    return sum;
  };
  // Golden section; the loss is convex in 1 / temperature, so it has one
  // minimum here too.
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double low = std::log(0.05), high = std::log(20.0);
  for (int step = 0; step < 60; ++step) {
    const double a = high - golden * (high - low);
    const double b = low + golden * (high - low);
    if (loss(a) <= loss(b))
      high = b;
    else
      low = a;
  }
  return std::exp((low + high) / 2);
}

Diagnosis diagnose(const FeatureTable &corpus, const FeatureTable &trace,
                   const DiagnosisOptions &options) {
  Diagnosis diagnosis;
  std::vector<TaskModel> models;
  models.reserve(3);
  for (TaskId task : {TaskId::FaultTyping, TaskId::InstabilityTriage,
                      TaskId::TrainValidationMismatch}) {
    try {
      models.emplace_back(task, corpus, trace, options);
      diagnosis.tasks.push_back(models.back().summary);
    } catch (const StudyError &error) {
      if (task == TaskId::FaultTyping)
        throw;
      diagnosis.excluded.emplace_back(task, error.what());
    }
  }
  const Index gap = trace.quantity("relative_gap");
  for (size_t r = 0; r < trace.rows.size(); ++r) {
    const TableRow &run = trace.rows[r];
    const auto row = static_cast<Index>(r);
    if (run.status == RunStatus::Failed || run.status == RunStatus::Timeout ||
        !models.front().covers(row)) {
      ++diagnosis.skippedRuns;
      continue;
    }
    RunDiagnosis said;
    said.run = run;
    said.relativeGap = gap < 0 ? std::numeric_limits<float>::quiet_NaN()
                               : trace.quantities(row, gap);
    for (const TaskModel &model : models)
      said.verdicts.push_back(model.say(row, options.minProbability));
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
