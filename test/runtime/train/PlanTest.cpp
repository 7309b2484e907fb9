//===- PlanTest.cpp - Tests of planning -------------------------*- C++ -*-===//

#include "runtime/train/Plan.h"

#include "test/runtime/train/TestArchive.h"

#include <fmt/format.h>
#include <set>

using namespace dynfault;

namespace {

class PlanTest : public ArchiveTest {
protected:
  /// A clean program, two mutants of it, and one program without a clean
  /// archive, in `archives/`.
  void writeArchives() {
    writePointsNet("archives/z.pt");
    for (int factor : {10, 2}) {
      ArchiveOptions options;
      options.lr = 0.05 * factor;
      options.patch["faults"] =
          oneFault("HLR", "optimizer", {{"factor", factor}});
      writePointsNet("archives/" + std::to_string(factor) + ".pt", options);
    }
    ArchiveOptions other;
    other.name = "another_net";
    other.patch["faults"] = oneFault("HLR", "optimizer", {{"factor", 1}});
    writePointsNet("archives/deeper/other.pt", other);
  }

  std::string archives() const { return (folder / "archives").string(); }
};

} // namespace

TEST_F(PlanTest, SortsByProgramThenCleanFirst) {
  writeArchives();
  Manifest manifest = planRuns({archives()}, {3});
  std::vector<std::string> found;
  for (const PlannedMutant &mutant : manifest.mutants)
    found.push_back(mutant.program + " " + mutant.key);
  EXPECT_EQ(found, (std::vector<std::string>{
                       "another_net HLR@optimizer:factor=1", "points_net clean",
                       "points_net HLR@optimizer:factor=10",
                       "points_net HLR@optimizer:factor=2"}));
  EXPECT_EQ(manifest.seeds, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(manifest.runs(), 12);
  EXPECT_EQ(programsWithoutClean(manifest),
            std::vector<std::string>{"another_net"});
}

TEST_F(PlanTest, SamplesEvenlyAndKeepsTheCleanProgram) {
  writePointsNet("archives/clean.pt");
  auto add = [&](const char *id, const char *faultClass, double value,
                 const char *severity) {
    ArchiveOptions options;
    options.lr = value;
    nlohmann::json faults = oneFault(id, "x", {{"value", value}});
    faults[0]["class"] = faultClass;
    faults[0]["severity"] = severity;
    options.patch["faults"] = faults;
    writePointsNet(fmt::format("archives/{}-{}.pt", id, value), options);
  };
  for (int i = 1; i <= 6; ++i)
    add("ACH", "model", i, i % 2 ? "low" : "high");
  add("HLR", "optimization", 10, "high");
  add("OMO", "optimization", 20, "medium");
  PlanOptions options;
  options.seeds = 2;
  options.cleanSeeds = 3;
  options.perProgram = 4;
  Manifest manifest = planRuns({archives()}, options);
  std::map<std::string, int> operators, severities;
  for (const PlannedMutant &mutant : manifest.mutants) {
    ++operators[mutant.operatorId];
    ++severities[mutant.operatorId + mutant.severity];
  }
  EXPECT_EQ(operators, (std::map<std::string, int>{
                           {"", 1}, {"ACH", 2}, {"HLR", 1}, {"OMO", 1}}));
  EXPECT_EQ(severities["ACHlow"], 1);
  EXPECT_EQ(severities["ACHhigh"], 1);
  EXPECT_EQ(manifest.notSampled, 4);
  EXPECT_EQ(manifest.runs(), 3 + 4 * 2);
  // A class that is seldom killed may have more than its turn.
  PlanOptions uneven;
  uneven.perClass = {{"model", 5}, {"optimization", 1}};
  EXPECT_EQ(planRuns({archives()}, uneven).mutants.size(), 1u + 5 + 1);
  uneven.perClass = {{"optimization", 9}};
  EXPECT_EQ(planRuns({archives()}, uneven).mutants.size(), 1u + 2);
  // Another draw takes others, sooner or later.
  std::set<std::string> drawn;
  for (options.sampleSeed = 0; options.sampleSeed < 8; ++options.sampleSeed)
    drawn.insert(planRuns({archives()}, options).digest());
  EXPECT_GT(drawn.size(), 1u);
  // It is the sample that is written and read, and where it lies is no matter.
  Manifest copy = readManifest(
      write("deeper/m.json", formatManifest(manifest, archives())));
  EXPECT_EQ(copy.digest(), manifest.digest());
  EXPECT_EQ(copy.runs(), manifest.runs());
  EXPECT_EQ(copy.mutants[1].severity, manifest.mutants[1].severity);
  copy.seeds.push_back(9);
  EXPECT_NE(copy.digest(), manifest.digest());
}

TEST_F(PlanTest, AFolderOfMutantsMustBeWhole) {
  writePointsNet("archives/clean.pt");
  nlohmann::json mutants = {
      {"schema", "dynfault.mutants/1"},
      {"format", "pt"},
      {"clean", {{"file", "clean.pt"}}},
      {"mutants", nlohmann::json::array({{{"file", "gone.pt"}}})}};
  write("archives/manifest.json", mutants.dump());
  auto error = [&](const std::string &place) {
    return errorOf([&] { planRuns({place}, {1}); });
  };
  EXPECT_ONE_LINE_WITH(error(archives()), "'gone.pt' is not in the folder");
  EXPECT_ONE_LINE_WITH(error(folder.string()), "'gone.pt' is not in the");
  mutants["mutants"] = nlohmann::json::array();
  write("archives/manifest.json", mutants.dump());
  EXPECT_EQ(error(archives()), "");
  mutants["format"] = "mlir";
  write("archives/manifest.json", mutants.dump());
  EXPECT_ONE_LINE_WITH(error(archives()), "write them with");
}

TEST_F(PlanTest, RejectsDuplicatesAndSaysWhy) {
  writeArchives();
  std::filesystem::copy_file(folder / "archives/2.pt",
                             folder / "archives/copy.pt");
  ArchiveOptions options; // Another program text under the same key.
  options.lr = 0.01;
  writePointsNet("archives/zz.pt", options);
  write("archives/broken.pt", "x");
  // Naming the folder twice makes no duplicate.
  Manifest manifest = planRuns({archives(), archives()}, {1});
  EXPECT_EQ(manifest.mutants.size(), 4u);
  std::map<std::string, std::string> reasons;
  for (const RejectedArchive &rejected : manifest.rejected)
    reasons[std::filesystem::path(rejected.archive).filename().string()] =
        rejected.reason;
  EXPECT_EQ(reasons.size(), 3u);
  EXPECT_TRUE(contains(reasons["copy.pt"], "same bytes as"));
  EXPECT_TRUE(contains(reasons["zz.pt"], "same program and mutant as"));
  EXPECT_TRUE(contains(reasons["broken.pt"], "is not a TorchScript archive"));
}

TEST_F(PlanTest, ManifestsSurviveAMove) {
  writeArchives();
  Manifest manifest = planRuns({archives()}, {2});
  std::string text = formatManifest(manifest, folder.string());
  EXPECT_FALSE(contains(text, folder.string()));
  std::filesystem::path moved = folder / "moved";
  std::filesystem::create_directories(moved);
  std::filesystem::rename(archives(), moved / "archives");
  Manifest copy = readManifest(write("moved/m.json", text));
  ASSERT_EQ(copy.mutants.size(), manifest.mutants.size());
  for (size_t i = 0; i < copy.mutants.size(); ++i) {
    EXPECT_EQ(copy.mutants[i].key, manifest.mutants[i].key);
    EXPECT_EQ(copy.mutants[i].sha256, manifest.mutants[i].sha256);
    EXPECT_TRUE(std::filesystem::exists(copy.mutants[i].archive));
  }
  EXPECT_EQ(copy.seeds, manifest.seeds);
}

TEST_F(PlanTest, NamedPlacesMustBeRight) {
  EXPECT_ONE_LINE_WITH(
      errorOf([&] { planRuns({(folder / "none").string()}, {1}); }),
      "none: cannot read: No such file");
  std::filesystem::create_directories(folder / "empty");
  EXPECT_ONE_LINE_WITH(
      errorOf([&] { planRuns({(folder / "empty").string()}, {1}); }),
      "empty: no archive (*.pt) in this folder");
}

TEST_F(PlanTest, ManifestErrorsNameTheField) {
  writeArchives();
  std::string text = formatManifest(planRuns({archives()}, {2}), "");
  auto readError = [&](nlohmann::json patch) {
    nlohmann::json json = nlohmann::json::parse(text);
    json.merge_patch(patch);
    std::string path = write("m.json", json.dump());
    return errorOf([&] { readManifest(path); });
  };
  EXPECT_EQ(readError(nlohmann::json::object()), "");
  EXPECT_ONE_LINE_WITH(readError({{"schema", "x"}}), "m.json: 'schema'");
  EXPECT_ONE_LINE_WITH(readError({{"seeds", {1, 1}}}),
                       "m.json: 'seeds': a seed stands here twice");
  EXPECT_ONE_LINE_WITH(readError({{"clean_seeds", {1, 1}}}),
                       "m.json: 'clean_seeds': a seed stands here twice");
  EXPECT_ONE_LINE_WITH(readError({{"seeds", nlohmann::json::array()},
                                  {"clean_seeds", nlohmann::json::array()}}),
                       "plans no run");
  nlohmann::json twice = nlohmann::json::parse(text)["mutants"];
  twice.push_back(twice[0]);
  EXPECT_ONE_LINE_WITH(readError({{"mutants", twice}}), "stands here twice");
}
