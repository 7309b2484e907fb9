//===- Tuning.cpp - Choosing hyper-parameters inside training parts -------===//
//
// Ridge has no probabilities: its candidates are compared by the squared error
// of its scores.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/protocol/Tuning.h"

#include "tools/dynfault-study/model/Ridge.h"
#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace dynfault::study {

using Eigen::Index;
using Eigen::MatrixXd;

namespace {

constexpr int tuningGroups = 5;
/// Where a method's own parameter is tuned, and where nothing can be.
constexpr double middleStrength = 0.03;

const std::vector<double> &subspaceGrid() {
  static const std::vector<double> grid = {1, 3, 10, 20};
  return grid;
}

bool hasStrength(Model model) {
  return model != Model::KNearest && model != Model::Tree &&
         model != Model::Forest && model != Model::Forest200;
}

/// The parameters of a model's own, or none.
std::vector<double> parameterGrid(Model model) {
  switch (model) {
  case Model::Irm:
  case Model::Vrex:
  case Model::GroupDro:
    return domainGrid(domainMethod(model));
  case Model::Subspace:
    return subspaceGrid();
  default:
    return {};
  }
}

/// Loss of one row: log loss of its class, or squared error of ridge scores.
double lossOf(const MatrixXd &scores, Index row, int label, bool squared) {
  // A zero would make the sum infinite for all candidates alike.
  constexpr double least = 1e-12;
  if (!squared)
    return -std::log(std::max(scores(row, label), least));
  double sum = 0;
  for (Index c = 0; c < scores.cols(); ++c) {
    const double error = scores(row, c) - (c == label ? 1 : -1);
    sum += error * error;
  }
  return sum;
}

} // namespace

const std::vector<double> &strengthGrid() {
  static const std::vector<double> grid = {30,  10,   3,    1,    0.3,
                                           0.1, 0.03, 0.01, 0.003};
  return grid;
}

DomainMethod domainMethod(Model model) {
  if (model == Model::Irm)
    return DomainMethod::Irm;
  return model == Model::Vrex ? DomainMethod::Vrex : DomainMethod::GroupDro;
}

std::vector<int> rowsOf(const std::vector<int> &fold, int which, bool inside) {
  std::vector<int> rows;
  for (size_t i = 0; i < fold.size(); ++i)
    if ((fold[i] == which) == inside)
      rows.push_back(static_cast<int>(i));
  return rows;
}

Tuning::Tuning(const Experiment &experiment, const std::vector<int> &fold,
               TrainingParts &parts) {
  const bool tuned =
      hasStrength(experiment.model) && !(experiment.strength > 0);
  if (tuned || experiment.model == Model::Logistic)
    dealGroups(experiment, fold);
  if (!tuned) {
    candidates.push_back({experiment.strength, 0});
    return;
  }
  const std::vector<double> parameters = parameterGrid(experiment.model);
  if (parameters.empty())
    for (double strength : strengthGrid())
      candidates.push_back({strength, 0});
  for (double parameter : parameters)
    candidates.push_back({middleStrength, parameter});

  const auto size = static_cast<Index>(candidates.size());
  losses.assign(static_cast<size_t>(groups),
                MatrixXd::Zero(size, experiment.classes));
  counts.assign(static_cast<size_t>(groups),
                Eigen::VectorXd::Zero(experiment.classes));
  if (groups < 3)
    return;
  for (int first = 0; first < groups; ++first)
    for (int second = first + 1; second < groups; ++second) {
      Pair pair;
      pair.first = first;
      pair.second = second;
      tryPair(experiment, parts, pair);
      pairs.push_back(std::move(pair));
    }
}

