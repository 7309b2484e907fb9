//===- FeatureTableTest.cpp -----------------------------------------------===//
//
// A corpus and its exported table are the same to the study.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/table/FeatureTable.h"

#include "test/study/SyntheticCorpus.h"
#include "tools/dynfault-study/task/Labels.h"
#include "tools/dynfault-study/util/Csv.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Sha256.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

using namespace dynfault::study;

namespace {

std::string corpusFile(const SyntheticOptions &options = {}) {
  const std::string path = temporaryPath("table.sqlite");
  writeSyntheticCorpus(path, options);
  return path;
}

bool sameBits(const Eigen::MatrixXf &a, const Eigen::MatrixXf &b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(),
                     static_cast<size_t>(a.size()) * sizeof(float)) == 0;
}

std::string errorOf(const std::string &text) {
  try {
    parseTable(text, "t.csv");
  } catch (const StudyError &error) {
    return error.what();
  }
  return "";
}

TEST(FeatureTable, ACorpusAndItsTableAreTheSame) {
  SyntheticOptions options;
  options.programs = 3;
  options.withLeftOut = true;
  options.earlySignal = true;
  const std::string corpus = corpusFile(options);
  const FeatureTable direct = readCorpusOrTable(corpus);
  for (const char *name : {"features.csv", "features.csv.gz"}) {
    const std::string path = temporaryPath(name);
    writeMaybeGzip(path, tableCsv(corpus));
    const FeatureTable read = readCorpusOrTable(path);
    EXPECT_EQ(read.sha256, direct.sha256);
    EXPECT_EQ(read.featureNames, direct.featureNames);
    EXPECT_EQ(read.taskLabels, direct.taskLabels);
    EXPECT_TRUE(sameBits(read.features, direct.features));
    EXPECT_TRUE(sameBits(read.quantities, direct.quantities));
  }
  EXPECT_EQ(direct.sha256, sha256OfFile(temporaryPath("features.csv")));
  // Two files with the same text are the same bytes.
  const std::string again = temporaryPath("again.csv.gz");
  writeMaybeGzip(again, tableCsv(corpus));
  EXPECT_EQ(sha256OfFile(again),
            sha256OfFile(temporaryPath("features.csv.gz")));
}

/// Four significant digits, by another way than the table's.
float roundedLike(double value) {
  if (!std::isfinite(value))
    return std::nanf("");
  char text[32];
  std::snprintf(text, sizeof(text), "%.4g", value);
  return std::strtof(text, nullptr);
}

TEST(FeatureTable, HoldsTheCorpusRounded) {
  SyntheticOptions options;
  options.programs = 2;
  const std::string path = corpusFile(options);
  const Corpus corpus = readCorpus(path, "");
  const FeatureTable table = readCorpusOrTable(path, Redundant::Keep);
  ASSERT_EQ(table.featureNames, corpus.featureNames);
  for (Eigen::Index i = 0; i < table.features.size(); ++i) {
    const float expected = roundedLike(corpus.features.data()[i]);
    if (std::isnan(expected))
      EXPECT_TRUE(std::isnan(table.features.data()[i]));
    else
      EXPECT_EQ(table.features.data()[i], expected);
  }
  for (size_t r = 0; r < table.rows.size(); ++r) {
    const Mutant &mutant = corpus.mutants[corpus.runs[r].mutant];
    EXPECT_EQ(table.rows[r].mutant, mutant.key);
    EXPECT_EQ(table.rows[r].op, mutant.op);
    EXPECT_EQ(table.rows[r].killed, mutant.killed);
    EXPECT_EQ(table.rows[r].seed, corpus.runs[r].seed);
  }
}

TEST(FeatureTable, DropsWhatTellsNothing) {
  SyntheticOptions options;
  options.programs = 3;
  options.earlySignal = true;
  const std::string path = corpusFile(options);
  const FeatureTable before = readCorpusOrTable(path);
  {
    SQLite::Database db(path, SQLite::OPEN_READWRITE);
    // A constant, one that is mostly missing, and two copies, one of them in
    // the other window.
    db.exec("INSERT INTO feature SELECT id, 'full', 'baseline/constant/last', "
            "3.25 FROM run");
    db.exec("INSERT INTO feature SELECT id, 'full', 'baseline/once/last', 1.5 "
            "FROM run WHERE id = 1");
    const std::string name = before.featureNames.back();
    ASSERT_EQ(name.substr(0, 5), "full/");
    const std::string source =
        " FROM feature WHERE window = 'full' AND name = '" + name.substr(5) +
        "'";
    db.exec("INSERT INTO feature SELECT run_id, 'full', 'zzz/copy/last', "
            "value" +
            source);
    db.exec("INSERT INTO feature SELECT run_id, 'early', 'zzz/copy/last', "
            "value" +
            source);
  }
  std::vector<std::string> expected = before.featureNames;
  expected.push_back("early/zzz/copy/last");
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(readCorpusOrTable(path).featureNames, expected);
  const FeatureTable all = readCorpusOrTable(path, Redundant::Keep);
  const std::set<std::string> kept(all.featureNames.begin(),
                                   all.featureNames.end());
  for (const char *name : {"full/baseline/constant/last",
                           "full/baseline/once/last", "full/zzz/copy/last"})
    EXPECT_EQ(kept.count(name), 1u) << name;
}

