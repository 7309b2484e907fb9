//===- LeakageTest.cpp ----------------------------------------------------===//
//
// What must not reach a model: test rows, the program's identity on unseen
// programs, labels.
//
//===----------------------------------------------------------------------===//
#include "test/study/SyntheticCorpus.h"
#include "tools/dynfault-study/protocol/Evaluate.h"
#include "tools/dynfault-study/score/Metrics.h"
#include "tools/dynfault-study/task/TaskData.h"
#include "tools/dynfault-study/util/Random.h"

#include <gtest/gtest.h>
#include <numeric>

using namespace dynfault::study;

namespace {

TaskData synthetic(const SyntheticOptions &options) {
  const std::string path = temporaryPath("leakage.sqlite");
  writeSyntheticCorpus(path, options);
  return makeTask(TaskId::FaultTyping, readCorpusOrTable(path), {});
}

/// Evaluation of all columns under one protocol.
Predictions evaluate(const TaskData &data, const RowMatrix &features,
                     Protocol protocol, Model model = Model::Logistic) {
  Experiment experiment;
  experiment.features = &features;
  experiment.columns.resize(static_cast<size_t>(features.cols()));
  std::iota(experiment.columns.begin(), experiment.columns.end(),
            Eigen::Index{0});
  experiment.keys = data.keys;
  experiment.classes = 4;
  experiment.protocol = protocol;
  experiment.model = model;
  experiment.seed = 5;
  return crossValidate(experiment);
}

TEST(Leakage, ATestRowDoesNotChangeItsFoldsModel) {
  SyntheticOptions options;
  options.programs = 4;
  options.mutantsPerClass = 2;
  options.seeds = 3;
  options.sharedSignal = 2;
  options.baselineOnly = true;
  const TaskData data = synthetic(options);
  const RowMatrix &features = data.features;
  for (const auto &[protocol, model] :
       {std::make_pair(Protocol::Within, Model::Logistic),
        {Protocol::WithinGrouped, Model::Logistic},
        {Protocol::HeldOut, Model::Logistic},
        {Protocol::HeldOut, Model::Ridge},
        {Protocol::HeldOut, Model::Vrex},
        {Protocol::HeldOut, Model::Forest}}) {
    const Predictions before = evaluate(data, features, protocol, model);
    for (int changed : {0, 31, 77}) {
      RowMatrix other = features;
      other.row(changed) *= -3;
      other(changed, 2) = std::nan("");
      const Predictions after = evaluate(data, other, protocol, model);
      const auto fold = before.fold[static_cast<size_t>(changed)];
      const FoldRecord &a = before.folds[static_cast<size_t>(fold)];
      const FoldRecord &b = after.folds[static_cast<size_t>(fold)];
      EXPECT_EQ(a.strength, b.strength);
      EXPECT_EQ(a.parameter, b.parameter);
      EXPECT_EQ(a.columns, b.columns);
      int trainedOnIt = 0;
      for (int i = 0; i < data.size(); ++i) {
        if (i == changed)
          continue;
        const bool same = before.scores.row(i) == after.scores.row(i);
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
  const TaskData data = synthetic(options);
  const RowMatrix &features = data.features;
  const Predictions before = evaluate(data, features, Protocol::HeldOut);
  TaskData changed = data;
  for (size_t i = 0; i < changed.keys.label.size(); ++i)
    if (changed.keys.program[i] == 2)
      changed.keys.label[i] = (changed.keys.label[i] + 1) % 4;
  const Predictions after = evaluate(changed, features, Protocol::HeldOut);
  for (int i = 0; i < data.size(); ++i)
    if (data.keys.program[static_cast<size_t>(i)] == 2) {
      EXPECT_EQ(before.scores.row(i), after.scores.row(i));
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
  RowMatrix features =
      RowMatrix::Zero(programs * runs, programs + 4);
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

} // namespace
