//===- Evaluate.cpp - Out-of-fold predictions -----------------------------===//
//
// Test rows reach nothing but transform() and probabilities().
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/protocol/Evaluate.h"

#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Progress.h"
#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <fmt/format.h>
#include <mutex>
#include <numeric>
#include <set>
#include <thread>

namespace dynfault::study {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

FoldKeys pickKeys(const FoldKeys &keys, const std::vector<int> &rows) {
  return {pick(keys.program, rows), pick(keys.mutant, rows),
          pick(keys.label, rows)};
}

/// Rows in (`inside`) or outside of a fold.
std::vector<int> rowsOf(const std::vector<int> &fold, int which, bool inside) {
  std::vector<int> rows;
  for (size_t i = 0; i < fold.size(); ++i)
    if ((fold[i] == which) == inside)
      rows.push_back(static_cast<int>(i));
  return rows;
}

/// Class-balanced log loss of each grid value, pooled over the inner folds;
/// empty where no fold could be fitted.
std::vector<double> innerLosses(const MatrixXd &rows, const FoldKeys &keys,
                                int classes, const InnerFolds &inner) {
  // A zero would make the sum infinite for all grid values alike.
  constexpr double least = 1e-12;
  const Eigen::VectorXd weights = balancedWeights(keys.label, classes);
  std::vector<double> losses(strengthGrid().size(), 0);
  bool any = false;
  for (int f = 0; f < inner.count; ++f) {
    const std::vector<int> train = rowsOf(inner.fold, f, false);
    const std::vector<int> test = rowsOf(inner.fold, f, true);
    const std::vector<int> labels = pick(keys.label, train);
    if (std::set<int>(labels.begin(), labels.end()).size() < 2)
      continue;
    any = true;
    const MatrixXd trainRows = rows(train, Eigen::all);
    const Preprocessor preprocessor = Preprocessor::fit(trainRows);
    const MatrixXd design = preprocessor.transform(rows(test, Eigen::all));
    LogisticTrainer trainer(preprocessor.transform(trainRows), labels, classes);
    for (size_t s = 0; s < losses.size(); ++s) {
      const MatrixXd probabilities =
          trainer.fit(strengthGrid()[s], 1e-5).probabilities(design);
      for (size_t i = 0; i < test.size(); ++i) {
        const auto row = static_cast<size_t>(test[i]);
        const double p = probabilities(static_cast<Index>(i), keys.label[row]);
        losses[s] -= weights(test[i]) * std::log(std::max(p, least));
      }
    }
  }
  return any ? losses : std::vector<double>();
}

} // namespace

const std::vector<double> &strengthGrid() {
  static const std::vector<double> grid = {10,   3,    1,     0.3,  0.1,
                                           0.03, 0.01, 0.003, 0.001};
  return grid;
}

MatrixXd TrainedModel::probabilities(const MatrixXd &rows) const {
  return fit.probabilities(preprocessor.transform(rows));
}

TrainedModel trainModel(const MatrixXd &compressed, const FoldKeys &keys,
                        int classes, int folds, bool forUnseenPrograms,
                        uint64_t seed) {
  if (std::set<int>(keys.label.begin(), keys.label.end()).size() < 2)
    throw StudyError("the training part of a fold has a single class; record "
                     "more programs, or more mutants of each class");
  TrainedModel model;
  Random random(seed);
  const InnerFolds inner = innerFolds(keys, folds, forUnseenPrograms, random);
  model.innerFolds = inner.count;
  model.innerByProgram = inner.byProgram;
  if (inner.count > 1)
    model.innerLoss = innerLosses(compressed, keys, classes, inner);

  const std::vector<double> &grid = strengthGrid();
  model.strength = grid[grid.size() / 2];
  if (!model.innerLoss.empty())
    model.strength = grid[static_cast<size_t>(
        std::min_element(model.innerLoss.begin(), model.innerLoss.end()) -
        model.innerLoss.begin())];

  model.preprocessor = Preprocessor::fit(compressed);
  LogisticTrainer trainer(model.preprocessor.transform(compressed), keys.label,
                          classes);
  model.fit = trainer.fit(model.strength);
  return model;
}

