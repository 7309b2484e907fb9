//===- PlanCommand.cpp - dynfault-run plan --------------------------------===//

#include "tools/dynfault-run/Commands.h"

#include "runtime/data/FileBytes.h"
#include "runtime/train/Plan.h"

#include <fmt/format.h>
#include <set>

namespace dynfault {

namespace {

struct PlanArguments {
  std::vector<std::string> places;
  int64_t seeds = 5;
  std::string out;
};

int runPlan(const PlanArguments &arguments) {
  Manifest manifest = planRuns(arguments.places, arguments.seeds);
  for (const RejectedArchive &rejected : manifest.rejected)
    fmt::print(stderr, "dynfault-run: left out {}: {}\n", rejected.archive,
               rejected.reason);
  if (manifest.mutants.empty())
    throw std::runtime_error("none of the archives can be run");
  for (const std::string &program : programsWithoutClean(manifest))
    fmt::print(stderr,
               "dynfault-run: warning: program '{}' has no clean archive; its "
               "mutants cannot be tested against it\n",
               program);
  if (arguments.out.empty()) {
    fmt::print("{}", formatManifest(manifest, ""));
    return 0;
  }
  std::filesystem::path folder =
      std::filesystem::path(arguments.out).parent_path();
  writeFileAtomically(
      arguments.out,
      formatManifest(manifest, folder.empty() ? "." : folder.string()));
  std::set<std::string> programs;
  for (const PlannedMutant &mutant : manifest.mutants)
    programs.insert(mutant.program);
  fmt::print("{}: {} runs ({} programs, {} archives, {} seeds), {} archives "
             "left out\n",
             arguments.out, manifest.runs(), programs.size(),
             manifest.mutants.size(), manifest.seeds.size(),
             manifest.rejected.size());
  return 0;
}

} // namespace

void addPlanCommand(CLI::App &app, ExitStatus &status) {
  auto *command = app.add_subcommand(
      "plan",
      "List the runs of a corpus: all archives with all seeds. Duplicates are "
      "left out.\n"
      "Example: dynfault-run plan archives/ --seeds 5 --out manifest.json");
  auto arguments = std::make_shared<PlanArguments>();
  command
      ->add_option("ARCHIVE_OR_DIR", arguments->places,
                   "Archives, or folders to search for *.pt")
      ->required();
  command
      ->add_option("--seeds", arguments->seeds,
                   "Runs of each archive, with seeds 0, 1, ...; the killed "
                   "test needs 5")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command->add_option("--out", arguments->out,
                      "Manifest to write; default: standard output");
  command->callback([arguments, &status] { status = runPlan(*arguments); });
}

} // namespace dynfault
