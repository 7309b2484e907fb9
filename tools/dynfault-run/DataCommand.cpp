//===- DataCommand.cpp - dynfault-run data --------------------------------===//

#include "tools/dynfault-run/Commands.h"

#include "runtime/data/Fetch.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

namespace dynfault {

namespace {

std::vector<DatasetEntry> chosen(const std::vector<std::string> &names) {
  Catalogue catalogue = Catalogue::load();
  if (names.empty())
    return catalogue.entries();
  std::vector<DatasetEntry> entries;
  for (const std::string &name : names)
    entries.push_back(catalogue.entry(name));
  return entries;
}

/// Present, Missing or Changed, whichever is worst among the files.
FileState worstState(const DatasetEntry &entry) {
  FileState worst = FileState::Present;
  for (const DataFile &file : entry.files)
    worst = std::max(worst, checkDataFile(entry, file));
  return worst;
}

int runList() {
  fmt::print("{:<15} {:<15} {:>6} {:>8}  {:<8} {:<24} {}\n", "name", "task",
             "rows", "classes", "state", "package", "licence");
  Catalogue catalogue = Catalogue::load();
  for (const DatasetEntry &entry : catalogue.entries()) {
    int64_t rows = 0;
    for (const DataPart &part : entry.parts)
      rows += part.rows;
    const char *states[] = {"fetched", "missing", "changed"};
    fmt::print("{:<15} {:<15} {:>6} {:>8}  {:<8} {:<24} {}\n", entry.name,
               entry.task, rows,
               entry.classes ? std::to_string(entry.classes) : "-",
               states[int(worstState(entry))],
               entry.package.empty() ? "-" : entry.package, entry.licence);
  }
  fmt::print("data folder: {}\n", dataDirectory().string());
  return 0;
}

int runFetch(const std::vector<std::string> &names) {
  std::vector<DatasetEntry> entries = chosen(names);
  // Without names: all that can be fetched.
  if (names.empty())
    entries.erase(std::remove_if(entries.begin(), entries.end(),
                                 [](const DatasetEntry &entry) {
                                   return entry.package.empty();
                                 }),
                  entries.end());
  fetchDatasets(entries, [](const std::string &line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  });
  return 0;
}

int runVerify(const std::vector<std::string> &names) {
  int64_t wrong = 0;
  for (const DatasetEntry &entry : chosen(names))
    for (const DataFile &file : entry.files) {
      FileState state = checkDataFile(entry, file);
      const char *words[] = {"ok", "missing", "changed"};
      fmt::print("{:<8} {}\n", words[int(state)],
                 dataFilePath(entry, file).string());
      wrong += state != FileState::Present;
    }
  if (wrong)
    throw std::runtime_error(fmt::format(
        "{} data files are missing or changed; run: dynfault-run data fetch",
        wrong));
  return 0;
}

} // namespace

void addDataCommand(CLI::App &app, ExitStatus &status) {
  auto *command = app.add_subcommand(
      "data", "List, fetch or verify the data sets. They come from Debian "
              "packages and are kept in $DYNFAULT_DATA_DIR, or else in "
              "~/.cache/dynfault/data.\n"
              "Example: dynfault-run data fetch fashion-mnist spambase");
  command->require_subcommand(1);
  auto names = std::make_shared<std::vector<std::string>>();
  command->add_subcommand("list", "Show what there is and what is fetched")
      ->callback([&status] { status = runList(); });
  auto *fetch = command->add_subcommand(
      "fetch", "Download what is missing (needs no root) and verify it");
  fetch->add_option("NAME", *names, "Data sets; default: all");
  fetch->callback([names, &status] { status = runFetch(*names); });
  auto *verify =
      command->add_subcommand("verify", "Compare all files with their hashes");
  verify->add_option("NAME", *names, "Data sets; default: all");
  verify->callback([names, &status] { status = runVerify(*names); });
}

} // namespace dynfault
