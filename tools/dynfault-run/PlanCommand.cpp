//===- PlanCommand.cpp - dynfault-run plan --------------------------------===//

#include "tools/dynfault-run/Commands.h"

#include "runtime/data/FileBytes.h"
#include "runtime/train/Plan.h"
#include "runtime/train/SlurmScript.h"

#include <fmt/format.h>
#include <map>
#include <regex>
#include <set>

namespace dynfault {

namespace {

struct PlanArguments {
  std::vector<std::string> places;
  PlanOptions plan;
  std::vector<std::string> perClass;
  std::string out;
  std::string slurm;
  int64_t shards = 8;
};

/// `CLASS=COUNT`; an empty string, or what is wrong.
std::string checkPerClass(const std::string &text) {
  static const std::regex form(
      "(data|model|objective|optimization)=[0-9]{1,9}");
  if (std::regex_match(text, form))
    return "";
  return "'" + text +
         "' is not of the form CLASS=COUNT; classes: data, model, objective, "
         "optimization";
}

/// One line for each reason: an absent data set can leave out thousands.
void reportRejected(const Manifest &manifest) {
  std::map<std::string, std::vector<const RejectedArchive *>> byReason;
  for (const RejectedArchive &rejected : manifest.rejected)
    byReason[rejected.reason].push_back(&rejected);
  for (const auto &[reason, archives] : byReason) {
    std::string others = archives.size() == 1
                             ? ""
                             : fmt::format(" and {} more", archives.size() - 1);
    fmt::print(stderr, "dynfault-run: left out {}{}: {}\n",
               archives.front()->archive, others, reason);
  }
}

void writeSlurmScript(const PlanArguments &arguments) {
  if (arguments.slurm.empty())
    return;
  namespace fs = std::filesystem;
  SlurmOptions options;
  options.program = fs::read_symlink("/proc/self/exe").string();
  fs::path manifest = fs::absolute(arguments.out);
  options.manifest = manifest.string();
  options.folder = (manifest.parent_path() / "corpus").string();
  options.shards = arguments.shards;
  writeFileAtomically(arguments.slurm, slurmScript(options));
  fmt::print("{}: a job array of {} tasks; submit it with sbatch\n",
             arguments.slurm, arguments.shards);
}

int runPlan(const PlanArguments &arguments) {
  PlanOptions plan = arguments.plan;
  for (const std::string &quota : arguments.perClass) {
    size_t equals = quota.find('=');
    plan.perClass[quota.substr(0, equals)] =
        std::stoll(quota.substr(equals + 1));
  }
  Manifest manifest = planRuns(arguments.places, plan);
  reportRejected(manifest);
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
  fmt::print(
      "{}: {} runs ({} programs, {} archives, {} seeds), {} archives "
      "left out{}\n",
      arguments.out, manifest.runs(), programs.size(), manifest.mutants.size(),
      manifest.seeds.size(), manifest.rejected.size(),
      manifest.notSampled ? fmt::format(", {} not sampled", manifest.notSampled)
                          : "");
  writeSlurmScript(arguments);
  return 0;
}

} // namespace

void addPlanCommand(CLI::App &app, ExitStatus &status) {
  auto *command = app.add_subcommand(
      "plan",
      "List the runs of a corpus: all archives with all seeds, or a sample of "
      "each program's mutants that is spread evenly over classes, operators "
      "and severities. Duplicates, and programs whose data is not fetched, are "
      "left out.\n"
      "Example: dynfault-run plan mutants/ --seeds 5 --per-program 100 --out "
      "manifest.json");
  auto arguments = std::make_shared<PlanArguments>();
  command
      ->add_option("ARCHIVE_OR_DIR", arguments->places,
                   "Archives, or folders to search for *.pt")
      ->required();
  command
      ->add_option("--seeds", arguments->plan.seeds,
                   "Runs of each archive, with seeds 0, 1, ...; the killed "
                   "test needs 5")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command
      ->add_option("--clean-seeds", arguments->plan.cleanSeeds,
                   "Runs of each clean program, for more correct runs than "
                   "mutants have seeds; default: as --seeds")
      ->check(CLI::Range(1, 100000));
  command
      ->add_option("--per-program", arguments->plan.perProgram,
                   "Mutants of each program, spread evenly; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--per-class", arguments->perClass,
                   "Mutants of each program and class of faults, e.g. "
                   "data=4,model=6; others are left out; default: all")
      ->delimiter(',')
      ->check(checkPerClass);
  command
      ->add_option("--sample-seed", arguments->plan.sampleSeed,
                   "What the samples are drawn with")
      ->capture_default_str();
  CLI::Option *out = command->add_option(
      "--out", arguments->out, "Manifest to write; default: standard output");
  command
      ->add_option("--slurm", arguments->slurm,
                   "Also write a Slurm batch script that does the manifest as "
                   "a job array, into the folder `corpus` beside it")
      ->needs(out);
  command
      ->add_option("--shards", arguments->shards,
                   "Tasks of the job array of --slurm")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command->callback([arguments, &status] { status = runPlan(*arguments); });
}

} // namespace dynfault
