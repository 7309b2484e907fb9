//===- StudyTest.cpp ------------------------------------------------------===//
//
// Whole studies on corpora whose answer is known by construction.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/report/Study.h"
#include "test/study/SyntheticCorpus.h"
#include "tools/dynfault-study/report/Writers.h"
#include "tools/dynfault-study/util/Error.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace dynfault::study;

namespace {

Corpus synthetic(const SyntheticOptions &options) {
  const std::string path = temporaryPath("study.sqlite");
  writeSyntheticCorpus(path, options);
  return readCorpus(path, "full");
}

StudyOptions quick() {
  StudyOptions options;
  options.resamples = 2000;
  return options;
}

TEST(Study, ProgramSpecificSignalGivesAGap) {
  SyntheticOptions corpus;
  corpus.programs = 10;
  corpus.programSignal = 20;
  corpus.baselineOnly = true;
  const StudyResult result = runStudy(synthetic(corpus), quick());
  const Score &within = *result.find(0, Protocol::Within);
  const Score &grouped = *result.find(0, Protocol::WithinGrouped);
  const Score &heldOut = *result.find(0, Protocol::HeldOut);
  EXPECT_GT(within.balancedAccuracy, 0.9);
  EXPECT_GT(grouped.balancedAccuracy, 0.9);
  EXPECT_NEAR(heldOut.balancedAccuracy, 0.25, 0.08);
  const Gap &gap = *result.findGap(0, Protocol::Within);
  EXPECT_GT(gap.interval.low, 0.4);
  EXPECT_DOUBLE_EQ(gap.value,
                   within.balancedAccuracy - heldOut.balancedAccuracy);
  EXPECT_TRUE(gap.signFlip.exact);
  EXPECT_DOUBLE_EQ(gap.signFlip.pValue, 2.0 / 1024);
}

TEST(Study, SharedSignalGivesNoGap) {
  SyntheticOptions corpus;
  corpus.programs = 10;
  corpus.sharedSignal = 2.5;
  corpus.baselineOnly = true;
  const StudyResult result = runStudy(synthetic(corpus), quick());
  EXPECT_GT(result.find(0, Protocol::HeldOut)->balancedAccuracy, 0.75);
  const Gap &gap = *result.findGap(0, Protocol::Within);
  EXPECT_LT(gap.interval.low, 0.02);
  EXPECT_GT(gap.interval.high, -0.02);
  EXPECT_LT(std::abs(gap.value), 0.05);
}

TEST(Study, ListsFeatureSetsAndFixesTheMainOne) {
  SyntheticOptions corpus;
  corpus.programs = 3;
  corpus.mutantsPerClass = 2;
  corpus.seeds = 2;
  const StudyResult result = runStudy(synthetic(corpus), quick());
  std::vector<std::string> names;
  for (const FeatureSet &set : result.featureSets)
    names.push_back(set.name);
  EXPECT_EQ(names, (std::vector<std::string>{
                       "baseline", "curvature", "optimizer", "activation",
                       "baseline+curvature", "baseline+optimizer",
                       "baseline+activation", "all"}));
  EXPECT_EQ(result.featureSets[result.mainSet].name, "all");
  EXPECT_EQ(result.scores.size(), 8u * 3);
  EXPECT_EQ(result.gaps.size(), 8u * 2);
}

TEST(Study, CountsWhatIsLeftOut) {
  SyntheticOptions corpus;
  corpus.programs = 3;
  corpus.mutantsPerClass = 2;
  corpus.seeds = 3;
  corpus.baselineOnly = true;
  corpus.withLeftOut = true;
  const StudyResult result = runStudy(synthetic(corpus), quick());
  EXPECT_EQ(result.data.size(), 3 * 4 * 2 * 3);
  EXPECT_EQ(result.data.divergedRuns, 3 * 4 * 2);
  const LeftOut &out = result.data.leftOut;
  EXPECT_EQ(out.cleanRuns, 9);
  EXPECT_EQ(out.survivingMutants, 3);
  EXPECT_EQ(out.survivingRuns, 3);
  EXPECT_EQ(out.untestedMutants, 3);
  EXPECT_EQ(out.untestedRuns, 3);
  EXPECT_EQ(out.failedRuns, 3);
  EXPECT_EQ(out.timeoutRuns, 3);
  EXPECT_EQ(out.noFeatureRuns, 3);

  StudyOptions all = quick();
  all.task.includeSurviving = true;
  const StudyResult more = runStudy(synthetic(corpus), all);
  EXPECT_EQ(more.data.size(), result.data.size() + 6);
  EXPECT_EQ(more.data.survivingTyped, 3);
  EXPECT_EQ(more.data.untestedTyped, 3);
}

TEST(Study, ClassMapAndClassesChooseLabels) {
  SyntheticOptions corpus;
  corpus.programs = 2;
  corpus.mutantsPerClass = 1;
  corpus.seeds = 2;
  corpus.baselineOnly = true;
  const Corpus read = synthetic(corpus);
  TaskOptions task;
  task.classes = {"data", "model"};
  EXPECT_EQ(makeFaultTyping(read, task).leftOut.otherClassMutants, 4);
  task.classMap = {{"HLR", "data"}};
  const TaskData data = makeFaultTyping(read, task);
  EXPECT_EQ(std::count(data.keys.label.begin(), data.keys.label.end(), 0), 8);
  EXPECT_EQ(std::count(data.keys.label.begin(), data.keys.label.end(), 1), 4);
}

TEST(Study, SameCorpusAndSeedGiveTheSameBytes) {
  SyntheticOptions corpus;
  corpus.programs = 4;
  corpus.sharedSignal = 1;
  const Corpus read = synthetic(corpus);
  StudyOptions options = quick();
  options.permutations = 1;
  const StudyResult one = runStudy(read, options);
  options.jobs = 3;
  const StudyResult three = runStudy(read, options);
  EXPECT_EQ(resultsJson(one), resultsJson(three));
  EXPECT_EQ(predictionsCsv(one), predictionsCsv(three));
  EXPECT_EQ(reportText(one), reportText(three));
  EXPECT_EQ(reportHtml(one), reportHtml(three));
  options.seed = 1;
  EXPECT_NE(predictionsCsv(one), predictionsCsv(runStudy(read, options)));
}

TEST(Study, PredictionsReproduceTheScores) {
  SyntheticOptions corpus;
  corpus.programs = 4;
  corpus.sharedSignal = 1;
  corpus.baselineOnly = true;
  const StudyResult result = runStudy(synthetic(corpus), quick());
  std::istringstream csv(predictionsCsv(result));
  std::string line;
  std::getline(csv, line);
  EXPECT_EQ(line, "feature_set,protocol,fold,program,mutant,seed,device,status,"
                  "class,predicted,p_data,p_model,p_objective,p_optimization");
  // Mutant keys hold commas and quotes, so they are quoted.
  std::map<std::string, std::map<std::string, std::pair<int, int>>> hits;
  int lines = 0;
  while (std::getline(csv, line)) {
    ++lines;
    const size_t close = line.find("\"\"x\"\"\",");
    ASSERT_NE(close, std::string::npos) << line;
    std::istringstream rest(line.substr(close + 8));
    std::string seed, device, status, truth, predicted;
    std::getline(rest, seed, ',');
    std::getline(rest, device, ',');
    std::getline(rest, status, ',');
    std::getline(rest, truth, ',');
    std::getline(rest, predicted, ',');
    const size_t comma = line.find(',');
    const std::string protocol =
        line.substr(comma + 1, line.find(',', comma + 1) - comma - 1);
    auto &count = hits[protocol][truth];
    count.first += truth == predicted;
    ++count.second;
  }
  EXPECT_EQ(lines, 3 * result.data.size());
  const auto json = nlohmann::json::parse(resultsJson(result));
  for (const auto &score : json["scores"]) {
    double sum = 0;
    for (const auto &entry : hits[score["protocol"]])
      sum += static_cast<double>(entry.second.first) / entry.second.second;
    EXPECT_NEAR(score["balanced_accuracy"].get<double>(), sum / 4, 1e-12);
  }
}

TEST(Study, JsonCarriesConfigurationAndFolds) {
  SyntheticOptions corpus;
  corpus.programs = 3;
  corpus.baselineOnly = true;
  const Corpus read = synthetic(corpus);
  StudyOptions options = quick();
  options.seed = 42;
  const auto json = nlohmann::json::parse(resultsJson(runStudy(read, options)));
  EXPECT_EQ(json["schema"], "dynfault.study/1");
  EXPECT_EQ(json["corpus"]["sha256"], read.sha256);
  EXPECT_EQ(json["configuration"]["seed"], 42);
  EXPECT_EQ(json["main_feature_set"], "all");
  ASSERT_EQ(json["scores"].size(), 3u);
  const auto &heldOut = json["scores"][2];
  EXPECT_EQ(heldOut["protocol"], "held-out");
  ASSERT_EQ(heldOut["folds"].size(), 3u);
  EXPECT_EQ(heldOut["folds"][1]["name"], "program_01");
  // Two training programs are too few for inner folds over programs.
  EXPECT_EQ(heldOut["folds"][1]["inner_groups"], "mutant");
  EXPECT_EQ(json["scores"][0]["folds"][0]["inner_groups"], "mutant");
  EXPECT_EQ(heldOut["folds"][1]["train_runs"], 96);
}

TEST(Study, WarnsOfFewProgramsOnly) {
  SyntheticOptions corpus;
  corpus.baselineOnly = true;
  corpus.mutantsPerClass = 2;
  auto warns = [&](int programs) {
    corpus.programs = programs;
    const StudyResult result = runStudy(synthetic(corpus), quick());
    return std::any_of(result.cautions.begin(), result.cautions.end(),
                       [](const std::string &caution) {
                         return caution.rfind("Only ", 0) == 0;
                       });
  };
  EXPECT_TRUE(warns(3));
  EXPECT_FALSE(warns(10));
}

TEST(Study, WarnsWhereAProgramGivesTheClassAway) {
  SyntheticOptions corpus;
  corpus.programs = 4;
  corpus.baselineOnly = true;
  auto warns = [](const Corpus &read) {
    const StudyResult result = runStudy(read, quick());
    return std::any_of(result.cautions.begin(), result.cautions.end(),
                       [](const std::string &caution) {
                         return caution.rfind("1 of 4 programs lack", 0) == 0;
                       });
  };
  Corpus read = synthetic(corpus);
  EXPECT_FALSE(warns(read));
  for (Mutant &mutant : read.mutants)
    if (mutant.program == 2 && mutant.faultClass == "data")
      mutant.killed = false;
  EXPECT_TRUE(warns(read));
}

TEST(Study, RefusesWhatCannotBeStudied) {
  auto message = [](const SyntheticOptions &corpus,
                    const StudyOptions &options) -> std::string {
    try {
      runStudy(synthetic(corpus), options);
    } catch (const StudyError &error) {
      return error.what();
    }
    return "";
  };
  SyntheticOptions corpus;
  corpus.programs = 2;
  corpus.baselineOnly = true;
  corpus.killed = -1;
  EXPECT_NE(message(corpus, quick()).find("no killed mutant (24 untested"),
            std::string::npos);
  corpus.killed = 0;
  EXPECT_NE(message(corpus, quick()).find("24 surviving"), std::string::npos);
  corpus.killed = 1;
  corpus.programs = 1;
  EXPECT_NE(message(corpus, quick()).find("one program only"),
            std::string::npos);
  StudyOptions within = quick();
  within.protocols = {Protocol::Within, Protocol::WithinGrouped};
  EXPECT_EQ(message(corpus, within), "");
  corpus.programs = 2;
  StudyOptions mapped = quick();
  mapped.task.classMap = {{"HLR", "data"}};
  EXPECT_NE(message(corpus, mapped).find("class optimization"),
            std::string::npos);
  mapped.task.classMap = {{"XYZ", "data"}};
  EXPECT_NE(message(corpus, mapped).find("no mutant of operator 'XYZ'"),
            std::string::npos);
  StudyOptions sets = quick();
  sets.featureSets = {"baseline+wavelets"};
  EXPECT_NE(message(corpus, sets).find("'wavelets'"), std::string::npos);
}

} // namespace
