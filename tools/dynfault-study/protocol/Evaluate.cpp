//===- Evaluate.cpp - Out-of-fold predictions -----------------------------===//
//
// Test rows reach nothing but transform(), the models' predictions and, for
// CORAL, the alignment, which is what makes that method transductive.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/protocol/Evaluate.h"

#include "tools/dynfault-study/model/DomainGeneralisation.h"
#include "tools/dynfault-study/model/Forest.h"
#include "tools/dynfault-study/model/NearestNeighbours.h"
#include "tools/dynfault-study/model/Ridge.h"
#include "tools/dynfault-study/protocol/TrainingParts.h"
#include "tools/dynfault-study/protocol/Tuning.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Parallel.h"
#include "tools/dynfault-study/util/Progress.h"
#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <set>

namespace dynfault::study {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// Keeps some programs of the training rows; nested: a larger number keeps
/// those of a smaller one and more.
std::vector<int> thinned(const std::vector<int> &train,
                         const Experiment &experiment, int fold) {
  if (experiment.trainPrograms == 0)
    return train;
  const std::vector<int> programs = pick(experiment.keys.program, train);
  const std::set<int> distinct(programs.begin(), programs.end());
  std::vector<int> order(distinct.begin(), distinct.end());
  Random random(
      deriveSeed(experiment.seed,
                 fmt::format("learning curve/{}/{}", experiment.draw, fold)));
  random.shuffle(order);
  order.resize(
      std::min(order.size(), static_cast<size_t>(experiment.trainPrograms)));
  std::vector<int> kept;
  for (size_t i = 0; i < train.size(); ++i)
    if (std::find(order.begin(), order.end(), programs[i]) != order.end())
      kept.push_back(train[i]);
  return kept;
}

ForestOptions forestOptions(Model model, Index columns, uint64_t seed) {
  ForestOptions options;
  options.seed = seed;
  if (model == Model::Tree)
    return options;
  options.trees = model == Model::Forest ? 32 : 200;
  options.depth = model == Model::Forest ? 10 : 64;
  options.tried =
      std::max(1, static_cast<int>(std::sqrt(static_cast<double>(columns))));
  options.bootstrap = true;
  return options;
}

bool isDomainModel(Model model) {
  return model == Model::Irm || model == Model::Vrex ||
         model == Model::GroupDro;
}

struct Fold {
  const Experiment &experiment;
  TrainingParts &parts;
  Tuning &tuning;
  int number;
  std::vector<int> train, test;
};

/// Scores of the test rows, and the record.
MatrixXd learnFold(const Fold &fold, FoldRecord &record) {
  const Experiment &experiment = fold.experiment;
  const FoldKeys keys = experiment.keys.at(fold.train);
  const RowMatrix &features = *experiment.features;
  // Nobody else has a training part that was thinned for this experiment.
  const Preprocessor preprocessor =
      experiment.trainPrograms > 0
          ? Preprocessor(fold.parts.once(fold.train), experiment.columns)
          : Preprocessor(fold.parts.at(fold.train), experiment.columns);
  RowMatrix test = preprocessor.transform(features, fold.test);
  record.columns = test.cols();
  const Choice choice = fold.tuning.choiceFor(fold.number);
  record.tuned = choice.tuned;
  if (experiment.model == Model::Logistic) {
    record.strength = choice.strength;
    LogisticTrainer trainer(preprocessor.design<float>(features, fold.train),
                            keys.label, experiment.classes);
    fold.tuning.prepare(experiment, fold.number, preprocessor.columnNames(),
                        fold.parts, trainer);
    const LogisticFit fit = trainer.fit(choice.strength, 1e-4);
    record.converged = fit.converged;
    return fit.probabilities(test);
  }

  RowMatrix train = preprocessor.transform(features, fold.train);
  const uint64_t seed =
      deriveSeed(experiment.seed, fmt::format("model/{}", fold.number));
  switch (experiment.model) {
  case Model::KNearest:
    return nearestNeighbourShares(train, keys.label, test, experiment.classes);
  case Model::Tree:
  case Model::Forest:
  case Model::Forest200:
    return Forest(train, keys.label, experiment.classes,
                  forestOptions(experiment.model, train.cols(), seed))
        .probabilities(test);
  case Model::Ridge: {
    record.strength = choice.strength;
    return RidgeTrainer(train, keys.label, experiment.classes)
        .fit(choice.strength)
        .scores(test);
  }
  case Model::Subspace: {
    record.parameter = choice.parameter;
    const MatrixXd axes = programSubspace(train, keys.label, keys.program,
                                          static_cast<int>(choice.parameter));
    train -= (train * axes).eval() * axes.transpose();
    test -= (test * axes).eval() * axes.transpose();
    break;
  }
  case Model::Coral:
    train = coralAligned(train, test);
    break;
  default:
    break;
  }

  record.strength = choice.strength;
  LogisticTrainer trainer(Design<float>(train), keys.label, experiment.classes);
  LogisticFit fit = trainer.fit(choice.strength, 1e-4);
  if (isDomainModel(experiment.model)) {
    record.parameter = choice.parameter;
    const std::vector<int> domains = groupFolds(keys.program);
    fit = fitAcrossDomains(trainer.rows(), keys.label, domains,
                           experiment.classes, domainMethod(experiment.model),
                           choice.parameter, choice.strength, fit,
                           *trainer.sharedMetric());
  }
  record.converged = fit.converged;
  return fit.probabilities(test);
}

/// About how long an experiment takes, in fits of one value.
double costOf(const Experiment &experiment) {
  const std::vector<int> &group =
      experiment.protocol == Protocol::HeldOutDataset ? experiment.keys.dataset
      : experiment.protocol == Protocol::HeldOutFamily
          ? experiment.keys.family
          : experiment.keys.program;
  const std::set<int> groups(group.begin(), group.end());
  double fits = experiment.folds;
  if (isHeldOut(experiment.protocol)) {
    fits = static_cast<double>(groups.size());
    if (experiment.trainPrograms > 0)
      fits *= std::min(1.0, experiment.trainPrograms / fits);
  }
  // Ten inner fits, on three fifths of the rows.
  if (!(experiment.strength > 0))
    fits += 6;
  double each = 1;
  switch (experiment.model) {
  case Model::Tree:
    each = 2;
    break;
  case Model::Forest:
    each = 8;
    break;
  case Model::Forest200:
    each = 50;
    break;
  case Model::Ridge:
    each = 1 + experiment.classes / 10.0;
    break;
  case Model::Coral:
  case Model::Irm:
  case Model::Vrex:
  case Model::GroupDro:
    each = 4;
    break;
  default:
    break;
  }
  return fits * each * static_cast<double>(experiment.columns.size()) *
         static_cast<double>(experiment.keys.label.size());
}

} // namespace

