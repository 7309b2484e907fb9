//===- PublishedPageTest.cpp ----------------------------------------------===//
//
// Every verdict of the rule that the page states, each on a study whose
// intervals are set by hand; and the page of a study that was run.
//
//===----------------------------------------------------------------------===//
#include "test/study/SyntheticCorpus.h"
#include "tools/dynfault-study/report/Report.h"
#include "tools/dynfault-study/study/Study.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

using namespace dynfault::study;

namespace {

Json difference(const char *kind, const char *more, const char *less,
                double low, double high) {
  return {{"kind", kind},
          {"model", "logistic"},
          {"feature_set", "all"},
          {"protocol", less},
          {"more", more},
          {"less", less},
          {"value", (low + high) / 2},
          {"interval_95", {low, high}}};
}

Json studyOf(const Json &tasks) {
  return {{"version", "0"},
          {"table", {{"runs", 5}, {"programs", 12}, {"sha256", "0"}}},
          {"tasks", tasks}};
}

Json taskOf(const char *name, int programs, const Json &differences) {
  return {{"task", name},
          {"programs", std::vector<std::string>(programs, "p")},
          {"main_feature_set", "all"},
          {"scores", Json::array()},
          {"differences", differences}};
}

/// The last cell of the first row that starts with `head`.
std::string verdict(const std::string &page, const std::string &head) {
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("| " + head + " |", 0) == 0) {
      const size_t end = line.rfind(" |");
      const size_t begin = line.rfind("| ", end - 1) + 2;
      return line.substr(begin, end - begin);
    }
  return "no such row";
}

std::string gapVerdict(double low, double high, int programs = 12) {
  const Json gap = difference("gap", "within", "held-out", low, high);
  return verdict(publishedPage(studyOf(Json::array(
                     {taskOf("fault-typing", programs, Json::array({gap}))}))),
                 "fault-typing");
}

TEST(PublishedPage, GapFollowsTheRule) {
  EXPECT_EQ(gapVerdict(0.1, 0.25), "reproduced");
  EXPECT_EQ(gapVerdict(0.2, 0.3), "not reproduced: ours is larger");
  EXPECT_EQ(gapVerdict(-0.1, 0.15), "not reproduced: ours is smaller");
  EXPECT_EQ(gapVerdict(-0.01, 0.4),
            "cannot tell: the interval holds 0 as well");
  EXPECT_EQ(gapVerdict(0.1, 0.25, 9), "cannot tell: fewer than ten programs");
  EXPECT_EQ(verdict(publishedPage(studyOf(Json::array())), "fault-typing"),
            "cannot tell: not measured");
}

TEST(PublishedPage, TransferFollowsTheRule) {
  using Bounds = std::pair<double, double>;
  auto of = [&](const char *task, const std::string &set, Bounds seen,
                Bounds unseen) {
    auto gain = [&](const char *protocol, Bounds bounds) {
      Json one = difference("feature-set", ("baseline+" + set).c_str(),
                            protocol, bounds.first, bounds.second);
      return one;
    };
    return verdict(
        publishedPage(studyOf(Json::array({taskOf(
            task, 12,
            Json::array({gain("within", seen), gain("held-out", unseen)}))}))),
        set + " features, " + task);
  };
  const char *triage = "instability-triage", *typing = "fault-typing";
  EXPECT_EQ(of(triage, "curvature", {0, 1}, {0.01, 0.1}), "reproduced");
  EXPECT_EQ(of(triage, "curvature", {0, 1}, {-0.1, 0.01}), "not reproduced");
  EXPECT_EQ(of(triage, "curvature", {0, 1}, {-0.1, 0.1}), "cannot tell");
  const Bounds helps = {0.01, 0.1}, none = {-0.01, 0.01}, wide = {-0.1, 0.1};
  EXPECT_EQ(of(typing, "optimizer", helps, none), "reproduced");
  EXPECT_EQ(of(typing, "optimizer", helps, helps), "not reproduced");
  EXPECT_EQ(of(typing, "activation", none, none), "not reproduced");
  EXPECT_EQ(of(typing, "activation", helps, wide), "cannot tell");
  EXPECT_EQ(of(typing, "activation", wide, none), "cannot tell");
}

TEST(PublishedPage, OfAStudyThatWasRun) {
  SyntheticOptions corpus;
  corpus.programs = 10;
  corpus.programSignal = 20;
  const std::string path = temporaryPath("published.sqlite");
  writeSyntheticCorpus(path, corpus);
  StudyOptions options;
  options.resamples = 500;
  options.tasks = {TaskId::FaultTyping};
  options.models = {Model::Logistic, Model::Forest};
  options.closing.clear();
  options.sources = false;
  options.protocols = {Protocol::Within, Protocol::HeldOut};
  options.featureSets = {"baseline", "baseline+optimizer", "all"};
  const Json study = runStudy(readCorpusOrTable(path), options).study;
  const std::string page = publishedPage(study);
  // The planted gap is far above the published one.
  EXPECT_EQ(verdict(page, "fault-typing"), "not reproduced: ours is larger");
  EXPECT_EQ(verdict(page, "curvature features, instability-triage"),
            "cannot tell: not measured");
  const std::string optimizer =
      verdict(page, "optimizer features, fault-typing");
  EXPECT_TRUE(optimizer == "not reproduced" || optimizer == "cannot tell")
      << optimizer;
  EXPECT_NE(page.find(study["table"]["sha256"].get<std::string>()),
            std::string::npos);
  // Every difference of the page stands there with its interval.
  for (const Json &one : study["tasks"][0]["differences"])
    if (one["kind"] == "gap" && one["feature_set"] == "all") {
      std::ostringstream text;
      text.precision(3);
      text << std::fixed << std::showpos << numberOf(one["value"]) << " ["
           << numberOf(one["interval_95"][0]) << ", "
           << numberOf(one["interval_95"][1]) << "]";
      EXPECT_NE(page.find(text.str()), std::string::npos) << text.str();
    }
}

TEST(PublishedPage, TheCommittedPageIsOfTheCommittedStudy) {
  const std::string folder = DYNFAULT_RESULTS_FOLDER;
  std::ifstream page(folder + "/published.md", std::ios::binary);
  if (!page)
    GTEST_SKIP() << "no results are committed yet";
  std::ostringstream text;
  text << page.rdbuf();
  EXPECT_TRUE(text.str() == publishedPage(readStudy(folder + "/study.json")))
      << "stale; run `dynfault-study report docs/results/study.json "
         "--published docs/results/published.md`";
}

} // namespace
