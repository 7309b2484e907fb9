//===- ExportCommand.cpp - dynfault-run export ----------------------------===//

#include "tools/dynfault-run/Commands.h"

#include "runtime/trace/Export.h"
#include "runtime/train/CorpusDigest.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace dynfault {

namespace {

struct ExportArguments {
  std::string corpus;
  std::string out;
  std::string table = "run";
};

/// Standard output, or a temporary file that becomes `path` when all is well.
class CsvFile {
public:
  explicit CsvFile(const std::string &path) : path(path) {
    if (path.empty())
      return;
    temporary = fmt::format("{}.{}.tmp", path, ::getpid());
    file = std::fopen(temporary.c_str(), "w");
    if (!file)
      fail(errno);
  }
  ~CsvFile() {
    if (temporary.empty())
      return;
    if (file)
      std::fclose(file);
    std::remove(temporary.c_str());
  }
  CsvFile(const CsvFile &) = delete;
  CsvFile &operator=(const CsvFile &) = delete;

  void write(const std::string &line) {
    FILE *target = file ? file : stdout;
    if (std::fwrite(line.data(), 1, line.size(), target) != line.size())
      fail(errno);
  }

  void commit() {
    if (!file)
      return;
    FILE *closing = file;
    file = nullptr;
    if (std::fclose(closing) != 0 ||
        std::rename(temporary.c_str(), path.c_str()) != 0)
      fail(errno);
    temporary.clear();
  }

private:
  [[noreturn]] void fail(int reason) const {
    throw std::runtime_error(fmt::format(
        "{}: cannot write: {}", path.empty() ? "standard output" : path,
        std::strerror(reason)));
  }

  std::string path, temporary;
  FILE *file = nullptr;
};

using Write = std::function<void(const std::string &)>;

void writeDigests(const TraceStore &store, const Write &write) {
  write("program,mutant,seed,device,signals_sha256,features_sha256\n");
  digestRuns(store, [&](const RunDigest &run) {
    write(fmt::format("{},{},{},{},{},{}\n", csvField(run.program),
                      csvField(run.mutant), run.key.seed, run.key.device,
                      run.signals, run.features));
  });
}

void writeTable(const TraceStore &store, const std::string &table,
                const Write &write) {
  static const std::map<std::string, ExportTable> tables = {
      {"run", ExportTable::Run},
      {"signal", ExportTable::Signal},
      {"feature", ExportTable::Feature}};
  auto found = tables.find(table);
  if (found == tables.end())
    writeDigests(store, write);
  else
    exportTable(store, found->second, write);
}

} // namespace

void addExportCommand(CLI::App &app, ExitStatus &status) {
  auto *command = app.add_subcommand(
      "export", "Write a table of a corpus as CSV.\n"
                "Example: dynfault-run export corpus/corpus.sqlite --table "
                "feature --out features.csv");
  auto arguments = std::make_shared<ExportArguments>();
  command->add_option("CORPUS", arguments->corpus, "Corpus file")->required();
  command
      ->add_option("--table", arguments->table,
                   "What to write; digest: hashes of each run's signals and "
                   "features, to compare corpora by")
      ->check(CLI::IsMember({"run", "signal", "feature", "digest"}))
      ->capture_default_str();
  command->add_option("--out", arguments->out,
                      "File to write; default: standard output");
  command->callback([arguments, &status] {
    TraceStore store = TraceStore::openForReading(arguments->corpus);
    CsvFile file(arguments->out);
    writeTable(store, arguments->table,
               [&](const std::string &line) { file.write(line); });
    file.commit();
    status = 0;
  });
}

} // namespace dynfault