std::string modelName(Model model) {
  switch (model) {
  case Model::Logistic:
    return "logistic";
  case Model::Ridge:
    return "ridge";
  case Model::KNearest:
    return "k-nearest";
  case Model::Tree:
    return "tree";
  case Model::Forest:
    return "forest";
  case Model::Forest200:
    return "forest-200";
  case Model::Coral:
    return "coral";
  case Model::Irm:
    return "irm";
  case Model::Vrex:
    return "v-rex";
  case Model::GroupDro:
    return "group-dro";
  case Model::Subspace:
    return "subspace";
  }
  return "";
}

Model parseModel(const std::string &name) {
  for (Model model : {Model::Logistic, Model::Ridge, Model::KNearest,
                      Model::Tree, Model::Forest, Model::Forest200})
    if (modelName(model) == name)
      return model;
  throw UsageError(fmt::format("--models: unknown model '{}'; choose from "
                               "logistic, ridge, k-nearest, tree, forest, "
                               "forest-200",
                               name));
}

Predictions crossValidate(const Experiment &experiment) {
  TrainingParts parts(*experiment.features, experiment.columns,
                      experiment.keys.program);
  return crossValidate(experiment, parts);
}

Predictions crossValidate(const Experiment &experiment, TrainingParts &parts) {
  Predictions out;
  const FoldKeys &keys = experiment.keys;
  out.fold = protocolFolds(experiment.protocol, keys, experiment.folds,
                           experiment.seed);
  out.areProbabilities = experiment.model != Model::Ridge;
  const int count = *std::max_element(out.fold.begin(), out.fold.end()) + 1;
  out.scores =
      MatrixXd::Zero(static_cast<Index>(keys.label.size()), experiment.classes);
  out.predicted.assign(keys.label.size(), 0);
  out.majority.assign(keys.label.size(), 0);
  out.folds.resize(static_cast<size_t>(count));
  Tuning tuning(experiment, out.fold, parts);

  for (int f = 0; f < count; ++f) {
    Fold fold{experiment,
              parts,
              tuning,
              f,
              rowsOf(out.fold, f, false),
              rowsOf(out.fold, f, true)};
    fold.train = thinned(fold.train, experiment, f);
    FoldRecord &record = out.folds[static_cast<size_t>(f)];
    record.trainRuns = static_cast<int>(fold.train.size());
    record.testRuns = static_cast<int>(fold.test.size());
    if (fold.test.empty())
      continue;
    std::vector<int> runs(static_cast<size_t>(experiment.classes), 0);
    for (int row : fold.train)
      ++runs[static_cast<size_t>(keys.label[static_cast<size_t>(row)])];
    const auto majority = static_cast<int>(
        std::max_element(runs.begin(), runs.end()) - runs.begin());
    const auto present =
        std::count_if(runs.begin(), runs.end(), [](int n) { return n > 0; });
    // One class only (say, all unstable runs are of the held-out family):
    // nothing can be learned but that class.
    MatrixXd scores = MatrixXd::Zero(static_cast<Index>(fold.test.size()),
                                     experiment.classes);
    if (present > 1)
      scores = learnFold(fold, record);
    else
      scores.col(majority).setOnes();
    for (size_t i = 0; i < fold.test.size(); ++i) {
      const auto from = static_cast<Index>(i);
      const auto to = static_cast<size_t>(fold.test[i]);
      out.scores.row(fold.test[i]) = scores.row(from);
      Index best = 0;
      scores.row(from).maxCoeff(&best);
      out.predicted[to] = static_cast<int>(best);
      out.majority[to] = majority;
    }
  }
  return out;
}

