//===- Closing.cpp - How far the gap can be closed ------------------------===//
//
// A method is a matrix of features, a choice of columns, or a model.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/study/Closing.h"

#include "tools/dynfault-study/features/ProgramTransforms.h"

#include <cmath>
#include <set>

namespace dynfault::study {

Closing::Closing(TaskStudy &study, const StudyOptions &options, Plan &plan) {
  const TaskData &data = study.data;
  const auto &columns = study.sets[study.mainSet].columns;
  auto add = [&](const std::string &name, const std::string &needs,
                 const RowMatrix &features,
                 const std::vector<Eigen::Index> &used, Model model) {
    Experiment experiment = study.experiment(options, Protocol::Within, used);
    experiment.features = &features;
    experiment.model = model;
    Method method{name, needs, plan.add(experiment), 0};
    experiment.protocol = Protocol::HeldOut;
    method.heldOut = plan.add(experiment);
    methods.push_back(method);
  };
  auto transformed = [&](RowMatrix matrix) -> const RowMatrix & {
    study.matrices.push_back(std::move(matrix));
    return study.matrices.back();
  };

  std::vector<Eigen::Index> scaleFree;
  for (Eigen::Index column : columns)
    if (isScaleFree(data.featureNames[static_cast<size_t>(column)]))
      scaleFree.push_back(column);
  if (scaleFree.empty())
    excluded.emplace_back("scale-free features", "no feature is scale-free");
  else
    add("scale-free features", "nothing", data.features, scaleFree,
        Model::Logistic);
  add("subspace projection", "nothing", data.features, columns,
      Model::Subspace);
  add("irm", "nothing", data.features, columns, Model::Irm);
  add("v-rex", "nothing", data.features, columns, Model::Vrex);
  add("group-dro", "nothing", data.features, columns, Model::GroupDro);
  const std::set<int> withClean(data.cleanProgram.begin(),
                                data.cleanProgram.end());
  if (withClean.size() == data.programs.size())
    add("standardisation, clean runs", "clean-runs",
        transformed(relativeToClean(data.features, data.keys.program,
                                    data.clean, data.cleanProgram)),
        columns, Model::Logistic);
  else
    excluded.emplace_back("standardisation, clean runs",
                          "not every program has a clean run");
  add("standardisation, all runs", "unlabelled-runs",
      transformed(standardisedByProgram(data.features, data.keys.program)),
      columns, Model::Logistic);
  add("ranks", "unlabelled-runs",
      transformed(rankedByProgram(data.features, data.keys.program)), columns,
      Model::Logistic);
  add("coral", "unlabelled-runs", data.features, columns, Model::Coral);
}

Json Closing::json(const TaskStudy &study, const StudyOptions &options,
                   const Plan &plan, const ClusterBootstrap &bootstrap,
                   const ScoreCard &within, const ScoreCard &heldOut) const {
  const double gap = within.balancedAccuracy - heldOut.balancedAccuracy;
  Json entries = Json::array();
  for (const Method &method : methods) {
    const ScoreCard seen =
        scoreCard(study.data, plan.at(method.within), bootstrap);
    const ScoreCard unseen =
        scoreCard(study.data, plan.at(method.heldOut), bootstrap);
    const double left = seen.balancedAccuracy - unseen.balancedAccuracy;
    std::set<double> parameters;
    for (const FoldRecord &fold : plan.at(method.heldOut).folds)
      if (fold.parameter > 0)
        parameters.insert(fold.parameter);
    entries.push_back(
        {{"method", method.name},
         {"needs", method.needs},
         {"within", jsonOf(seen.balancedAccuracy)},
         {"within_interval_95", jsonOf(seen.interval)},
         {"held_out", jsonOf(unseen.balancedAccuracy)},
         {"held_out_interval_95", jsonOf(unseen.interval)},
         {"gap", differenceOf(seen, unseen, options.seed).json()},
         // A share of a gap around 0 says nothing.
         {"gap_closed", gap > 0.01 ? jsonOf(1 - left / gap) : Json(nullptr)},
         {"score_kept",
          jsonOf(seen.balancedAccuracy / within.balancedAccuracy)},
         {"held_out_gain", differenceOf(unseen, heldOut, options.seed).json()},
         {"chosen_parameters",
          jsonOf(std::vector<double>(parameters.begin(), parameters.end()))}});
  }
  Json left = Json::array();
  for (const auto &entry : excluded)
    left.push_back({{"method", entry.first}, {"excluded", entry.second}});
  return {{"methods", entries}, {"excluded", left}};
}

} // namespace dynfault::study
