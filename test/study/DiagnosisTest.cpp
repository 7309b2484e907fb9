//===- DiagnosisTest.cpp --------------------------------------------------===//
//
// A trace like the corpus is typed; one unlike it gets no answer.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/predict/Diagnosis.h"

#include "test/study/SyntheticCorpus.h"
#include "tools/dynfault-study/util/Error.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace dynfault::study;

namespace {

struct Files {
  std::string corpus = temporaryPath("diagnosis-corpus.sqlite");
  std::string trace = temporaryPath("diagnosis-trace.sqlite");

  explicit Files(double signal) {
    SyntheticOptions options;
    options.programs = 6;
    options.sharedSignal = signal;
    writeSyntheticCorpus(corpus, options);
    options.firstProgram = 6;
    options.programs = 2;
    options.seed = 99;
    options.baselineOnly = true;
    writeSyntheticCorpus(trace, options);
  }
  Diagnosis diagnose(const DiagnosisOptions &options = {}) const {
    return dynfault::study::diagnose(readCorpusOrTable(corpus),
                                     readCorpusOrTable(trace, Redundant::Keep),
                                     options);
  }
};

int classOf(const RunDiagnosis &run) {
  const std::vector<std::string> operators = {"TCL", "ACH", "LCH", "HLR"};
  for (size_t c = 0; c < operators.size(); ++c)
    if (run.run.mutant.rfind(operators[c], 0) == 0)
      return static_cast<int>(c);
  return -1;
}

TEST(Diagnosis, TypesRunsOfANewProgram) {
  const Diagnosis diagnosis = Files(5).diagnose();
  EXPECT_EQ(diagnosis.tasks.front().members,
            std::vector<std::string>{"baseline"});
  int faulty = 0, right = 0, known = 0, own = 0;
  for (const RunDiagnosis &run : diagnosis.runs) {
    const Verdict &said = run.verdicts.front();
    EXPECT_NEAR(said.probabilities.sum(), 1, 1e-12);
    if (classOf(run) < 0)
      continue;
    ++faulty;
    right += said.best == classOf(run);
    if (said.best == classOf(run)) {
      // The class's own column is what speaks for it.
      ASSERT_FALSE(said.evidence.empty());
      own += said.evidence.front().feature ==
             "baseline/shared_" + std::to_string(said.best) + "/mean";
    }
    known += said.known();
  }
  EXPECT_EQ(faulty, 2 * 4 * 3 * 4);
  EXPECT_GT(right, 0.9 * faulty);
  EXPECT_GT(known, 0.7 * faulty);
  EXPECT_GT(own, 0.9 * right);
}

TEST(Diagnosis, DoesNotKnowWhatLiesOutside) {
  const Files files(5);
  SQLite::Database(files.trace, SQLite::OPEN_READWRITE)
      .exec("UPDATE feature SET value = value * 1e12 WHERE run_id = 1");
  int outside = 0;
  const Diagnosis diagnosis = files.diagnose();
  for (const RunDiagnosis &run : diagnosis.runs)
    if (const Verdict &said = run.verdicts.front();
        said.distance > 3 * diagnosis.tasks.front().distanceLimit) {
      EXPECT_TRUE(said.outOfRange);
      ++outside;
    }
  EXPECT_EQ(outside, 1);
}

TEST(Diagnosis, DoesNotKnowWithoutSignal) {
  DiagnosisOptions options;
  options.minProbability = 1;
  for (const RunDiagnosis &run : Files(0).diagnose(options).runs)
    EXPECT_TRUE(run.verdicts.front().improbable);
  // Calibrated on programs that nothing transfers to, no class is probable.
  double sum = 0;
  const Diagnosis diagnosis = Files(0).diagnose();
  for (const RunDiagnosis &run : diagnosis.runs)
    sum += run.verdicts.front().probabilities.maxCoeff();
  EXPECT_LT(sum / static_cast<double>(diagnosis.runs.size()), 0.4);
}

TEST(Diagnosis, TemperatureRecoversAKnownOne) {
  // Labels drawn from softmax(z / 2): the best temperature for z is 2.
  std::mt19937_64 engine(3);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const Eigen::Index rows = 20000;
  RowMatrix scores(rows, 3);
  std::vector<int> labels;
  for (Eigen::Index i = 0; i < rows; ++i) {
    Eigen::Vector3d weight;
    for (int c = 0; c < 3; ++c) {
      scores(i, c) = 3 * normal(engine);
      weight(c) = std::exp(scores(i, c) / 2);
    }
    double left = uniform(engine) * weight.sum();
    int label = 0;
    while (label < 2 && left > weight(label))
      left -= weight(label++);
    labels.push_back(label);
  }
  EXPECT_NEAR(fittedTemperature(scores, labels), 2, 0.06);
}

TEST(Diagnosis, NeedsFeaturesInCommon) {
  DiagnosisOptions options;
  options.featureSet = "curvature";
  EXPECT_THROW(Files(1).diagnose(options), StudyError);
}

} // namespace
