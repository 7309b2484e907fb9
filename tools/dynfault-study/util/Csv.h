//===- Csv.h - Comma-separated files, plain or gzipped ----------*- C++ -*-===//
//
// Reading is left to libcsv and zlib; this is what both table readers share.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_UTIL_CSV_H
#define DYNFAULT_STUDY_UTIL_CSV_H

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dynfault::study {

/// The bytes of a file, uncompressed where it is gzipped. Throws StudyError.
std::string readMaybeGzip(const std::string &path);

/// Writes a file through a temporary one that takes its name at the end,
/// gzipped (without name and time, so that equal text gives equal bytes) where
/// the name ends in `.gz`. `level` is zlib's: 9 takes four times as long as 6 for
/// an eighth less. Throws StudyError.
void writeMaybeGzip(const std::string &path, const std::string &text,
                    int level = 6);

/// Calls `row` for each row with its line number (1 is the first line) and its
/// cells. Throws StudyError where the text is no RFC 4180 CSV or a row has
/// another number of cells than the first.
void forEachCsvRow(
    const std::string &text, const std::string &path,
    const std::function<void(size_t, const std::vector<std::string> &)> &row);

/// A cell, quoted where it needs to be.
std::string csvCell(std::string_view text);

} // namespace dynfault::study

#endif
