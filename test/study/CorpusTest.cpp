//===- CorpusTest.cpp -----------------------------------------------------===//
//
// What is read, that nothing is written, and what is refused.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/corpus/Corpus.h"

#include "test/study/SyntheticCorpus.h"
#include "tools/dynfault-study/util/Error.h"
#include "tools/dynfault-study/util/Sha256.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

using namespace dynfault::study;
namespace fs = std::filesystem;

namespace {

std::string corpusFile(const SyntheticOptions &options = {}) {
  const std::string path = temporaryPath("corpus #1?.sqlite");
  writeSyntheticCorpus(path, options);
  return path;
}

std::string errorOf(const std::string &path) {
  try {
    readCorpus(path, "full");
  } catch (const StudyError &error) {
    return error.what();
  }
  return "";
}

TEST(Corpus, ReadsRowsInOrder) {
  SyntheticOptions options;
  options.programs = 3;
  options.mutantsPerClass = 2;
  options.seeds = 2;
  const Corpus corpus = readCorpus(corpusFile(options), "full");
  EXPECT_EQ(corpus.programs.size(), 3u);
  EXPECT_EQ(corpus.mutants.size(), 3u * 9);
  EXPECT_EQ(corpus.runs.size(), 3u * 18);
  EXPECT_EQ(corpus.features.rows(), 54);
  EXPECT_TRUE(
      std::is_sorted(corpus.featureNames.begin(), corpus.featureNames.end()));
  EXPECT_TRUE(std::is_sorted(
      corpus.runs.begin(), corpus.runs.end(),
      [](const auto &a, const auto &b) { return a.mutant < b.mutant; }));
  for (const Mutant &mutant : corpus.mutants)
    EXPECT_EQ(mutant.isClean(), mutant.key == "clean");
  EXPECT_TRUE(corpus.features.allFinite());
}

TEST(Corpus, ReadsTheValuesOfTheAskedWindow) {
  const std::string path = corpusFile();
  const Corpus full = readCorpus(path, "full");
  const Corpus early = readCorpus(path, "early");
  EXPECT_TRUE((early.features.array() == 7).all());
  SQLite::Database db(path);
  for (size_t run : {size_t{0}, size_t{17}, full.runs.size() - 1}) {
    SQLite::Statement query(db, "SELECT value FROM feature WHERE run_id = ? "
                                "AND window = 'full' AND name = ?");
    query.bind(1, full.runs[run].id);
    query.bind(2, full.featureNames[3]);
    ASSERT_TRUE(query.executeStep());
    EXPECT_EQ(full.features(static_cast<Eigen::Index>(run), 3),
              query.getColumn(0).getDouble());
  }
}

TEST(Corpus, NullAndNonFiniteValuesAreMissing) {
  const std::string path = corpusFile();
  {
    SQLite::Database db(path, SQLite::OPEN_READWRITE);
    db.exec("UPDATE feature SET value = NULL WHERE run_id = 1 AND name = "
            "'baseline/shared_0/mean'");
    db.exec("UPDATE feature SET value = 9e999 WHERE run_id = 1 AND name = "
            "'baseline/shared_1/mean'");
  }
  const Corpus corpus = readCorpus(path, "full");
  for (size_t run = 0; run < corpus.runs.size(); ++run) {
    const auto row = corpus.features.row(static_cast<Eigen::Index>(run));
    EXPECT_EQ(row.array().isNaN().count(), corpus.runs[run].id == 1 ? 2 : 0);
  }
}

TEST(Corpus, OrderOfInsertionDoesNotMatter) {
  const std::string path = corpusFile();
  const Corpus before = readCorpus(path, "full");
  {
    // Other ids, as a merge would give.
    SQLite::Database db(path, SQLite::OPEN_READWRITE);
    db.exec("UPDATE run SET id = 100000 - id;"
            "UPDATE feature SET run_id = 100000 - run_id;"
            "UPDATE mutant SET id = 100000 - id;"
            "UPDATE run SET mutant_id = 100000 - mutant_id;");
  }
  const Corpus after = readCorpus(path, "full");
  EXPECT_EQ(before.features, after.features);
  EXPECT_EQ(before.featureNames, after.featureNames);
}

TEST(Corpus, LeavesNothingBeside) {
  const std::string path = corpusFile();
  const std::string digest = sha256OfFile(path);
  readCorpus(path, "full");
  EXPECT_EQ(sha256OfFile(path), digest);
  EXPECT_FALSE(fs::exists(path + "-wal"));
  EXPECT_FALSE(fs::exists(path + "-shm"));
}

TEST(Corpus, SeesWhatIsStillInTheLog) {
  const std::string path = corpusFile();
  SQLite::Database writer(path, SQLite::OPEN_READWRITE);
  writer.exec("UPDATE program SET name = 'renamed' WHERE id = 1");
  const Corpus corpus = readCorpus(path, "full");
  EXPECT_EQ(corpus.programs.back().name, "renamed");
}

TEST(Corpus, Sha256OfKnownBytes) {
  const std::string path = temporaryPath("abc");
  std::ofstream(path) << "abc";
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(sha256OfFile(path), "ba7816bf8f01cfea414140de5dae2223b00361a39617"
                                "7a9cb410ff61f20015ad");
}

TEST(Corpus, RefusesOtherFiles) {
  EXPECT_NE(errorOf(temporaryPath("nowhere.sqlite")).find("no such file"),
            std::string::npos);
  EXPECT_NE(errorOf(fs::path(temporaryPath("x")).parent_path().string())
                .find("is not a file"),
            std::string::npos);
  const std::string text = temporaryPath("text.sqlite");
  std::ofstream(text) << "This is no database but long enough to look at.\n";
  EXPECT_NE(errorOf(text).find("not an SQLite file"), std::string::npos);
  const std::string empty = temporaryPath("empty.sqlite");
  std::ofstream(empty).flush();
  EXPECT_NE(errorOf(empty).find("not a dynfault corpus"), std::string::npos);

  const std::string path = corpusFile();
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("PRAGMA user_version = 9");
  EXPECT_NE(errorOf(path).find("schema version 9"), std::string::npos);
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("PRAGMA user_version = 2; PRAGMA application_id = 5");
  EXPECT_NE(errorOf(path).find("not a dynfault corpus"), std::string::npos);
}

TEST(Corpus, RefusesADamagedCorpus) {
  const std::string path = corpusFile();
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("DELETE FROM mutant WHERE id = 3");
  EXPECT_NE(errorOf(path).find("mutant 3 which is not in the file"),
            std::string::npos);
  const std::string other = corpusFile();
  SQLite::Database(other, SQLite::OPEN_READWRITE).exec("DROP TABLE feature");
  EXPECT_NE(errorOf(other).find("no such table"), std::string::npos);
}

} // namespace
