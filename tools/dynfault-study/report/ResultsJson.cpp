//===- ResultsJson.cpp - results.json -------------------------------------===//
//
// Members keep the order in which they are written here; numbers are the
// shortest decimals that read back as the same double.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Writers.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace dynfault::study {
namespace {

using Json = nlohmann::ordered_json;

Json value(double number) {
  return std::isfinite(number) ? Json(number) : Json(nullptr);
}

Json values(const std::vector<double> &numbers) {
  Json array = Json::array();
  for (double number : numbers)
    array.push_back(value(number));
  return array;
}

Json interval(const Interval &of) {
  return Json::array({value(of.low), value(of.high)});
}

Json matrix(const Confusion &confusion) {
  Json rows = Json::array();
  for (Eigen::Index r = 0; r < confusion.rows(); ++r) {
    Json row = Json::array();
    for (Eigen::Index c = 0; c < confusion.cols(); ++c)
      row.push_back(static_cast<int64_t>(confusion(r, c)));
    rows.push_back(row);
  }
  return rows;
}

Json configuration(const StudyResult &result) {
  const StudyOptions &options = result.options;
  Json protocols = Json::array();
  for (Protocol protocol : options.protocols)
    protocols.push_back(protocolName(protocol));
  Json classMap = Json::object();
  for (const auto &entry : options.task.classMap)
    classMap[entry.first] = entry.second;
  return {{"task", "fault-typing"},
          {"window", "full"},
          {"protocols", protocols},
          {"seed", options.seed},
          {"resamples", options.resamples},
          {"folds", options.folds},
          {"folds_within", result.foldsWithin},
          {"folds_within_grouped", result.foldsGrouped},
          {"permutations", options.permutations},
          {"include_surviving", options.task.includeSurviving},
          {"class_map", classMap},
          {"l2_strength_grid", strengthGrid()}};
}

Json counts(const StudyResult &result) {
  const TaskData &data = result.data;
  const LeftOut &out = data.leftOut;
  Json perClass = Json::object();
  for (size_t c = 0; c < data.classes.size(); ++c) {
    int runs = 0;
    for (int label : data.keys.label)
      runs += label == static_cast<int>(c);
    perClass[data.classes[c]] = runs;
  }
  return {{"corpus",
           {{"programs", result.corpusPrograms},
            {"mutants", result.corpusMutants},
            {"runs", result.corpusRuns}}},
          {"typed",
           {{"programs", data.programs.size()},
            {"mutants", data.mutants.size()},
            {"runs", data.size()},
            {"diverged_runs", data.divergedRuns},
            {"surviving_mutants", data.survivingTyped},
            {"untested_mutants", data.untestedTyped},
            {"runs_per_class", perClass}}},
          {"left_out",
           {{"clean_runs", out.cleanRuns},
            {"surviving_mutants", out.survivingMutants},
            {"surviving_runs", out.survivingRuns},
            {"untested_mutants", out.untestedMutants},
            {"untested_runs", out.untestedRuns},
            {"other_class_mutants", out.otherClassMutants},
            {"other_class_runs", out.otherClassRuns},
            {"failed_runs", out.failedRuns},
            {"timeout_runs", out.timeoutRuns},
            {"no_feature_runs", out.noFeatureRuns}}}};
}

Json foldRecord(const FoldRecord &fold) {
  return {{"name", fold.name},
          {"train_runs", fold.trainRuns},
          {"test_runs", fold.testRuns},
          {"columns", fold.columns},
          {"l2_strength", fold.strength},
          {"inner_folds", fold.innerFolds},
          {"inner_groups", fold.innerByProgram ? "program" : "mutant"},
          {"inner_log_loss", values(fold.innerLoss)},
          {"iterations", fold.iterations},
          {"gradient_norm", value(fold.gradientNorm)},
          {"converged", fold.converged}};
}

Json scoreRecord(const StudyResult &result, const Score &score) {
  const TaskData &data = result.data;
  const Eigen::VectorXd recall = recalls(score.confusion);
  Json perClass = Json::object();
  for (size_t c = 0; c < data.classes.size(); ++c)
    perClass[data.classes[c]] = value(recall(static_cast<Eigen::Index>(c)));
  Json perProgram = Json::array();
  for (size_t p = 0; p < data.programs.size(); ++p)
    perProgram.push_back(
        {{"program", data.programs[p]},
         {"balanced_accuracy", value(balancedAccuracy(score.perProgram[p]))},
         {"confusion", matrix(score.perProgram[p])}});
  Json folds = Json::array();
  for (const FoldRecord &fold : score.evaluation.folds)
    folds.push_back(foldRecord(fold));
  return {{"feature_set", result.featureSets[score.featureSet].name},
          {"protocol", protocolName(score.evaluation.protocol)},
          {"balanced_accuracy", value(score.balancedAccuracy)},
          {"balanced_accuracy_interval_95", interval(score.interval)},
          {"resamples_lacking_a_class", score.resamplesLackingClass},
          {"accuracy", value(score.accuracy)},
          {"macro_f1", value(score.macroF1)},
          {"brier", value(score.brier)},
          {"log_loss", value(score.logLoss)},
          {"expected_calibration_error", value(score.calibrationError)},
          {"majority_baseline",
           {{"balanced_accuracy", value(score.majorityBalancedAccuracy)},
            {"accuracy", value(score.majorityAccuracy)}}},
          {"recall", perClass},
          {"confusion", matrix(score.confusion)},
          {"per_program", perProgram},
          {"folds", folds}};
}

} // namespace

std::string resultsJson(const StudyResult &result) {
  Json sets = Json::array();
  for (const FeatureSet &set : result.featureSets)
    sets.push_back({{"name", set.name},
                    {"members", set.members},
                    {"features", set.columns.size()}});
  Json scores = Json::array();
  for (const Score &score : result.scores)
    scores.push_back(scoreRecord(result, score));
  Json gaps = Json::array();
  for (const Gap &gap : result.gaps)
    gaps.push_back({{"feature_set", result.featureSets[gap.featureSet].name},
                    {"seen", protocolName(gap.seen)},
                    {"unseen", protocolName(Protocol::HeldOut)},
                    {"gap", value(gap.value)},
                    {"interval_95", interval(gap.interval)},
                    {"sign_flip",
                     {{"mean_program_gap", value(gap.signFlip.mean)},
                      {"p_value", value(gap.signFlip.pValue)},
                      {"exact", gap.signFlip.exact},
                      {"smallest_possible_p_value",
                       value(gap.signFlip.smallestPossible)}}}});
  Json permutations = Json::array();
  for (const PermutationCheck &check : result.permutations)
    permutations.push_back({{"protocol", protocolName(check.protocol)},
                            {"balanced_accuracy", values(check.values)}});

  Json corpus = {{"file", result.corpusFile}, {"sha256", result.corpusSha256}};
  if (!result.corpusWalSha256.empty())
    corpus["write_ahead_log_sha256"] = result.corpusWalSha256;
  const Json root = {
      {"schema", resultsSchema},
      {"version", DYNFAULT_VERSION},
      {"corpus", corpus},
      {"configuration", configuration(result)},
      {"counts", counts(result)},
      {"classes", result.data.classes},
      {"programs", result.data.programs},
      {"chance", value(result.chance)},
      {"feature_sets", sets},
      {"main_feature_set", result.featureSets[result.mainSet].name},
      {"scores", scores},
      {"gaps", gaps},
      {"permutation_check", permutations},
      {"cautions", result.cautions}};
  return root.dump(2) + "\n";
}

} // namespace dynfault::study