TrainedModel trainModel(const RowMatrix &compressed, const FoldKeys &keys,
                        int classes, uint64_t seed) {
  if (std::set<int>(keys.label.begin(), keys.label.end()).size() < 2)
    throw StudyError("the runs have a single class; record more programs, or "
                     "more mutants of each class");
  Experiment experiment;
  experiment.features = &compressed;
  experiment.columns.resize(static_cast<size_t>(compressed.cols()));
  std::iota(experiment.columns.begin(), experiment.columns.end(), Index{0});
  experiment.keys = keys;
  experiment.classes = classes;
  experiment.protocol = Protocol::HeldOut;
  experiment.seed = seed;
  TrainingParts parts(compressed, experiment.columns, keys.program);
  const Tuning tuning(experiment, groupFolds(keys.program), parts);
  const Choice choice = tuning.choiceForAll();
  TrainedModel model;
  model.strength = choice.strength;
  model.tuned = choice.tuned;
  model.preprocessor = Preprocessor::fit(compressed);
  LogisticTrainer trainer(model.preprocessor.transform(compressed), keys.label,
                          classes);
  model.fit = trainer.fit(choice.strength);
  return model;
}

std::vector<Predictions> runExperiments(const std::vector<Experiment> &all,
                                        int jobs) {
  // The longest first, so that no thread is left alone with one at the end.
  std::vector<size_t> order(all.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::vector<double> cost;
  for (const Experiment &one : all)
    cost.push_back(costOf(one));
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return cost[a] > cost[b]; });
  std::map<const RowMatrix *, std::set<Index>> columns;
  std::map<const RowMatrix *, const std::vector<int> *> programs;
  for (const Experiment &one : all) {
    columns[one.features].insert(one.columns.begin(), one.columns.end());
    programs.try_emplace(one.features, &one.keys.program);
  }
  std::map<const RowMatrix *, TrainingParts> parts;
  for (const auto &entry : columns)
    parts.try_emplace(
        entry.first, *entry.first,
        std::vector<Index>(entry.second.begin(), entry.second.end()),
        *programs.at(entry.first));
  std::vector<Predictions> results(all.size());
  Progress progress("experiments", all.size());
  forEachIndex(order.size(), jobs, [&](size_t u) {
    const Experiment &experiment = all[order[u]];
    results[order[u]] =
        crossValidate(experiment, parts.at(experiment.features));
    progress.advance();
  });
  return results;
}

} // namespace dynfault::study
