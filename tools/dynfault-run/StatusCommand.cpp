//===- StatusCommand.cpp - dynfault-run status ----------------------------===//

#include "tools/dynfault-run/Commands.h"

#include "runtime/train/CorpusStatus.h"
#include "runtime/train/Progress.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dynfault {

namespace {

struct StatusArguments {
  std::string manifest, out;
  std::string device = "cpu";
  bool json = false;
};

using Json = nlohmann::ordered_json;

constexpr RunStatus Ends[] = {RunStatus::Completed, RunStatus::Diverged,
                              RunStatus::Failed, RunStatus::Timeout};

Json orNull(const std::optional<double> &value) {
  return value ? Json(*value) : Json(nullptr);
}

int64_t countOf(const RunCounts &counts, RunStatus end) {
  auto found = counts.byStatus.find(toString(end));
  return found == counts.byStatus.end() ? 0 : found->second;
}

Json toJson(const RunCounts &counts) {
  Json json = {{"planned", counts.planned}, {"recorded", counts.recorded}};
  for (RunStatus end : Ends)
    json[toString(end)] = countOf(counts, end);
  json["mean_seconds"] = orNull(counts.meanSeconds());
  return json;
}

void printJson(const CorpusStatus &status) {
  Json json = {{"files", status.files},
               {"all", toJson(status.all)},
               {"not_planned", status.notPlanned},
               {"jobs", status.jobsAtWork},
               {"seconds_of_work_left", orNull(status.secondsOfWorkLeft)},
               {"seconds_left", orNull(status.secondsLeft())},
               {"programs", Json::object()},
               {"reasons", Json::array()}};
  for (const auto &[program, counts] : status.byProgram)
    json["programs"][program] = toJson(counts);
  for (const EndReason &reason : status.reasons)
    json["reasons"].push_back({{"status", reason.status},
                               {"reason", reason.reason},
                               {"count", reason.count},
                               {"example", reason.example}});
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

std::string describeLeft(const CorpusStatus &status) {
  if (status.all.recorded == status.all.planned)
    return "nothing";
  std::string text =
      fmt::format("{} runs", status.all.planned - status.all.recorded);
  if (auto seconds = status.secondsLeft())
    return text + fmt::format(", about {} with {} jobs at work",
                              formatDuration(*seconds), status.jobsAtWork);
  if (status.secondsOfWorkLeft)
    text += fmt::format(", about {} for one job",
                        formatDuration(*status.secondsOfWorkLeft));
  if (status.jobsAtWork == 0)
    text += "; nobody is at work, repeat dynfault-run corpus";
  return text;
}

void printText(const CorpusStatus &status) {
  const RunCounts &all = status.all;
  fmt::print("recorded  {} of {} runs ({:.1f}%) in {} files\n", all.recorded,
             all.planned, 100.0 * double(all.recorded) / double(all.planned),
             status.files.size());
  fmt::print("left      {}\n", describeLeft(status));
  if (status.notPlanned)
    fmt::print("besides   {} recorded runs that the manifest does not have\n",
               status.notPlanned);
  size_t width = 7;
  for (const auto &[program, counts] : status.byProgram)
    width = std::max(width, program.size());
  fmt::print("\n{:{}} {:>8} {:>8} {:>9} {:>8} {:>6} {:>7} {:>9}\n", "program",
             width, "planned", "recorded", "completed", "diverged", "failed",
             "timeout", "mean time");
  for (const auto &[program, counts] : status.byProgram) {
    auto mean = counts.meanSeconds();
    fmt::print(
        "{:{}} {:8} {:8} {:9} {:8} {:6} {:7} {:>9}\n", program, width,
        counts.planned, counts.recorded, countOf(counts, RunStatus::Completed),
        countOf(counts, RunStatus::Diverged),
        countOf(counts, RunStatus::Failed), countOf(counts, RunStatus::Timeout),
        mean ? fmt::format("{:.2f} s", *mean) : "-");
  }
  if (!status.reasons.empty())
    fmt::print("\n");
  for (const EndReason &reason : status.reasons)
    fmt::print("{} {}: {} (e.g. {})\n", reason.count, reason.status,
               reason.reason, reason.example);
}

} // namespace

void addStatusCommand(CLI::App &app, ExitStatus &status) {
  auto *command = app.add_subcommand(
      "status",
      "Say how far a corpus and its shards are: what is planned and recorded, "
      "how long the rest will take, what failed and why.\n"
      "Example: dynfault-run status manifest.json --out corpus/");
  auto arguments = std::make_shared<StatusArguments>();
  command->add_option("MANIFEST", arguments->manifest, "From dynfault-run plan")
      ->required();
  command
      ->add_option("--out", arguments->out,
                   "Folder of the corpus, as for dynfault-run corpus")
      ->required();
  command->add_option("--device", arguments->device, "Whose runs to count")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  command->add_flag("--json", arguments->json,
                    "Print one JSON object instead of text");
  command->callback([arguments, &status] {
    CorpusStatus found = corpusStatus(readManifest(arguments->manifest),
                                      arguments->out, arguments->device);
    if (arguments->json)
      printJson(found);
    else
      printText(found);
    status = 0;
  });
}

} // namespace dynfault
