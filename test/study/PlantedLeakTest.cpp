//===- PlantedLeakTest.cpp ------------------------------------------------===//
//
// Corpora and pipelines with a leak that was put there: the study must name it,
// and must be silent where there is none.
//
//===----------------------------------------------------------------------===//
#include "test/study/SyntheticCorpus.h"
#include "tools/dynfault-study/report/Plots.h"
#include "tools/dynfault-study/score/Metrics.h"
#include "tools/dynfault-study/study/LeakageChecks.h"
#include "tools/dynfault-study/study/Study.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <set>

using namespace dynfault::study;

namespace {

FeatureTable noiseTable(int programs = 8, int mutantsPerClass = 3,
                        int seeds = 4) {
  SyntheticOptions options;
  options.programs = programs;
  options.mutantsPerClass = mutantsPerClass;
  options.seeds = seeds;
  options.baselineOnly = true;
  const std::string path = temporaryPath("leak.sqlite");
  writeSyntheticCorpus(path, options);
  return readCorpusOrTable(path);
}

StudyOptions withPermutations(int permutations) {
  StudyOptions options;
  options.resamples = 200;
  options.tasks = {TaskId::FaultTyping};
  options.models = {Model::Logistic};
  options.featureSets = {"all"};
  options.closing.clear();
  options.permutations = permutations;
  return options;
}

/// What the study says of the first task that holds `words`; empty: nothing.
std::string cautionWith(const Json &study, const std::string &words) {
  for (const Json &caution : study["tasks"][0]["cautions"])
    if (caution.get<std::string>().find(words) != std::string::npos)
      return caution;
  return "";
}

double largest(const Json &entries, const char *arm) {
  double most = 0;
  for (const Json &one : entries)
    most = std::max(most, numberOf(one[arm]));
  return most;
}

/// Gives each mutant a fingerprint that all its seeds share.
void plantFingerprints(FeatureTable &table) {
  Random random(3);
  std::map<std::pair<std::string, std::string>, std::vector<double>> prints;
  for (size_t r = 0; r < table.rows.size(); ++r) {
    auto &print = prints[{table.rows[r].program, table.rows[r].mutant}];
    for (Eigen::Index f = 0; f < table.features.cols(); ++f) {
      if (print.size() == static_cast<size_t>(f))
        print.push_back(static_cast<double>(random.below(2000)) / 50 - 20);
      float &value = table.features(static_cast<Eigen::Index>(r), f);
      value =
          static_cast<float>(1e-4 * std::sinh(std::asinh(value / 1e-4) +
                                              print[static_cast<size_t>(f)]));
    }
  }
}

TEST(PlantedLeak, AMutantsOtherSeedsAreSeenByTheMutantPermutation) {
  FeatureTable table = noiseTable();
  plantFingerprints(table);
  const StudyOutput output = runStudy(table, withPermutations(2));
  const Json &sources = output.study["tasks"][0]["sources"];
  const double limit = numberOf(sources["permutation_limit"]["within"]);
  EXPECT_LT(limit, 0.5);
  // Nothing but the fingerprint is there to learn, and only within may use it.
  EXPECT_GT(largest(sources["mutant_permutation"], "within"), limit + 0.1);
  EXPECT_LT(largest(sources["mutant_permutation"], "within_grouped"), limit);
  EXPECT_LT(largest(sources["label_permutation"], "within"), limit);
  EXPECT_LT(largest(sources["label_permutation"], "held_out"), limit);
  EXPECT_NE(cautionWith(output.study, "other seeds are recognised"), "");
  EXPECT_EQ(cautionWith(output.study, "Leak:"), "");
  // It is the control that sees it: without, nobody does.
  EXPECT_EQ(cautionWith(runStudy(table, withPermutations(0)).study,
                        "other seeds are recognised"),
            "");
  EXPECT_EQ(cautionWith(runStudy(noiseTable(), withPermutations(2)).study,
                        "other seeds are recognised"),
            "");
}

TEST(PlantedLeak, SeedsUnderSeveralNamesAreALeakOfTheGroupedFolds) {
  // The runs of a mutant are recorded under two names that share their labels:
  // what keeps a mutant on one side keeps its double on the other.
  FeatureTable table = noiseTable();
  plantFingerprints(table);
  const TaskData honest = makeTask(TaskId::FaultTyping, table, {});
  Random random(4);
  Experiment experiment;
  experiment.features = &honest.features;
  experiment.columns.resize(static_cast<size_t>(honest.features.cols()));
  std::iota(experiment.columns.begin(), experiment.columns.end(),
            Eigen::Index{0});
  experiment.keys = honest.keys;
  experiment.keys.label = permutedMutants(honest.keys, random);
  experiment.classes = 4;
  experiment.protocol = Protocol::WithinGrouped;
  auto score = [&] {
    return balancedAccuracy(confusionOf(
        experiment.keys.label, crossValidate(experiment).predicted, 4));
  };
  EXPECT_LT(score(), permutationLimit(honest, true));
  for (size_t i = 0; i < experiment.keys.mutant.size(); ++i)
    experiment.keys.mutant[i] =
        2 * experiment.keys.mutant[i] + static_cast<int>(i % 2);
  EXPECT_GT(score(), permutationLimit(honest, true) + 0.1);
}

TEST(PlantedLeak, APipelineThatReadsTestLabelsIsSeenByTheRunPermutation) {
  // Mean label of a mutant's runs as a feature, computed before the split.
  const TaskData data = makeTask(TaskId::FaultTyping, noiseTable(), {});
  Random random(5);
  const std::vector<int> labels = permutedRuns(data.keys, random);
  auto score = [&](bool leaks) {
    RowMatrix features = data.features;
    if (leaks) {
      std::map<int, std::array<double, 5>> ofMutant;
      for (size_t i = 0; i < labels.size(); ++i) {
        auto &sums = ofMutant[data.keys.mutant[i]];
        sums[static_cast<size_t>(labels[i])] += 1;
        sums[4] += 1;
      }
      features.conservativeResize(features.rows(), features.cols() + 4);
      for (size_t i = 0; i < labels.size(); ++i)
        for (size_t c = 0; c < 4; ++c) {
          const auto &sums = ofMutant[data.keys.mutant[i]];
          features(static_cast<Eigen::Index>(i),
                   data.features.cols() + static_cast<Eigen::Index>(c)) =
              sums[c] / sums[4];
        }
    }
    Experiment experiment;
    experiment.features = &features;
    experiment.columns.resize(static_cast<size_t>(features.cols()));
    std::iota(experiment.columns.begin(), experiment.columns.end(),
              Eigen::Index{0});
    experiment.keys = data.keys;
    experiment.keys.label = labels;
    experiment.classes = 4;
    experiment.protocol = Protocol::HeldOut;
    return balancedAccuracy(
        confusionOf(labels, crossValidate(experiment).predicted, 4));
  };
  EXPECT_LT(score(false), permutationLimit(data, false));
  EXPECT_GT(score(true), permutationLimit(data, false));
}

TEST(PlantedLeak, ACopyOfTheLabelIsNamed) {
  FeatureTable table = noiseTable();
  EXPECT_TRUE(labelCopies(makeTask(TaskId::FaultTyping, table, {})).empty());
  Eigen::Index planted = 0;
  while (table.featureNames[static_cast<size_t>(planted)].rfind(
             "full/baseline/noise_2", 0) != 0)
    ++planted;
  // Another level and sign in each program, so that it says nothing of unseen
  // ones.
  for (size_t r = 0; r < table.rows.size(); ++r) {
    const int program = table.rows[r].program.back() - '0';
    const auto label = static_cast<float>(table.rows[r].faultClass.size() % 10);
    table.features(static_cast<Eigen::Index>(r), planted) =
        static_cast<float>(program) + (program % 2 ? label : -label);
  }
  const StudyOutput output = runStudy(table, withPermutations(0));
  const std::string caution = cautionWith(output.study, "the class away");
  EXPECT_NE(caution.find("baseline/noise_2"), std::string::npos) << caution;
}

TEST(PlantedLeak, RunsRecordedTwiceAreCounted) {
  FeatureTable table = noiseTable();
  EXPECT_EQ(runsSharedByMutants(makeTask(TaskId::FaultTyping, table, {})), 0);
  // The features of one mutant's run, under another mutant's name.
  size_t from = 0;
  while (table.rows[from].isClean())
    ++from;
  size_t to = from;
  while (table.rows[to].mutant == table.rows[from].mutant)
    ++to;
  table.features.row(static_cast<Eigen::Index>(to)) =
      table.features.row(static_cast<Eigen::Index>(from));
  EXPECT_EQ(runsSharedByMutants(makeTask(TaskId::FaultTyping, table, {})), 2);
  EXPECT_NE(
      cautionWith(runStudy(table, withPermutations(0)).study, "another mutant"),
      "");
}

TEST(PlantedLeak, AProgramThatHasOneClassMoreOftenIsNone) {
  // Twelve programs of ten runs, nine of which have the program's own class.
  TaskData data;
  data.classes = {"a", "b"};
  for (int i = 0; i < 120; ++i) {
    data.keys.program.push_back(i / 10);
    data.keys.mutant.push_back(i);
    data.keys.label.push_back((i / 10 + (i % 10 == 0)) % 2);
  }
  // 60 mutants per class: a standard error of sqrt(2 * 0.25 / 60) / 2.
  const double errors = 4 * std::sqrt(0.5 / 60) / 2;
  EXPECT_NEAR(permutationLimit(data, true), 0.9 + errors, 1e-12);
  EXPECT_NEAR(permutationLimit(data, false), 0.5 + errors, 1e-12);
}

TEST(PlantedLeak, FeaturesThatTellHowOftenAProgramHasAClassAreNone) {
  FeatureTable table = noiseTable(20, 6, 2);
  // One class in most mutants of a program, and a level of all features that
  // goes with it; but nothing that tells a run from the others.
  const std::array<std::string, 2> classes = {"data", "model"};
  std::map<std::string, int> programs;
  std::map<std::pair<int, std::string>, std::set<std::string>> mutants;
  for (size_t r = 0; r < table.rows.size(); ++r) {
    auto &row = table.rows[r];
    const int program =
        programs.emplace(row.program, static_cast<int>(programs.size()))
            .first->second;
    table.features.row(static_cast<Eigen::Index>(r)).array() +=
        program % 2 ? 5.0F : -5.0F;
    if (row.faultClass == classes[0] || row.faultClass == classes[1]) {
      auto &own = mutants[{program, row.faultClass}];
      own.insert(row.mutant);
      if (row.faultClass == classes[static_cast<size_t>(program % 2)] &&
          row.mutant != *own.begin())
        row.faultClass = classes[static_cast<size_t>(1 - program % 2)];
    }
  }
  StudyOptions options = withPermutations(2);
  options.labels.classes = {classes[0], classes[1]};
  const Json study = runStudy(table, options).study;
  const Json &sources = study["tasks"][0]["sources"];
  const double limit = numberOf(sources["permutation_limit"]["held_out"]);
  EXPECT_GT(largest(sources["label_permutation"], "held_out"), limit);
  EXPECT_LT(largest(sources["overall_permutation"], "held_out"), limit);
  EXPECT_NE(cautionWith(study, "tells programs apart, not runs"), "");
  EXPECT_EQ(cautionWith(study, "Leak:"), "");
  EXPECT_EQ(cautionWith(runStudy(noiseTable(), withPermutations(2)).study,
                        "tells programs apart, not runs"),
            "");
}

TEST(PlantedLeak, PermutationsKeepWhatTheyMust) {
  FoldKeys keys;
  for (int i = 0; i < 60; ++i) {
    keys.program.push_back(i / 30);
    keys.mutant.push_back(i / 5);
    keys.label.push_back(i / 5 % 3);
  }
  Random random(1);
  const std::vector<int> ofMutants = permutedMutants(keys, random);
  const std::vector<int> ofRuns = permutedRuns(keys, random);
  EXPECT_NE(ofMutants, keys.label);
  EXPECT_NE(ofRuns, keys.label);
  std::vector<int> everywhere = permutedEverywhere(keys, random);
  EXPECT_NE(everywhere, keys.label);
  std::sort(everywhere.begin(), everywhere.end());
  std::vector<int> sorted = keys.label;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(everywhere, sorted);
  bool mutantsTornApart = false;
  for (int program = 0; program < 2; ++program)
    for (const std::vector<int> *labels : {&ofMutants, &ofRuns}) {
      std::vector<int> counts(3, 0);
      for (size_t i = 0; i < 30; ++i)
        ++counts[static_cast<size_t>(
            (*labels)[static_cast<size_t>(program) * 30 + i])];
      EXPECT_EQ(counts, std::vector<int>(3, 10));
    }
  for (size_t i = 0; i < 60; ++i) {
    EXPECT_EQ(ofMutants[i], ofMutants[i / 5 * 5]);
    mutantsTornApart |= ofRuns[i] != ofRuns[i / 5 * 5];
  }
  EXPECT_TRUE(mutantsTornApart);
}

} // namespace
