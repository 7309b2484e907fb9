//===- Plan.cpp - Which runs a corpus is made of --------------------------===//

#include "runtime/train/Plan.h"

#include "runtime/data/Fetch.h"
#include "runtime/data/FileBytes.h"
#include "runtime/train/ProgramFile.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace fs = std::filesystem;

namespace dynfault {

namespace {

constexpr const char *ManifestSchema = "dynfault.manifest/1";

std::vector<std::string> archivesIn(const fs::path &folder) {
  std::vector<std::string> found;
  for (const fs::directory_entry &entry :
       fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".pt")
      found.push_back(entry.path().string());
  if (found.empty())
    throw std::runtime_error(fmt::format(
        "{}: no archive (*.pt) in this folder; write some with dynfault-opt",
        folder.string()));
  std::sort(found.begin(), found.end());
  return found;
}

/// Adds archives one by one and turns duplicates away.
class Planner {
public:
  explicit Planner(Manifest &manifest)
      : manifest(manifest), catalogue(Catalogue::load()) {}

  void add(const std::string &path) {
    ProgramFile file = readProgramFile(path);
    auto [known, isNew] = byContents.emplace(file.mutant.archiveSha256, path);
    if (!isNew)
      // The same file by two ways is no duplicate worth a word.
      return fs::equivalent(known->second, path)
                 ? void()
                 : reject(path, "same bytes as " + known->second);
    auto id = std::make_pair(file.program.name, file.mutant.key);
    if (!byKey.insert(id).second)
      return reject(path, fmt::format("same program and mutant as another "
                                      "archive ({} {})",
                                      id.first, id.second));
    const DatasetEntry &data = catalogue.entry(file.data.dataset.source);
    if (!looksFetched(data))
      return reject(path, absentData(data));
    manifest.mutants.push_back(
        {file.program.name, file.mutant.key, path, file.mutant.archiveSha256});
  }

  void reject(const std::string &path, const std::string &reason) {
    manifest.rejected.push_back({path, reason});
  }

private:
  Manifest &manifest;
  Catalogue catalogue;
  std::map<std::string, std::string> byContents;
  std::set<std::pair<std::string, std::string>> byKey;
};

} // namespace

std::string absentData(const DatasetEntry &entry) {
  return fmt::format("data set '{}' is not here; {}", entry.name,
                     entry.package.empty()
                         ? "put its files into " +
                               (dataDirectory() / entry.folder()).string()
                         : "run: dynfault-run data fetch " + entry.name);
}

Manifest planRuns(const std::vector<std::string> &places, int64_t seeds) {
  Manifest manifest;
  Planner planner(manifest);
  for (const std::string &place : places) {
    if (!fs::is_directory(place)) {
      planner.add(place);
      continue;
    }
    for (const std::string &path : archivesIn(place)) {
      try {
        planner.add(path);
      } catch (const std::runtime_error &error) {
        planner.reject(path, error.what());
      }
    }
  }
  for (int64_t seed = 0; seed < seeds; ++seed)
    manifest.seeds.push_back(seed);
  auto order = [](const PlannedMutant &mutant) {
    return std::make_tuple(mutant.program, mutant.key != "clean", mutant.key);
  };
  std::sort(manifest.mutants.begin(), manifest.mutants.end(),
            [&](const PlannedMutant &a, const PlannedMutant &b) {
              return order(a) < order(b);
            });
  return manifest;
}

std::vector<std::string> programsWithoutClean(const Manifest &manifest) {
  std::set<std::string> all, clean;
  for (const PlannedMutant &mutant : manifest.mutants) {
    all.insert(mutant.program);
    if (mutant.key == "clean")
      clean.insert(mutant.program);
  }
  std::vector<std::string> missing;
  std::set_difference(all.begin(), all.end(), clean.begin(), clean.end(),
                      std::back_inserter(missing));
  return missing;
}

std::string formatManifest(const Manifest &manifest,
                           const std::string &folder) {
  auto written = [&](const std::string &path) {
    return folder.empty() ? fs::absolute(path).string()
                          : fs::proximate(path, folder).string();
  };
  nlohmann::ordered_json json;
  json["schema"] = ManifestSchema;
  json["seeds"] = manifest.seeds;
  json["mutants"] = nlohmann::ordered_json::array();
  for (const PlannedMutant &mutant : manifest.mutants)
    json["mutants"].push_back({{"program", mutant.program},
                               {"key", mutant.key},
                               {"archive", written(mutant.archive)},
                               {"sha256", mutant.sha256}});
  json["rejected"] = nlohmann::ordered_json::array();
  for (const RejectedArchive &rejected : manifest.rejected)
    json["rejected"].push_back(
        {{"archive", written(rejected.archive)}, {"reason", rejected.reason}});
  return json.dump(2) + "\n";
}

Manifest readManifest(const std::string &path) {
  JsonField json = JsonField::parse(readFileBytes(path), path);
  json.checkSchema(ManifestSchema);
  fs::path folder = fs::path(path).parent_path();
  Manifest manifest;
  std::set<std::pair<std::string, std::string>> keys;
  for (const JsonField &entry : json.at("mutants").elements()) {
    PlannedMutant mutant{entry.at("program").asString(),
                         entry.at("key").asString(),
                         (folder / entry.at("archive").asString()).string(),
                         entry.at("sha256").asString()};
    if (!keys.emplace(mutant.program, mutant.key).second)
      entry.fail(
          fmt::format("'{}' {} stands here twice", mutant.program, mutant.key));
    manifest.mutants.push_back(mutant);
  }
  manifest.seeds = json.at("seeds").asInts();
  std::vector<int64_t> distinct = manifest.seeds;
  std::sort(distinct.begin(), distinct.end());
  if (std::adjacent_find(distinct.begin(), distinct.end()) != distinct.end())
    json.at("seeds").fail("a seed stands here twice");
  if (manifest.runs() == 0)
    json.fail("plans no run; it needs at least one mutant and one seed");
  return manifest;
}

} // namespace dynfault
