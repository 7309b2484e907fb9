//===- Plan.cpp - Which runs a corpus is made of --------------------------===//

#include "runtime/train/Plan.h"

#include "runtime/data/Fetch.h"
#include "runtime/data/FileBytes.h"
#include "runtime/train/ProgramFile.h"
#include "runtime/train/Stratify.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

namespace fs = std::filesystem;

namespace dynfault {

namespace {

/// A folder that dynfault-opt wrote lists what must be in it, so that half a
/// copy is not taken for the whole.
void checkMutantsFolder(const fs::path &folder) {
  fs::path path = folder / "manifest.json";
  if (!fs::exists(path))
    return;
  JsonField json = JsonField::parse(readFileBytes(path), path.string());
  auto schema = json.find("schema");
  if (!schema || !schema->isString() ||
      schema->asString() != "dynfault.mutants/1")
    return;
  if (json.at("format").asString() != "pt")
    json.at("format").fail(
        fmt::format("these mutants are no archives but '{}'; write them with "
                    "--dynfault-enumerate-mutants=\"... format=pt\"",
                    json.at("format").asString()));
  std::vector<JsonField> entries = json.at("mutants").elements();
  entries.push_back(json.at("clean"));
  for (const JsonField &entry : entries)
    if (!fs::exists(folder / entry.at("file").asString()))
      entry.at("file").fail(fmt::format(
          "'{}' is not in the folder; write or copy the mutants again",
          entry.at("file").asString()));
}

std::vector<std::string> archivesIn(const fs::path &folder) {
  std::vector<std::string> found;
  checkMutantsFolder(folder);
  for (const fs::directory_entry &entry :
       fs::recursive_directory_iterator(folder)) {
    if (entry.is_directory())
      checkMutantsFolder(entry.path());
    if (entry.is_regular_file() && entry.path().extension() == ".pt")
      found.push_back(entry.path().string());
  }
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
    manifest.mutants.push_back({file.program.name, file.mutant.key, path,
                                file.mutant.archiveSha256,
                                file.mutant.operatorId.value_or(""),
                                file.mutant.faultClass.value_or(""),
                                file.mutant.severity.value_or("")});
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

/// Keeps the clean archives and, of each program, `perProgram` mutants and no
/// more of a class than `perClass` says.
void sample(Manifest &manifest, const PlanOptions &options) {
  std::map<std::string, std::vector<PlannedMutant>> byProgram;
  std::vector<PlannedMutant> kept;
  for (PlannedMutant &mutant : manifest.mutants)
    if (mutant.isClean())
      kept.push_back(std::move(mutant));
    else
      byProgram[mutant.program].push_back(std::move(mutant));
  for (auto &[program, mutants] : byProgram) {
    std::vector<Strata> strata;
    std::vector<std::string> names;
    for (const PlannedMutant &mutant : mutants) {
      strata.push_back({mutant.faultClass, mutant.operatorId, mutant.severity});
      names.push_back(mutant.key);
    }
    std::vector<size_t> order =
        stratify(strata, names, options.sampleSeed, program);
    size_t limit = options.perProgram > 0 ? options.perProgram : order.size();
    size_t count = 0;
    std::map<std::string, int64_t> left = options.perClass;
    for (size_t i = 0; i < order.size() && count < limit; ++i) {
      PlannedMutant &mutant = mutants[order[i]];
      if (!options.perClass.empty() && --left[mutant.faultClass] < 0)
        continue;
      kept.push_back(std::move(mutant));
      ++count;
    }
    manifest.notSampled += order.size() - count;
  }
  manifest.mutants = std::move(kept);
}

std::vector<int64_t> firstSeeds(int64_t count) {
  std::vector<int64_t> seeds(count);
  std::iota(seeds.begin(), seeds.end(), 0);
  return seeds;
}

} // namespace

std::string absentData(const DatasetEntry &entry) {
  return fmt::format("data set '{}' is not here; {}", entry.name,
                     entry.package.empty()
                         ? "put its files into " +
                               (dataDirectory() / entry.folder()).string()
                         : "run: dynfault-run data fetch " + entry.name);
}

int64_t Manifest::runs() const {
  int64_t count = 0;
  for (const PlannedMutant &mutant : mutants)
    count += int64_t(seedsOf(mutant).size());
  return count;
}

Manifest planRuns(const std::vector<std::string> &places,
                  const PlanOptions &options) {
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
  if (options.perProgram > 0 || !options.perClass.empty())
    sample(manifest, options);
  manifest.seeds = firstSeeds(options.seeds);
  manifest.cleanSeeds = firstSeeds(std::max(options.seeds, options.cleanSeeds));
  auto order = [](const PlannedMutant &mutant) {
    return std::make_tuple(mutant.program, !mutant.isClean(), mutant.key);
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
    if (mutant.isClean())
      clean.insert(mutant.program);
  }
  std::vector<std::string> missing;
  std::set_difference(all.begin(), all.end(), clean.begin(), clean.end(),
                      std::back_inserter(missing));
  return missing;
}

} // namespace dynfault
