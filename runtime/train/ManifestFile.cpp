//===- ManifestFile.cpp - A plan as a JSON file ---------------------------===//
//
// What is planned has one digest wherever the file lies, so that shards that
// were recorded on different machines can tell that they belong together.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/FileBytes.h"
#include "runtime/data/Json.h"
#include "runtime/data/Sha256.h"
#include "runtime/train/Plan.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fs = std::filesystem;

namespace dynfault {

namespace {

constexpr const char *ManifestSchema = "dynfault.manifest/2";

/// What identifies a mutant.
nlohmann::ordered_json identity(const PlannedMutant &mutant) {
  return {{"program", mutant.program},
          {"key", mutant.key},
          {"sha256", mutant.sha256}};
}

nlohmann::ordered_json textOrNull(const std::string &text) {
  if (text.empty())
    return nullptr;
  return text;
}

std::string textOf(const JsonField &entry, const std::string &key) {
  auto field = entry.find(key);
  return field ? field->asString() : "";
}

std::vector<int64_t> readSeeds(const JsonField &json) {
  std::vector<int64_t> seeds = json.asInts();
  std::vector<int64_t> distinct = seeds;
  std::sort(distinct.begin(), distinct.end());
  if (std::adjacent_find(distinct.begin(), distinct.end()) != distinct.end())
    json.fail("a seed stands here twice");
  return seeds;
}

} // namespace

std::string Manifest::digest() const {
  nlohmann::ordered_json json;
  json["seeds"] = seeds;
  json["clean_seeds"] = cleanSeeds;
  json["mutants"] = nlohmann::ordered_json::array();
  for (const PlannedMutant &mutant : mutants)
    json["mutants"].push_back(identity(mutant));
  return sha256(json.dump());
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
  json["clean_seeds"] = manifest.cleanSeeds;
  json["mutants"] = nlohmann::ordered_json::array();
  for (const PlannedMutant &mutant : manifest.mutants) {
    nlohmann::ordered_json entry = identity(mutant);
    entry["class"] = textOrNull(mutant.faultClass);
    entry["operator"] = textOrNull(mutant.operatorId);
    entry["severity"] = textOrNull(mutant.severity);
    entry["archive"] = written(mutant.archive);
    json["mutants"].push_back(std::move(entry));
  }
  json["rejected"] = nlohmann::ordered_json::array();
  for (const RejectedArchive &rejected : manifest.rejected)
    json["rejected"].push_back(
        {{"archive", written(rejected.archive)}, {"reason", rejected.reason}});
  json["not_sampled"] = manifest.notSampled;
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
                         entry.at("sha256").asString(),
                         textOf(entry, "operator"),
                         textOf(entry, "class"),
                         textOf(entry, "severity")};
    if (!keys.emplace(mutant.program, mutant.key).second)
      entry.fail(
          fmt::format("'{}' {} stands here twice", mutant.program, mutant.key));
    manifest.mutants.push_back(mutant);
  }
  manifest.seeds = readSeeds(json.at("seeds"));
  manifest.cleanSeeds = readSeeds(json.at("clean_seeds"));
  if (manifest.runs() == 0)
    json.fail("plans no run; it needs at least one mutant and one seed");
  return manifest;
}

} // namespace dynfault
