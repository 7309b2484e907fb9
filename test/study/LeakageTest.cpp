//===- LeakageTest.cpp ----------------------------------------------------===//
//
// What must not reach a model: test rows, the program's identity on unseen
// programs, labels.
//
//===----------------------------------------------------------------------===//
#include "test/study/SyntheticCorpus.h"
#include "tools/dynfault-study/protocol/Evaluate.h"
#include "tools/dynfault-study/report/Study.h"
#include "tools/dynfault-study/util/Random.h"

#include <gtest/gtest.h>
#include <numeric>

using namespace dynfault::study;

namespace {

Corpus synthetic(const SyntheticOptions &options) {
  const std::string path = temporaryPath("leakage.sqlite");
  writeSyntheticCorpus(path, options);
  return readCorpus(path, "full");
}

/// Evaluation of all columns under one protocol.
Evaluation evaluate(const TaskData &data, const Eigen::MatrixXd &features,
                    Protocol protocol) {
  Evaluator evaluator(features, data.programs, 4, 4, 5);
  std::vector<Eigen::Index> columns(static_cast<size_t>(features.cols()));
  std::iota(columns.begin(), columns.end(), Eigen::Index{0});
  evaluator.add(protocol, columns, data.keys);
  return evaluator.run(1).front();
}

TEST(Leakage, ATestRowDoesNotChangeItsFoldsModel) {
  SyntheticOptions options;
  options.programs = 4;
  options.mutantsPerClass = 2;
  options.seeds = 3;
  options.sharedSignal = 2;
  options.baselineOnly = true;
  const TaskData data = makeFaultTyping(synthetic(options), {});
  const Eigen::MatrixXd features = compress(data.features);
  for (Protocol protocol :
       {Protocol::Within, Protocol::WithinGrouped, Protocol::HeldOut}) {
    const Evaluation before = evaluate(data, features, protocol);
    for (int changed : {0, 31, 77}) {
      Eigen::MatrixXd other = features;
      other.row(changed) *= -3;
      other(changed, 2) = std::nan("");
      const Evaluation after = evaluate(data, other, protocol);
      const auto fold = before.fold[static_cast<size_t>(changed)];
      const FoldRecord &a = before.folds[static_cast<size_t>(fold)];
      const FoldRecord &b = after.folds[static_cast<size_t>(fold)];
      EXPECT_EQ(a.strength, b.strength);
      EXPECT_EQ(a.innerLoss, b.innerLoss);
      EXPECT_EQ(a.columns, b.columns);
      int trainedOnIt = 0;
      for (int i = 0; i < data.size(); ++i) {
        if (i == changed)
          continue;
        const bool same =
            before.probabilities.row(i) == after.probabilities.row(i);
        if (before.fold[static_cast<size_t>(i)] == fold)
          EXPECT_TRUE(same) << "run " << i << " was tested with it";
        else
          trainedOnIt += !same;
      }
      // The other folds did learn from it, or this test could not fail.
      EXPECT_GT(trainedOnIt, 0);
    }
  }
}

TEST(Leakage, TestLabelsDoNotChangePredictions) {
  SyntheticOptions options;
  options.programs = 4;
  options.baselineOnly = true;
  options.sharedSignal = 2;
  const TaskData data = makeFaultTyping(synthetic(options), {});
  const Eigen::MatrixXd features = compress(data.features);
  const Evaluation before = evaluate(data, features, Protocol::HeldOut);
  TaskData changed = data;
  for (size_t i = 0; i < changed.keys.label.size(); ++i)
    if (changed.keys.program[i] == 2)
      changed.keys.label[i] = (changed.keys.label[i] + 1) % 4;
  const Evaluation after = evaluate(changed, features, Protocol::HeldOut);
  for (int i = 0; i < data.size(); ++i)
    if (data.keys.program[static_cast<size_t>(i)] == 2) {
      EXPECT_EQ(before.probabilities.row(i), after.probabilities.row(i));
    }
}

TEST(Leakage, ProgramIdentityDoesNotHelpOnUnseenPrograms) {
  // Each program has one class, so that its identity gives the class away, and
  // every other column is noise.
  Random random(8);
  TaskData data;
  const int programs = 12, runs = 20;
  for (int p = 0; p < programs; ++p) {
    data.programs.push_back("p" + std::to_string(p));
    for (int r = 0; r < runs; ++r) {
      data.keys.program.push_back(p);
      data.keys.mutant.push_back(p * runs + r);
      data.keys.label.push_back(p % 4);
    }
  }
  Eigen::MatrixXd features =
      Eigen::MatrixXd::Zero(programs * runs, programs + 4);
  for (Eigen::Index i = 0; i < features.rows(); ++i) {
    features(i, i / runs) = 1;
    for (Eigen::Index c = programs; c < features.cols(); ++c)
      features(i, c) = static_cast<double>(random.below(1000)) / 1000;
  }
  auto score = [&](Protocol protocol) {
    return balancedAccuracy(confusionOf(
        data.keys.label, evaluate(data, features, protocol).predicted, 4));
  };
  EXPECT_GT(score(Protocol::Within), 0.99);
  // Three standard errors of 12 programs at chance, if each went one way.
  EXPECT_LT(score(Protocol::HeldOut), 0.25 + 3 * 0.125);
  EXPECT_LT(score(Protocol::HeldOut), score(Protocol::Within) - 0.3);
}

TEST(Leakage, PermutedLabelsScoreAtChance) {
  SyntheticOptions corpus;
  corpus.programs = 6;
  corpus.sharedSignal = 4;
  corpus.baselineOnly = true;
  StudyOptions options;
  options.permutations = 6;
  options.resamples = 100;
  const StudyResult result = runStudy(synthetic(corpus), options);
  ASSERT_EQ(result.permutations.size(), 3u);
  for (const PermutationCheck &check : result.permutations) {
    ASSERT_EQ(check.values.size(), 6u);
    const double mean =
        std::accumulate(check.values.begin(), check.values.end(), 0.0) / 6;
    // 288 runs: standard error of one permutation 0.026, of the mean 0.011.
    EXPECT_NEAR(mean, 0.25, 0.06) << protocolName(check.protocol);
    EXPECT_GT(result.find(0, check.protocol)->balancedAccuracy, 0.9);
  }
}

} // namespace
