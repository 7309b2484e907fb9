//===- CommandTest.cpp ----------------------------------------------------===//
//
// The command as a user meets it: exit status, one line on stderr, and a folder
// that is whole or not there.
//
//===----------------------------------------------------------------------===//
#include "test/study/SyntheticCorpus.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <sys/wait.h>

using namespace dynfault::study;
namespace fs = std::filesystem;

namespace {

std::string contents(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Outcome {
  int status;
  std::string out, err;
};

Outcome command(const std::string &arguments) {
  const std::string out = temporaryPath("stdout");
  const std::string err = temporaryPath("stderr");
  const int status = std::system((std::string(DYNFAULT_STUDY_COMMAND) + " " +
                                  arguments + " >" + out + " 2>" + err)
                                     .c_str());
  return {WEXITSTATUS(status), contents(out), contents(err)};
}

void expectFailure(const std::string &arguments, int status,
                   const std::string &part) {
  const Outcome outcome = command(arguments);
  EXPECT_EQ(outcome.status, status) << arguments << "\n" << outcome.err;
  EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1)
      << outcome.err;
  EXPECT_EQ(outcome.err.rfind("dynfault-study: ", 0), 0u) << outcome.err;
  EXPECT_EQ(outcome.out, "");
}

class Command : public testing::Test {
protected:
  void SetUp() override {
    SyntheticOptions options;
    options.programs = 3;
    options.mutantsPerClass = 2;
    options.seeds = 2;
    options.sharedSignal = 3;
    writeSyntheticCorpus(corpus, options);
    fs::remove_all(report);
  }
  std::string corpus = temporaryPath("command.sqlite");
  std::string report = temporaryPath("report");
  std::string run = "run " + corpus + " --out " + report +
                    " --resamples 200 --feature-sets baseline,all "
                    "--task fault-typing --closing none ";
};

TEST_F(Command, WritesAReport) {
  // A list takes one argument, so that the corpus may follow it.
  const Outcome outcome =
      command("run --resamples 200 --feature-sets baseline,all "
              "--task fault-typing --closing none " +
              corpus + " --out " + report);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_NE(outcome.out.find("gap within minus held-out"), std::string::npos);
  for (const char *name :
       {"study.json", "report.html", "report.txt", "predictions.csv.gz",
        "gap.svg", "fault-typing-scores.csv", "fault-typing-scores.svg"})
    EXPECT_TRUE(fs::exists(report + "/" + name)) << name;
  for (const auto &entry :
       fs::directory_iterator(fs::path(report).parent_path()))
    EXPECT_NE(entry.path().filename().string().rfind(".report", 0), 0u)
        << "left behind";
  const std::string page = contents(report + "/report.html");
  EXPECT_EQ(page.find("http"), std::string::npos);
  EXPECT_EQ(page.find("src="), std::string::npos);
  size_t plots = 0;
  for (size_t at = page.find("<svg"); at != std::string::npos;
       at = page.find("<svg", at + 1))
    ++plots;
  EXPECT_EQ(plots, 7u);
  // The report can be made again from the numbers.
  const std::string again = temporaryPath("again");
  EXPECT_EQ(command("report " + report + "/study.json --out " + again +
                    " --published " + temporaryPath("published.md"))
                .status,
            0);
  EXPECT_EQ(contents(again + "/report.html"), page);
  EXPECT_NE(contents(temporaryPath("published.md")).find("+0.190"),
            std::string::npos);
  expectFailure("report " + corpus + " --out " + again, 1, "is no study.json");
}

TEST_F(Command, TakesAnyTable) {
  const std::string table = temporaryPath("any.csv");
  std::ofstream out(table);
  out << "who,kind,x,y,empty,note\n";
  for (int i = 0; i < 80; ++i)
    out << "p" << i % 4 << "," << (i / 4 % 2 ? "good" : "bad") << ","
        << (i / 4 % 2) + 0.01 * (i % 7) << "," << (i % 5 ? "1.5" : "")
        << ",,a\n";
  out.close();
  const std::string any =
      "run --features " + table + " --out " + report + " --resamples 100 ";
  const Outcome outcome = command(any + "--group who --label kind");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const auto study = nlohmann::json::parse(contents(report + "/study.json"));
  EXPECT_EQ(study["table"]["columns_left_out"][0], "note");
  EXPECT_GT(study["tasks"][0]["scores"][0]["balanced_accuracy"], 0.99);
  expectFailure(any + "--group whom --label kind", 1, "no column 'whom'");
  expectFailure(any + "--group who", 2, "--label");
  expectFailure(any + corpus + " --group who --label kind", 2, "either");
}

TEST_F(Command, SameBytesTwice) {
  ASSERT_EQ(command(run).status, 0);
  std::vector<std::string> first;
  for (const char *name :
       {"study.json", "predictions.csv.gz", "report.txt", "report.html"})
    first.push_back(contents(report + "/" + name));
  ASSERT_EQ(command(run + "--jobs 1").status, 0);
  std::vector<std::string> second;
  for (const char *name :
       {"study.json", "predictions.csv.gz", "report.txt", "report.html"})
    second.push_back(contents(report + "/" + name));
  EXPECT_EQ(first, second);
}

TEST_F(Command, ReplacesReportsOnly) {
  ASSERT_EQ(command(run).status, 0);
  EXPECT_EQ(command(run).status, 0);
  const std::string notes = report + "/notes.txt";
  std::ofstream(notes) << "mine";
  expectFailure(run, 1, "notes.txt");
  EXPECT_EQ(contents(notes), "mine");
  fs::remove_all(report);
  fs::create_directory(report);
  EXPECT_EQ(command(run).status, 0) << "an empty folder may be used";
  fs::remove_all(report);
  std::ofstream(report) << "a file";
  expectFailure(run, 1, "is a file");
  expectFailure("run " + corpus + " --out " + report + "-none/report", 1,
                "does not exist");
}

TEST_F(Command, FailureWritesNothing) {
  expectFailure("run " + corpus + "x --out " + report, 1, "no such file");
  EXPECT_FALSE(fs::exists(report));
  SyntheticOptions untested;
  untested.killed = -1;
  writeSyntheticCorpus(corpus, untested);
  expectFailure(run, 1, "--include-surviving");
  EXPECT_FALSE(fs::exists(report));
  EXPECT_EQ(command(run + "--include-surviving").status, 0);
}

TEST_F(Command, WrongUsageHasStatusTwo) {
  expectFailure("", 2, "a command is needed");
  expectFailure("walk", 2, "walk");
  expectFailure("run --out " + report, 2, "CORPUS");
  expectFailure("run " + corpus, 2, "--out");
  expectFailure(run + "--protocol within,heldout", 2, "held-out");
  expectFailure(run + "--task everything", 2, "fault-typing");
  expectFailure(run + "--folds 1", 2, "at least 2");
  expectFailure(run + "--folds two", 2, "two");
  expectFailure(run + "--resamples 0", 2, "--resamples");
  expectFailure(run + "--class-map HLR", 2, "OPERATOR=CLASS");
  expectFailure(run + "--class-map HLR=luck", 2, "'luck'");
  expectFailure(run + "--threshold loss-ratio", 2, "NAME=VALUE");
  expectFailure(run + "--threshold luck=1", 2, "'luck'");
  expectFailure(run + "--models oracle", 2, "'oracle'");
  expectFailure(run + "--classes data", 2, "at least two");
  expectFailure("predict --corpus " + corpus + " " + corpus +
                    " --min-probability 2",
                2, "0 to 1");
}

TEST_F(Command, HelpAndVersion) {
  for (const char *arguments : {"--help", "run --help", "report --help",
                                "table --help", "predict --help"}) {
    const Outcome outcome = command(arguments);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_NE(outcome.out.find("dynfault-study"), std::string::npos);
  }
  EXPECT_NE(command("run --help").out.find("Example"), std::string::npos);
  EXPECT_EQ(command("--version").out.rfind("dynfault-study ", 0), 0u);
}

TEST_F(Command, PredictPrintsADiagnosis) {
  const std::string trace = temporaryPath("command-trace.sqlite");
  SyntheticOptions options;
  options.programs = 1;
  options.mutantsPerClass = 1;
  options.seeds = 2;
  options.sharedSignal = 3;
  options.firstProgram = 3;
  writeSyntheticCorpus(trace, options);
  const std::string arguments = "predict --corpus " + corpus + " " + trace;
  const Outcome text = command(arguments);
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_NE(text.out.find("program_03 clean seed 0 (cpu): "),
            std::string::npos);
  const Outcome json = command(arguments + " --json --min-probability 1");
  EXPECT_EQ(json.status, 0) << json.err;
  const auto parsed = nlohmann::json::parse(json.out);
  ASSERT_EQ(parsed["runs"].size(), 10u);
  for (const auto &run : parsed["runs"])
    EXPECT_TRUE(run["fault-typing"]["diagnosis"].is_null());
}

} // namespace
