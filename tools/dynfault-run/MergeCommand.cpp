//===- MergeCommand.cpp - dynfault-run merge ------------------------------===//

#include "tools/dynfault-run/Commands.h"

#include "runtime/trace/TraceStore.h"
#include "runtime/train/CorpusFile.h"

#include <fmt/format.h>
#include <set>

namespace fs = std::filesystem;

namespace dynfault {

namespace {

struct MergeArguments {
  std::vector<std::string> places;
  std::string out;
  bool mixedVersions = false;
};

std::vector<fs::path> shardsIn(const std::vector<std::string> &places,
                               const fs::path &out) {
  std::vector<fs::path> shards;
  for (const std::string &place : places) {
    if (!fs::is_directory(place)) {
      shards.push_back(place);
      continue;
    }
    std::vector<fs::path> found = corpusFiles(place);
    // The result may lie beside its shards.
    found.erase(std::remove_if(found.begin(), found.end(),
                               [&](const fs::path &path) {
                                 std::error_code ignored;
                                 return fs::equivalent(path, out, ignored);
                               }),
                found.end());
    if (found.empty())
      throw std::runtime_error(fmt::format(
          "{}: no corpus (corpus.sqlite or shard-I-of-N.sqlite) in this folder",
          place));
    shards.insert(shards.end(), found.begin(), found.end());
  }
  return shards;
}

/// What runs must have in common to be one corpus.
struct Origin {
  std::set<std::string> manifests, versions, devices;

  void add(const TraceStore &store) {
    if (auto manifest = store.manifest())
      manifests.insert(*manifest);
    for (const StoredRun &run : store.runs()) {
      versions.insert(run.versions);
      devices.insert(run.key.device);
    }
  }

  void check(const std::string &path, bool mixedVersions) const {
    if (manifests.size() > 1)
      throw std::runtime_error(fmt::format(
          "{}: is from another manifest than what was merged before; merge "
          "only shards of one manifest",
          path));
    if (devices.size() > 1)
      throw std::runtime_error(fmt::format(
          "{}: is from another device than what was merged before; merge only "
          "runs of one kind of device",
          path));
    if (versions.size() > 1 && !mixedVersions)
      throw std::runtime_error(fmt::format(
          "{}: was recorded with other libraries ({}) than what was merged "
          "before ({}); record it again with the same ones, or allow it with "
          "--mixed-versions",
          path, *versions.rbegin(), *versions.begin()));
  }
};

int runMerge(const MergeArguments &arguments) {
  std::vector<fs::path> shards = shardsIn(arguments.places, arguments.out);
  // All are checked before the first one is written.
  Origin origin;
  if (fs::exists(arguments.out))
    origin.add(TraceStore::openForReading(arguments.out));
  for (const fs::path &shard : shards) {
    origin.add(TraceStore::openForReading(shard.string()));
    origin.check(shard.string(), arguments.mixedVersions);
  }
  CorpusLock lock(arguments.out, 1);
  TraceStore store = TraceStore::openOrCreate(arguments.out);
  for (const std::string &manifest : origin.manifests)
    store.setManifest(manifest);
  int64_t added = 0;
  for (const fs::path &shard : shards)
    added += store.merge(shard.string());
  for (const std::string &device : origin.devices)
    store.updateKilled(device);
  fmt::print("{}: {} runs, {} of them added from {} files\n", arguments.out,
             store.countRuns(), added, shards.size());
  return 0;
}

} // namespace

void addMergeCommand(CLI::App &app, ExitStatus &status) {
  auto *command = app.add_subcommand(
      "merge",
      "Join the shards of a corpus, and do the killed test for all mutants. "
      "What is there already is not added again, so the command can be "
      "repeated when more shards are done.\n"
      "Example: dynfault-run merge corpus/ --out corpus/corpus.sqlite");
  auto arguments = std::make_shared<MergeArguments>();
  command
      ->add_option("SHARD_OR_DIR", arguments->places,
                   "Corpus files, or folders to search for them")
      ->required();
  command
      ->add_option("--out", arguments->out,
                   "Corpus file that all runs are added to")
      ->required();
  command->add_flag("--mixed-versions", arguments->mixedVersions,
                    "Allow runs that were computed with different libraries, "
                    "whose last digits may differ");
  command->callback([arguments, &status] { status = runMerge(*arguments); });
}

} // namespace dynfault
