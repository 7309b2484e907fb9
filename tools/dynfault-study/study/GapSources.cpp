//===- GapSources.cpp - Where the gap comes from --------------------------===//
//
// Planned in the constructor, scored in json().
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/study/GapSources.h"

#include "tools/dynfault-study/features/ProgramTransforms.h"
#include "tools/dynfault-study/study/LeakageChecks.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Random.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace dynfault::study {
namespace {

using Eigen::Index;

/// Penalty of experiments that compare conditions and are not tuned.
constexpr double fixedStrength = 0.03;

double pooledScore(const std::vector<int> &truth,
                   const Predictions &predictions, int classes) {
  return balancedAccuracy(confusionOf(truth, predictions.predicted, classes));
}

} // namespace

GapSources::GapSources(TaskStudy &study, const FeatureTable &table,
                       const StudyOptions &options, Plan &plan) {
  planIdentity(study, options, plan);
  const auto &columns = study.sets[study.mainSet].columns;
  Experiment centred = study.experiment(options, Protocol::Within, columns);
  // The same as for identity.
  centred.features = &study.matrices.back();
  centredWithin = plan.add(centred);
  centred.protocol = Protocol::HeldOut;
  centredHeldOut = plan.add(centred);
  planPermutations(study, options, plan);
  planCurve(study, options, plan);
  if (study.data.task == TaskId::InstabilityTriage ||
      study.data.task == TaskId::TrainValidationMismatch)
    planThresholds(study, table, options, plan);
}

void GapSources::planIdentity(TaskStudy &study, const StudyOptions &options,
                              Plan &plan) {
  auto add = [&](const std::string &name, const RowMatrix &features,
                 const std::vector<Index> &columns) {
    Experiment experiment =
        study.experiment(options, Protocol::WithinGrouped, columns);
    experiment.features = &features;
    experiment.model = Model::Ridge;
    experiment.strength = fixedStrength;
    experiment.keys.label = experiment.keys.program;
    experiment.classes = static_cast<int>(study.data.programs.size());
    identity.push_back({name, plan.add(experiment)});
  };
  for (const FeatureSet &set : study.sets)
    if (set.members.size() == 1 || &set == &study.sets[study.mainSet])
      add(set.name, study.data.features, set.columns);
  study.matrices.push_back(
      centredByProgram(study.data.features, study.data.keys.program));
  const FeatureSet &main = study.sets[study.mainSet];
  add(main.name + ", centred", study.matrices.back(), main.columns);
}

void GapSources::planPermutations(TaskStudy &study, const StudyOptions &options,
                                  Plan &plan) {
  using Arms = std::vector<std::pair<const char *, Protocol>>;
  auto planKind = [&](const char *name, const char *seed, auto permute,
                      const Arms &arms) {
    permutations.push_back({name, {}});
    Random random(deriveSeed(options.seed, seed));
    for (int p = 0; p < options.permutations && !arms.empty(); ++p) {
      Permutation permutation{permute(study.data.keys, random), {}};
      for (const auto &[arm, protocol] : arms) {
        Experiment experiment = study.experiment(
            options, protocol, study.sets[study.mainSet].columns);
        experiment.keys.label = permutation.labels;
        permutation.arms.emplace_back(arm, plan.add(experiment));
      }
      permutations.back().draws.push_back(std::move(permutation));
    }
  };
  planKind("label_permutation", "permutations", permutedRuns,
           {{"within", Protocol::Within}, {"held_out", Protocol::HeldOut}});
  planKind("overall_permutation", "overall permutations", permutedEverywhere,
           {{"held_out", Protocol::HeldOut}});
  // With one mutant there is nothing to exchange.
  Arms grouped;
  if (study.data.mutants.size() >= 2)
    grouped = {{"within", Protocol::Within},
               {"within_grouped", Protocol::WithinGrouped}};
  planKind("mutant_permutation", "mutant permutations", permutedMutants,
           grouped);
}

void GapSources::planCurve(TaskStudy &study, const StudyOptions &options,
                           Plan &plan) {
  const int most = static_cast<int>(study.data.programs.size()) - 1;
  std::vector<int> sizes;
  for (int size = 2; size < most; size *= 2)
    sizes.push_back(size);
  sizes.push_back(most);
  for (int size : sizes)
    for (int draw = 0; draw < (size == most ? 1 : 2); ++draw) {
      Experiment experiment = study.experiment(
          options, Protocol::HeldOut, study.sets[study.mainSet].columns);
      experiment.strength = fixedStrength;
      experiment.trainPrograms = size == most ? 0 : size;
      experiment.draw = draw;
      curve.push_back({size, draw, plan.add(experiment)});
    }
}