std::vector<int> protocolFolds(Protocol protocol, const FoldKeys &keys,
                               int folds, uint64_t seed) {
  if (protocol == Protocol::HeldOut)
    return programFolds(keys.program);
  // Both within protocols cut the same way whatever else is evaluated.
  Random random(deriveSeed(seed, "folds/" + protocolName(protocol)));
  if (protocol == Protocol::WithinGrouped) {
    const std::set<int> mutants(keys.mutant.begin(), keys.mutant.end());
    return stratifiedFolds(keys, keys.mutant,
                           std::min(folds, static_cast<int>(mutants.size())),
                           random);
  }
  std::vector<int> single(keys.label.size());
  std::iota(single.begin(), single.end(), 0);
  return stratifiedFolds(
      keys, single, std::min(folds, static_cast<int>(single.size())), random);
}

size_t Evaluator::add(Protocol protocol, const std::vector<Index> &columns,
                      const FoldKeys &keys) {
  plans.push_back({columns, keys});
  Evaluation evaluation;
  evaluation.protocol = protocol;
  evaluation.fold = protocolFolds(protocol, keys, folds, seed);
  const int count =
      *std::max_element(evaluation.fold.begin(), evaluation.fold.end()) + 1;
  evaluation.probabilities.resize(static_cast<Index>(keys.label.size()),
                                  classes);
  evaluation.predicted.resize(keys.label.size());
  evaluation.majority.resize(keys.label.size());
  evaluation.folds.resize(static_cast<size_t>(count));
  evaluations.push_back(std::move(evaluation));
  return plans.size() - 1;
}

void Evaluator::runFold(const Plan &plan, Evaluation &evaluation,
                        int fold) const {
  const std::vector<int> train = rowsOf(evaluation.fold, fold, false);
  const std::vector<int> test = rowsOf(evaluation.fold, fold, true);
  FoldRecord &record = evaluation.folds[static_cast<size_t>(fold)];
  const bool heldOut = evaluation.protocol == Protocol::HeldOut;
  if (!test.empty() && heldOut)
    record.name = programs[static_cast<size_t>(
        plan.keys.program[static_cast<size_t>(test.front())])];
  else
    record.name = fmt::format("{}", fold + 1);
  record.trainRuns = static_cast<int>(train.size());
  record.testRuns = static_cast<int>(test.size());
  if (test.empty())
    return;

  const FoldKeys keys = pickKeys(plan.keys, train);
  const uint64_t foldSeed =
      deriveSeed(seed, fmt::format("inner/{}/{}",
                                   protocolName(evaluation.protocol), fold));
  const TrainedModel model = trainModel(features(train, plan.columns), keys,
                                        classes, folds, heldOut, foldSeed);
  const MatrixXd probabilities =
      model.probabilities(features(test, plan.columns));

  std::vector<int> count(static_cast<size_t>(classes), 0);
  for (int label : keys.label)
    ++count[static_cast<size_t>(label)];
  const int majority = static_cast<int>(
      std::max_element(count.begin(), count.end()) - count.begin());
  for (size_t i = 0; i < test.size(); ++i) {
    const auto row = static_cast<size_t>(test[i]);
    const auto from = static_cast<Index>(i);
    evaluation.probabilities.row(test[i]) = probabilities.row(from);
    Index best = 0;
    probabilities.row(from).maxCoeff(&best);
    evaluation.predicted[row] = static_cast<int>(best);
    evaluation.majority[row] = majority;
  }
  record.columns = model.preprocessor.columns();
  record.strength = model.strength;
  record.innerLoss = model.innerLoss;
  record.innerFolds = model.innerFolds;
  record.innerByProgram = model.innerByProgram;
  record.iterations = model.fit.iterations;
  record.gradientNorm = model.fit.gradientNorm;
  record.converged = model.fit.converged;
}

std::vector<Evaluation> Evaluator::run(int jobs) {
  struct Unit {
    size_t plan;
    int fold;
  };
  std::vector<Unit> units;
  for (size_t p = 0; p < plans.size(); ++p)
    for (size_t f = 0; f < evaluations[p].folds.size(); ++f)
      units.push_back({p, static_cast<int>(f)});

  Progress progress("folds", units.size());
  std::atomic<size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  auto work = [&] {
    for (size_t u = next++; u < units.size(); u = next++) {
      try {
        runFold(plans[units[u].plan], evaluations[units[u].plan],
                units[u].fold);
      } catch (...) {
        std::lock_guard<std::mutex> lock(mutex);
        if (!failure)
          failure = std::current_exception();
        next = units.size();
      }
      progress.advance();
    }
  };
  std::vector<std::thread> threads;
  for (int t = 1; t < jobs; ++t)
    threads.emplace_back(work);
  work();
  for (std::thread &thread : threads)
    thread.join();
  if (failure)
    std::rethrow_exception(failure);
  return std::move(evaluations);
}

} // namespace dynfault::study