void Tuning::dealGroups(const Experiment &experiment,
                        const std::vector<int> &fold) {
  group = foldGroups(fold, tuningGroups, experiment.seed);
  groups = *std::max_element(group.begin(), group.end()) + 1;
  groupOfFold.resize(
      static_cast<size_t>(*std::max_element(fold.begin(), fold.end()) + 1));
  for (size_t i = 0; i < fold.size(); ++i)
    groupOfFold[static_cast<size_t>(fold[i])] = group[i];
  starts.resize(static_cast<size_t>(groups));
  foldsOfGroup.resize(static_cast<size_t>(groups), 0);
  for (int own : groupOfFold)
    ++foldsOfGroup[static_cast<size_t>(own)];
}

std::vector<MatrixXd> Tuning::pairScores(
    const Experiment &experiment, Pair &pair, const Preprocessor &preprocessor,
    const std::vector<int> &trainRows, const std::vector<int> &testRows) const {
  std::vector<MatrixXd> scores;
  const int classes = experiment.classes;
  const RowMatrix &features = *experiment.features;
  const FoldKeys keys = experiment.keys.at(trainRows);
  if (experiment.model == Model::Ridge) {
    const RidgeTrainer trainer(preprocessor.transform(features, trainRows),
                               keys.label, classes);
    const RowMatrix test = preprocessor.transform(features, testRows);
    for (const Candidate &candidate : candidates)
      scores.push_back(trainer.fit(candidate.strength).scores(test));
    return scores;
  }
  if (experiment.model == Model::Subspace) {
    const RowMatrix train = preprocessor.transform(features, trainRows);
    const RowMatrix test = preprocessor.transform(features, testRows);
    for (const Candidate &candidate : candidates) {
      const MatrixXd axes =
          programSubspace(train, keys.label, keys.program,
                          static_cast<int>(candidate.parameter));
      LogisticTrainer trainer(
          Design<float>(train - (train * axes).eval() * axes.transpose()),
          keys.label, classes);
      scores.push_back(
          trainer.fit(candidate.strength, 1e-3)
              .probabilities(test - (test * axes).eval() * axes.transpose()));
    }
    return scores;
  }
  const bool ownParameter = candidates.front().parameter > 0;
  LogisticTrainer trainer(preprocessor.design<float>(features, trainRows),
                          keys.label, classes);
  const Design<float> test = preprocessor.design<float>(features, testRows);
  if (!ownParameter) {
    for (const Candidate &candidate : candidates) {
      pair.fits.push_back(trainer.fit(candidate.strength, 1e-3));
      scores.push_back(pair.fits.back().probabilities(test));
    }
    pair.metric = trainer.sharedMetric();
    pair.metric->forgetFactors();
    return scores;
  }
  const LogisticFit start = trainer.fit(middleStrength, 1e-4);
  const std::vector<int> domains = groupFolds(keys.program);
  for (const Candidate &candidate : candidates)
    scores.push_back(fitAcrossDomains(trainer.rows(), keys.label, domains,
                                      classes, domainMethod(experiment.model),
                                      candidate.parameter, candidate.strength,
                                      start, *trainer.sharedMetric())
                         .probabilities(test));
  return scores;
}

void Tuning::tryPair(const Experiment &experiment, TrainingParts &parts,
                     Pair &pair) {
  std::vector<int> train, test;
  for (size_t i = 0; i < group.size(); ++i)
    (group[i] == pair.first || group[i] == pair.second ? test : train)
        .push_back(static_cast<int>(i));
  const std::vector<int> labels = pick(experiment.keys.label, train);
  if (test.empty() || std::set<int>(labels.begin(), labels.end()).size() < 2)
    return;
  const Preprocessor preprocessor(parts.at(train), experiment.columns);
  pair.columns = preprocessor.columnNames();
  const std::vector<MatrixXd> scores =
      pairScores(experiment, pair, preprocessor, train, test);
  for (size_t i = 0; i < test.size(); ++i) {
    const auto row = static_cast<size_t>(test[i]);
    const int label = experiment.keys.label[row];
    // Tested on one group of the pair, it counts for the other.
    const auto forGroup = static_cast<size_t>(
        group[row] == pair.first ? pair.second : pair.first);
    counts[forGroup](label) += 1;
    for (size_t c = 0; c < scores.size(); ++c)
      losses[forGroup](static_cast<Index>(c), label) +=
          lossOf(scores[c], static_cast<Index>(i), label,
                 experiment.model == Model::Ridge);
  }
}