void GapSources::planThresholds(TaskStudy &study, const FeatureTable &table,
                                const StudyOptions &options, Plan &plan) {
  auto add = [&](const std::string &name, const Thresholds &limits) {
    ThresholdPoint point{name, nullptr, "", 0, 0};
    LabelOptions labels = options.labels;
    labels.thresholds = limits;
    try {
      study.variants.push_back(makeTask(study.data.task, table, labels));
      const TaskData &data = study.variants.back();
      if (data.programs.size() < 2)
        throw StudyError("runs of one program only");
      point.data = &data;
      Experiment experiment = study.experiment(
          options, Protocol::Within, study.sets[study.mainSet].columns);
      experiment.features = &data.features;
      experiment.keys = data.keys;
      point.within = plan.add(experiment);
      experiment.protocol = Protocol::HeldOut;
      point.heldOut = plan.add(experiment);
    } catch (const StudyError &error) {
      // A stated exclusion: at these limits a class is empty.
      point.reason = error.what();
    }
    thresholds.push_back(point);
  };
  const Thresholds &limits = options.labels.thresholds;
  add("halved", limits.scaled(0.5));
  add("doubled", limits.scaled(2));
  if (study.data.task != TaskId::TrainValidationMismatch)
    return;
  Thresholds other = limits;
  other.calibrated = !limits.calibrated;
  add(other.calibrated ? "calibrated" : "fixed", other);
}

Json GapSources::json(const TaskStudy &study, const StudyOptions &options,
                      const Plan &plan,
                      const ClusterBootstrap &bootstrap) const {
  const TaskData &data = study.data;
  const auto classes = static_cast<int>(data.classes.size());
  const auto programs = static_cast<int>(data.programs.size());
  Json out;

  Json identities = Json::array();
  for (const Identity &one : identity)
    identities.push_back(
        {{"feature_set", one.name},
         {"balanced_accuracy",
          jsonOf(pooledScore(data.keys.program, plan.at(one.experiment),
                             programs))},
         {"chance", jsonOf(1.0 / programs)}});
  out["program_identity"] = identities;

  const std::vector<double> shares =
      betweenProgramShares(data.features, data.keys.program);
  Json variances = Json::array();
  for (size_t f = 0; f < shares.size(); ++f)
    variances.push_back(Json::array({data.featureNames[f], jsonOf(shares[f])}));
  out["between_program_variance"] = variances;

  const ScoreCard within = scoreCard(data, plan.at(centredWithin), bootstrap);
  const ScoreCard heldOut = scoreCard(data, plan.at(centredHeldOut), bootstrap);
  out["centred"] = {
      {"within", jsonOf(within.balancedAccuracy)},
      {"held_out", jsonOf(heldOut.balancedAccuracy)},
      {"gap", differenceOf(within, heldOut, options.seed).json()}};

  for (const PermutationKind &kind : permutations) {
    Json draws = Json::array();
    for (const Permutation &draw : kind.draws) {
      Json scores = Json::object();
      for (const auto &[arm, experiment] : draw.arms)
        scores[arm] =
            jsonOf(pooledScore(draw.labels, plan.at(experiment), classes));
      draws.push_back(scores);
    }
    out[kind.name] = draws;
  }
  out["permutation_limit"] = {{"within", permutationLimit(data, true)},
                              {"held_out", permutationLimit(data, false)}};

  Json points = Json::array();
  for (const CurvePoint &point : curve) {
    const ScoreCard card =
        scoreCard(data, plan.at(point.experiment), bootstrap);
    points.push_back({{"training_programs", point.programs},
                      {"draw", point.draw},
                      {"balanced_accuracy", jsonOf(card.balancedAccuracy)},
                      {"interval_95", jsonOf(card.interval)}});
  }
  out["learning_curve"] = points;

  Json moved = Json::array();
  for (const ThresholdPoint &point : thresholds) {
    Json entry = {{"thresholds", point.name}};
    if (!point.data) {
      entry["excluded"] = point.reason;
      moved.push_back(entry);
      continue;
    }
    const ClusterBootstrap own(static_cast<int>(point.data->programs.size()),
                               options.resamples, options.seed);
    const ScoreCard seen = scoreCard(*point.data, plan.at(point.within), own);
    const ScoreCard unseen =
        scoreCard(*point.data, plan.at(point.heldOut), own);
    Json runs = Json::object();
    for (size_t c = 0; c < point.data->classes.size(); ++c)
      runs[point.data->classes[c]] =
          std::count(point.data->keys.label.begin(),
                     point.data->keys.label.end(), static_cast<int>(c));
    entry["runs_per_class"] = runs;
    entry["within"] = jsonOf(seen.balancedAccuracy);
    entry["held_out"] = jsonOf(unseen.balancedAccuracy);
    entry["held_out_interval_95"] = jsonOf(unseen.interval);
    entry["gap"] = differenceOf(seen, unseen, options.seed).json();
    moved.push_back(entry);
  }
  out["thresholds"] = moved;
  return out;
}

} // namespace dynfault::study
