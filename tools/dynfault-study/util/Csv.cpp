//===- Csv.cpp - Comma-separated files, plain or gzipped ------------------===//
//
// zlib reads plain files as they are, so the suffix decides on writing only.
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/util/Csv.h"

#include "tools/dynfault-study/util/Error.h"

#include <cstdio>
#include <csv.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <unistd.h>
#include <zlib.h>

namespace dynfault::study {
namespace {

namespace fs = std::filesystem;

/// Gathers libcsv's callbacks into rows.
struct RowGatherer {
  std::vector<std::string> cells;
  size_t used = 0;
  size_t line = 1, columns = 0;
  const std::string &path;
  const std::function<void(size_t, const std::vector<std::string> &)> &row;
  std::exception_ptr failure;

  void cell(const char *text, size_t length) {
    if (used == cells.size())
      cells.emplace_back();
    cells[used++].assign(text, length);
  }
  void endRow() {
    if (failure)
      return;
    // libcsv is C: nothing may be thrown through it.
    try {
      if (columns == 0)
        columns = used;
      if (used != columns)
        throw StudyError(fmt::format(
            "{}: row {} has {} cells, the header line has {}; write the table "
            "again or mend the row",
            path, line, used, columns));
      cells.resize(used);
      row(line++, cells);
    } catch (...) {
      failure = std::current_exception();
    }
    used = 0;
  }
};

} // namespace

std::string readMaybeGzip(const std::string &path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    throw StudyError(fmt::format("{}: no such file; record a corpus with "
                                 "`dynfault-run corpus`, or write a table with "
                                 "`dynfault-study table`",
                                 path));
  if (!fs::is_regular_file(path, ignored))
    throw StudyError(
        fmt::format("{}: is not a file; give a corpus (.sqlite) or "
                    "a feature table (.csv, .csv.gz)",
                    path));
  std::unique_ptr<gzFile_s, decltype(&gzclose)> in(gzopen(path.c_str(), "rb"),
                                                   &gzclose);
  if (!in)
    throw StudyError(fmt::format("{}: cannot be opened for reading", path));
  gzbuffer(in.get(), 1 << 18);
  std::string text;
  std::vector<char> block(1 << 20);
  int got = 0;
  while ((got = gzread(in.get(), block.data(),
                       static_cast<unsigned>(block.size()))) > 0)
    text.append(block.data(), static_cast<size_t>(got));
  int code = Z_OK;
  gzerror(in.get(), &code);
  if (got < 0 || code != Z_OK)
    throw StudyError(fmt::format("{}: is damaged: gzip ends early or has a "
                                 "wrong checksum; copy or write it again",
                                 path));
  return text;
}

void writeMaybeGzip(const std::string &path, const std::string &text,
                    int level) {
  const std::string fresh =
      fmt::format("{}.new-{}", path, static_cast<long>(getpid()));
  bool good = false;
  if (path.size() > 3 && path.compare(path.size() - 3, 3, ".gz") == 0) {
    if (gzFile out =
            gzopen(fresh.c_str(), fmt::format("wb{}", level).c_str())) {
      good = gzwrite(out, text.data(), static_cast<unsigned>(text.size())) ==
             static_cast<int>(text.size());
      good = gzclose(out) == Z_OK && good;
    }
  } else {
    std::ofstream out(fresh, std::ios::binary);
    out << text;
    out.close();
    good = !!out;
  }
  std::error_code error;
  if (good)
    fs::rename(fresh, path, error);
  if (good && !error)
    return;
  std::error_code ignored;
  fs::remove(fresh, ignored);
  throw StudyError(fmt::format("{}: cannot be written; give a path in a folder "
                               "that exists and has space",
                               path));
}

void forEachCsvRow(
    const std::string &text, const std::string &path,
    const std::function<void(size_t, const std::vector<std::string> &)> &row) {
  RowGatherer gatherer{{}, 0, 1, 0, path, row, {}};
  csv_parser parser;
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
    throw std::bad_alloc();
  const std::unique_ptr<csv_parser, decltype(&csv_free)> guard(&parser,
                                                               &csv_free);
  auto onCell = [](void *cell, size_t length, void *to) {
    static_cast<RowGatherer *>(to)->cell(static_cast<const char *>(cell),
                                         length);
  };
  auto onRow = [](int, void *to) { static_cast<RowGatherer *>(to)->endRow(); };
  const size_t parsed =
      csv_parse(&parser, text.data(), text.size(), onCell, onRow, &gatherer);
  const bool whole =
      parsed == text.size() && csv_fini(&parser, onCell, onRow, &gatherer) == 0;
  if (gatherer.failure)
    std::rethrow_exception(gatherer.failure);
  if (!whole)
    throw StudyError(
        fmt::format("{}: row {}: {}; quote cells that hold quotes, "
                    "and double those",
                    path, gatherer.line, csv_strerror(csv_error(&parser))));
}

std::string csvCell(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos)
    return std::string(text);
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"')
      quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

} // namespace dynfault::study