Choice Tuning::choiceFor(int fold) const {
  if (pairs.empty()) {
    const Candidate &only = candidates[candidates.size() / 2];
    return {only.strength, only.parameter, false};
  }
  const auto own = static_cast<size_t>(groupOfFold[static_cast<size_t>(fold)]);
  Eigen::VectorXd score =
      Eigen::VectorXd::Zero(static_cast<Index>(candidates.size()));
  for (Index label = 0; label < counts[own].size(); ++label)
    if (counts[own](label) > 0)
      score += losses[own].col(label) / counts[own](label);
  Index least = 0;
  score.minCoeff(&least);
  const Candidate &chosen = candidates[static_cast<size_t>(least)];
  return {chosen.strength, chosen.parameter, true};
}

Choice Tuning::choiceForAll() const {
  if (pairs.empty())
    return choiceFor(0);
  Eigen::VectorXd score =
      Eigen::VectorXd::Zero(static_cast<Index>(candidates.size()));
  for (Index label = 0; label < counts.front().size(); ++label) {
    double count = 0;
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(score.size());
    for (size_t g = 0; g < losses.size(); ++g) {
      count += counts[g](label);
      sum += losses[g].col(label);
    }
    if (count > 0)
      score += sum / count;
  }
  Index least = 0;
  score.minCoeff(&least);
  const Candidate &chosen = candidates[static_cast<size_t>(least)];
  return {chosen.strength, chosen.parameter, true};
}

void Tuning::startFromPair(int fold, const std::vector<Index> &columns,
                           LogisticTrainer &trainer) const {
  const int own = groupOfFold[static_cast<size_t>(fold)];
  const double strength = choiceFor(fold).strength;
  for (const Pair &pair : pairs) {
    if ((pair.first != own && pair.second != own) || pair.columns != columns ||
        pair.fits.empty())
      continue;
    trainer.share(pair.metric);
    for (size_t c = 0; c < candidates.size(); ++c)
      if (candidates[c].strength == strength)
        trainer.startFrom(pair.fits[c]);
    return;
  }
}

void Tuning::makeStart(const Experiment &experiment, int fold,
                       TrainingParts &parts, Start &start) const {
  start.made = true;
  const std::vector<int> train =
      rowsOf(group, groupOfFold[static_cast<size_t>(fold)], false);
  const std::vector<int> labels = pick(experiment.keys.label, train);
  if (std::set<int>(labels.begin(), labels.end()).size() < 2)
    return;
  const Preprocessor preprocessor(parts.at(train), experiment.columns);
  start.columns = preprocessor.columnNames();
  LogisticTrainer trainer(
      preprocessor.design<float>(*experiment.features, train), labels,
      experiment.classes);
  startFromPair(fold, start.columns, trainer);
  const double strength = choiceFor(fold).strength;
  start.fit = trainer.fit(strength, 1e-3);
  start.metric = trainer.localMetric();
}

void Tuning::prepare(const Experiment &experiment, int fold,
                     const std::vector<Index> &columns, TrainingParts &parts,
                     LogisticTrainer &trainer) {
  const auto own = static_cast<size_t>(groupOfFold[static_cast<size_t>(fold)]);
  if (foldsOfGroup[own] == 1 || experiment.trainPrograms > 0)
    return startFromPair(fold, columns, trainer);
  Start &start = starts[own];
  if (!start.made)
    makeStart(experiment, fold, parts, start);
  if (!start.metric || start.columns != columns)
    return startFromPair(fold, columns, trainer);
  trainer.share(start.metric);
  trainer.startFrom(start.fit);
}

} // namespace dynfault::study
