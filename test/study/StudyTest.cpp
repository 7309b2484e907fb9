//===- StudyTest.cpp ------------------------------------------------------===//
//
// Whole studies on corpora whose answer is known by construction.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/study/Study.h"

#include "test/study/SyntheticCorpus.h"
#include "tools/dynfault-study/report/Report.h"
#include "tools/dynfault-study/util/Csv.h"
#include "tools/dynfault-study/util/Error.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>

using namespace dynfault::study;

namespace {

FeatureTable synthetic(const SyntheticOptions &options) {
  const std::string path = temporaryPath("study.sqlite");
  writeSyntheticCorpus(path, options);
  return readCorpusOrTable(path);
}

/// Fault typing by logistic regression, no extras.
StudyOptions quick() {
  StudyOptions options;
  options.resamples = 2000;
  options.tasks = {TaskId::FaultTyping};
  options.models = {Model::Logistic};
  options.closing.clear();
  options.sources = false;
  return options;
}

double scoreOf(const Json &task, const char *protocol) {
  return numberOf((*findScore(task, task["main_feature_set"],
                              protocol))["balanced_accuracy"]);
}

const Json &gapOf(const Json &task) {
  for (const Json &one : task["differences"])
    if (one["kind"] == "gap" && one["more"] == "within" &&
        one["less"] == "held-out" &&
        one["feature_set"] == task["main_feature_set"])
      return one;
  throw std::runtime_error("no gap");
}

TEST(Study, AProgramSpecificSignalGivesAGap) {
  SyntheticOptions corpus;
  corpus.programs = 10;
  corpus.programSignal = 20;
  corpus.baselineOnly = true;
  const StudyOutput output = runStudy(synthetic(corpus), quick());
  const Json &task = output.study["tasks"][0];
  EXPECT_GT(scoreOf(task, "within"), 0.9);
  EXPECT_GT(scoreOf(task, "within-grouped"), 0.9);
  EXPECT_NEAR(scoreOf(task, "held-out"), 0.25, 0.08);
  const Json &gap = gapOf(task);
  EXPECT_GT(numberOf(gap["interval_95"][0]), 0.4);
  EXPECT_TRUE(gap["exact"]);
  EXPECT_DOUBLE_EQ(numberOf(gap["p_value"]), 2.0 / 1024);
  EXPECT_GE(numberOf(gap["p_value_holm"]), numberOf(gap["p_value"]));
}

TEST(Study, ASharedSignalGivesNone) {
  SyntheticOptions corpus;
  corpus.programs = 10;
  corpus.sharedSignal = 2.5;
  corpus.baselineOnly = true;
  const StudyOutput output = runStudy(synthetic(corpus), quick());
  const Json &task = output.study["tasks"][0];
  EXPECT_GT(scoreOf(task, "held-out"), 0.75);
  EXPECT_LT(std::abs(numberOf(gapOf(task)["value"])), 0.05);
}

TEST(Study, CorpusAndTableAndThreadCountsGiveTheSameBytes) {
  SyntheticOptions corpus;
  corpus.programs = 4;
  corpus.mutantsPerClass = 2;
  corpus.seeds = 3;
  corpus.sharedSignal = 2;
  corpus.earlySignal = true;
  const std::string path = temporaryPath("same.sqlite");
  writeSyntheticCorpus(path, corpus);
  const std::string table = temporaryPath("same.csv.gz");
  writeMaybeGzip(table, tableCsv(path));
  StudyOptions options;
  options.resamples = 200;
  options.permutations = 1;
  const StudyOutput one = runStudy(readCorpusOrTable(path), options);
  options.jobs = 3;
  const StudyOutput three = runStudy(readCorpusOrTable(table), options);
  EXPECT_TRUE(one.study == three.study);
  EXPECT_TRUE(one.predictions == three.predictions);
  EXPECT_EQ(one.study["tasks"].size(), 4u);
  EXPECT_TRUE(reportPage(one.study) == reportPage(three.study));
  // What is read back makes the same report.
  const std::string file = temporaryPath("study.json");
  std::ofstream(file) << one.study.dump(1);
  EXPECT_TRUE(reportPage(readStudy(file)) == reportPage(one.study));
  options.seed = 1;
  options.models = {Model::Logistic};
  options.closing.clear();
  options.sources = false;
  EXPECT_NE(runStudy(readCorpusOrTable(table), options).predictions,
            one.predictions);
}

TEST(Study, SourcesFindWhatWasPlanted) {
  SyntheticOptions corpus;
  corpus.programs = 8;
  corpus.sharedSignal = 4;
  corpus.programIdentity = true;
  corpus.baselineOnly = true;
  StudyOptions options = quick();
  options.sources = true;
  options.permutations = 3;
  options.closing = {TaskId::FaultTyping};
  const StudyOutput output = runStudy(synthetic(corpus), options);
  const Json &task = output.study["tasks"][0];
  const Json &sources = task["sources"];
  double identityShare = 0, noiseShare = 0;
  for (const Json &one : sources["between_program_variance"]) {
    if (one[0] == "baseline/identity/mean")
      identityShare = numberOf(one[1]);
    if (one[0] == "baseline/noise_0/mean")
      noiseShare = numberOf(one[1]);
  }
  EXPECT_NEAR(identityShare, 1, 1e-6);
  EXPECT_LT(noiseShare, 0.15);
  // Labels permuted within programs carry nothing; 384 runs have a standard
  // error of 0.022 around chance.
  for (const Json &one : sources["label_permutation"]) {
    EXPECT_NEAR(numberOf(one["within"]), 0.25, 0.09);
    EXPECT_NEAR(numberOf(one["held_out"]), 0.25, 0.09);
  }
  EXPECT_EQ(sources["learning_curve"].back()["training_programs"], 7);
  EXPECT_GT(numberOf(sources["learning_curve"].back()["balanced_accuracy"]),
            0.8);
  EXPECT_GE(task["closing"]["methods"].size(), 8u);
  for (const Json &method : task["closing"]["methods"])
    if (method["method"] != "coral") {
      EXPECT_GT(numberOf(method["held_out"]), 0.6) << method["method"];
    }
}

TEST(Study, AnOffsetOfEachProgramIsClosedByStandardisation) {
  // Each program shifts every feature by its own amount: held-out suffers,
  // and any reference to the program itself mends it.
  SyntheticOptions corpus;
  corpus.programs = 8;
  corpus.sharedSignal = 3;
  corpus.baselineOnly = true;
  FeatureTable table = synthetic(corpus);
  for (size_t r = 0; r < table.rows.size(); ++r) {
    const int program = table.rows[r].program.back() - '0';
    for (Eigen::Index f = 0; f < table.features.cols(); ++f) {
      float &value = table.features(static_cast<Eigen::Index>(r), f);
      const double seen = std::asinh(value / 1e-4);
      value = static_cast<float>(
          1e-4 * std::sinh(seen + 8 * std::sin(1.7 * (program + 1) *
                                               static_cast<double>(f + 1))));
    }
  }
  StudyOptions options = quick();
  options.sources = true;
  options.permutations = 0;
  options.closing = {TaskId::FaultTyping};
  const StudyOutput output = runStudy(table, options);
  const Json &task = output.study["tasks"][0];
  const double plain = scoreOf(task, "held-out");
  EXPECT_GT(scoreOf(task, "within"), plain + 0.15);
  for (const Json &method : task["closing"]["methods"])
    if (method["method"] == "standardisation, all runs" ||
        method["method"] == "ranks") {
      EXPECT_GT(numberOf(method["held_out"]), plain + 0.15) << method["method"];
    }
  EXPECT_GT(numberOf(task["sources"]["centred"]["held_out"]), plain + 0.15);
  EXPECT_GT(
      numberOf(task["sources"]["program_identity"][0]["balanced_accuracy"]),
      0.9);
  EXPECT_LT(
      numberOf(task["sources"]["program_identity"].back()["balanced_accuracy"]),
      0.4);
}

TEST(Study, StatesWhatItLeavesOut) {
  SyntheticOptions corpus;
  corpus.programs = 2;
  corpus.baselineOnly = true;
  corpus.earlySignal = true;
  corpus.killed = -1;
  StudyOptions options = quick();
  auto message = [&](const FeatureTable &table) -> std::string {
    try {
      runStudy(table, options);
    } catch (const StudyError &error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message(synthetic(corpus)).find("no killed mutant"),
            std::string::npos);
  // Not asked for by name, the task is an exclusion with its reason.
  options.tasks.clear();
  const StudyOutput output = runStudy(synthetic(corpus), options);
  EXPECT_EQ(output.study["tasks"].size(), 2u);
  EXPECT_EQ(output.study["excluded_tasks"].size(), 2u);

  options = quick();
  corpus.killed = 1;
  corpus.programs = 1;
  EXPECT_NE(message(synthetic(corpus)).find("one program only"),
            std::string::npos);
  options.protocols = {Protocol::Within, Protocol::WithinGrouped};
  EXPECT_EQ(message(synthetic(corpus)), "");
  corpus.programs = 2;
  options.labels.classMap = {{"HLR", "data"}};
  EXPECT_NE(message(synthetic(corpus)).find("class optimization"),
            std::string::npos);
  options.labels.classMap = {{"XYZ", "data"}};
  EXPECT_NE(message(synthetic(corpus)).find("no mutant of operator 'XYZ'"),
            std::string::npos);
  options.labels.classMap.clear();
  options.featureSets = {"baseline+wavelets"};
  EXPECT_NE(message(synthetic(corpus)).find("'wavelets'"), std::string::npos);
}

TEST(Study, EveryTaskHasAReason) {
  SyntheticOptions corpus;
  corpus.programs = 3;
  corpus.withLeftOut = true;
  const FeatureTable table = synthetic(corpus);
  const TaskData typing = makeTask(TaskId::FaultTyping, table, {});
  int runs = typing.size();
  for (const auto &entry : typing.leftOut)
    runs += entry.second;
  EXPECT_EQ(runs, static_cast<int>(table.rows.size()));
  const TaskData mismatch =
      makeTask(TaskId::TrainValidationMismatch, table, {});
  for (const std::string &name : mismatch.featureNames) {
    EXPECT_EQ(name.find("validation"), std::string::npos);
    EXPECT_EQ(name.find("train_metric"), std::string::npos);
  }
}

} // namespace
