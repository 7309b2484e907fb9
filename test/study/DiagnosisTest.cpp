//===- DiagnosisTest.cpp --------------------------------------------------===//
//
// A trace like the corpus is typed; one unlike it gets no answer.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/predict/Diagnosis.h"

#include "test/study/SyntheticCorpus.h"
#include "tools/dynfault-study/util/Error.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

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
    return dynfault::study::diagnose(readCorpus(corpus, "full"),
                                     readCorpus(trace, "full"), options);
  }
};

int classOf(const RunDiagnosis &run) {
  const std::vector<std::string> operators = {"TCL", "ACH", "LCH", "HLR"};
  for (size_t c = 0; c < operators.size(); ++c)
    if (run.mutant.rfind(operators[c], 0) == 0)
      return static_cast<int>(c);
  return -1;
}

TEST(Diagnosis, TypesRunsOfANewProgram) {
  const Diagnosis diagnosis = Files(5).diagnose();
  EXPECT_EQ(diagnosis.members, std::vector<std::string>{"baseline"});
  int faulty = 0, right = 0, known = 0;
  for (const RunDiagnosis &run : diagnosis.runs) {
    EXPECT_NEAR(run.probabilities.sum(), 1, 1e-12);
    if (classOf(run) < 0)
      continue;
    ++faulty;
    right += run.best == classOf(run);
    known += !run.outOfRange && !run.improbable;
  }
  EXPECT_EQ(faulty, 2 * 4 * 3 * 4);
  EXPECT_GT(right, 0.9 * faulty);
  EXPECT_GT(known, 0.7 * faulty);
}

TEST(Diagnosis, DoesNotKnowWhatLiesOutside) {
  const Files files(5);
  SQLite::Database(files.trace, SQLite::OPEN_READWRITE)
      .exec("UPDATE feature SET value = value * 1e12 WHERE run_id = 1");
  int outside = 0;
  const Diagnosis diagnosis = files.diagnose();
  for (const RunDiagnosis &run : diagnosis.runs)
    if (run.distance > 3 * diagnosis.distanceLimit) {
      EXPECT_TRUE(run.outOfRange);
      ++outside;
    }
  EXPECT_EQ(outside, 1);
}

TEST(Diagnosis, DoesNotKnowWithoutSignal) {
  DiagnosisOptions options;
  options.minProbability = 0.6;
  for (const RunDiagnosis &run : Files(0).diagnose(options).runs)
    EXPECT_EQ(run.improbable, run.probabilities.maxCoeff() < 0.6);
  options.minProbability = 1;
  for (const RunDiagnosis &run : Files(0).diagnose(options).runs)
    EXPECT_TRUE(run.improbable);
}

TEST(Diagnosis, NeedsFeaturesInCommon) {
  DiagnosisOptions options;
  options.featureSets = {"curvature"};
  EXPECT_THROW(Files(1).diagnose(options), StudyError);
}

} // namespace