TEST(FeatureTable, LabelsAreThoseOfTheCurves) {
  SyntheticOptions options;
  options.programs = 2;
  options.withLeftOut = true;
  const FeatureTable table = readCorpusOrTable(corpusFile(options));
  // The labels of the file are those that the quantities give.
  for (size_t t = 0; t < allTasks.size(); ++t) {
    EXPECT_EQ(table.taskNames[t], taskName(allTasks[t]));
    const Labels labels = labelRows(allTasks[t], table, {});
    for (size_t r = 0; r < table.rows.size(); ++r)
      EXPECT_EQ(table.taskLabels[t][r],
                labels.label[r] < 0
                    ? ""
                    : labels.classes[static_cast<size_t>(labels.label[r])]);
  }
  for (size_t r = 0; r < table.rows.size(); ++r) {
    const TableRow &row = table.rows[r];
    if (row.mutant.find('@') == std::string::npos)
      continue;
    EXPECT_EQ(table.taskLabels[0][r], row.faultClass);
    EXPECT_EQ(table.taskLabels[2][r], row.faultClass == "optimization" ||
                                              row.status == RunStatus::Diverged
                                          ? "unstable"
                                          : "stable");
    if (row.status != RunStatus::Completed)
      EXPECT_EQ(table.taskLabels[3][r], "");
    else
      EXPECT_EQ(table.taskLabels[3][r], row.faultClass == "data" ? "over-fit"
                                        : row.faultClass == "model"
                                            ? "under-fit"
                                            : "matched");
  }
}

TEST(FeatureTable, ThresholdsMoveTheLabels) {
  SyntheticOptions options;
  options.programs = 2;
  const FeatureTable table = readCorpusOrTable(corpusFile(options));
  auto count = [&](TaskId task, const Thresholds &limits, int label) {
    LabelOptions with;
    with.thresholds = limits;
    const Labels labels = labelRows(task, table, with);
    return std::count(labels.label.begin(), labels.label.end(), label);
  };
  Thresholds limits;
  EXPECT_GT(count(TaskId::InstabilityTriage, limits, 1), 0);
  limits.lossRatio = limits.lossRise = 1e30;
  limits.alternatingShare = 1.1;
  // Diverged runs of the last class stay unstable, others do not.
  EXPECT_LT(count(TaskId::InstabilityTriage, limits, 1),
            count(TaskId::InstabilityTriage, Thresholds(), 1));
  EXPECT_EQ(count(TaskId::TrainValidationMismatch, Thresholds().scaled(100), 1),
            0);
  limits = Thresholds();
  limits.calibrated = true;
  EXPECT_GT(count(TaskId::TrainValidationMismatch, limits, 1), 0);
}

TEST(FeatureTable, RefusesWhatIsNoTable) {
  const std::string head = "program,dataset,family,mutant,operator,class,site,"
                           "severity,seed,device,status,killed,full/a/b\n";
  EXPECT_EQ(errorOf(head + "p,d,f,m,,,,,1,cpu,completed,,0.5\n"), "");
  EXPECT_NE(errorOf("a,b\n1,2\n").find("no column 'program'"),
            std::string::npos);
  EXPECT_NE(errorOf(head + "p,d,f,m,,,,,1,cpu,completed,,x\n")
                .find("row 2, column 'full/a/b': 'x' is no number"),
            std::string::npos);
  EXPECT_NE(errorOf(head + "p,d\n").find("row 2 has 2 cells"),
            std::string::npos);
  EXPECT_NE(errorOf(head + "p,d,f,m,,,,,one,cpu,completed,,1\n").find("seed"),
            std::string::npos);
  EXPECT_NE(errorOf(head + "p,d,f,m,,,,,1,cpu,done,,1\n").find("'done'"),
            std::string::npos);
  EXPECT_NE(errorOf(head + "p,d,f,m,,,,,1,cpu,completed,2,1\n").find("killed"),
            std::string::npos);
  const std::string row = "p,d,f,m,,,,,1,cpu,completed,,1\n";
  EXPECT_NE(errorOf(head + row + row).find("two rows"), std::string::npos);
  EXPECT_NE(errorOf(head).find("no run"), std::string::npos);
  EXPECT_NE(errorOf(head + "\"p,d\n").find("row 2"), std::string::npos);
}

TEST(FeatureTable, ReadsAForeignTable) {
  const std::string path = temporaryPath("foreign.csv");
  std::ofstream(path) << "who,kind,x,y,note\n"
                         "b,bad,1,NA,hello\n"
                         "a,good,2.5,,there\n"
                         "a,bad,nan,inf,x\n";
  const FeatureTable table = readForeignTable(path, {"who", "kind", ""});
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.rows[0].program, "a");
  EXPECT_EQ(table.rows[0].faultClass, "good");
  EXPECT_EQ(table.featureNames, (std::vector<std::string>{"full/x", "full/y"}));
  EXPECT_EQ(table.features(0, 0), 2.5f);
  EXPECT_TRUE(std::isnan(table.features(1, 0)));
  EXPECT_TRUE(table.features.col(1).array().isNaN().all());
  EXPECT_EQ(table.leftOutColumns, std::vector<std::string>{"note"});
  EXPECT_THROW(readForeignTable(path, {"whom", "kind", ""}), StudyError);
}

TEST(FeatureTable, DamagedGzipIsAnError) {
  const std::string path = temporaryPath("damaged.csv.gz");
  writeMaybeGzip(path, std::string(100000, 'x') + "\n");
  std::string bytes;
  {
    std::ifstream in(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::ofstream(path, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  EXPECT_THROW(readMaybeGzip(path), StudyError);
}

} // namespace
