//===- Delimited.h - Reader for delimited text ------------------*- C++ -*-===//
//
// CSV and its relatives as small data sets use them: numbers only, one
// separator, perhaps header lines. Other tables are read by Csv.h.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_DELIMITED_H
#define DYNFAULT_RUNTIME_DATA_DELIMITED_H

#include "runtime/data/Json.h"

#include <ATen/core/Tensor.h>
#include <string>
#include <utility>

namespace dynfault {

/// How a delimited text file is to be read.
struct DelimitedOptions {
  /// One character, or '\0': any run of blanks and tabs separates.
  char delimiter = ',';
  /// Lines to skip at the top.
  int64_t headerRows = 0;
  /// The target's column, counted from 0; negative: from the end. Not used for
  /// a part whose targets stand in a file of their own.
  int64_t targetColumn = -1;

  static DelimitedOptions parse(const JsonField &json);
};

/// All fields of `text` (unpacked), float64, [records, fields]. Blank lines are
/// skipped. Throws std::runtime_error with `FILE:LINE:COLUMN` (both counted
/// from 1, the column in characters) for a field that is no finite number, and
/// with `FILE:LINE` for a record of another length than the first.
at::Tensor parseDelimited(const std::string &text, const std::string &file,
                          const DelimitedOptions &options);

/// Splits [records, fields] into inputs [records, fields - 1] and the column
/// `targetColumn` [records]. Throws if there is no such column; `file` is the
/// name for errors.
std::pair<at::Tensor, at::Tensor> splitTarget(const at::Tensor &table,
                                              int64_t targetColumn,
                                              const std::string &file);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_DELIMITED_H
