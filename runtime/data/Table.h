//===- Table.h - Columns of numbers and categories --------------*- C++ -*-===//
//
// What ARFF and CSV files hold before it becomes a tensor: a column is numeric
// or has categories, and any value may be missing.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_TABLE_H
#define DYNFAULT_RUNTIME_DATA_TABLE_H

#include "runtime/data/Dataset.h"

namespace dynfault {

struct TableColumn {
  std::string name;
  /// In the order of their codes; empty: the column is numeric.
  std::vector<std::string> categories;
};

/// Row-major values: the number, the category's code (from 0), or NaN where the
/// value is missing.
struct Table {
  std::vector<TableColumn> columns;
  std::vector<double> values;

  int64_t rows() const {
    return columns.empty() ? 0 : values.size() / columns.size();
  }
};

/// How a table becomes rows (docs/data.md): `target` (a column's name, or its
/// number counted from 0, negative from the end; default -1), `drop` (names of
/// columns that are left out), `encode`: `one_hot` (default: a category is a
/// unit vector, a missing one zero) or `codes` (its code, a missing one the
/// number of categories).
struct TableOptions {
  std::string targetName;
  int64_t targetColumn = -1;
  std::vector<std::string> drop;
  bool oneHot = true;

  /// Members of `json` other than its own and `others` are errors.
  static TableOptions parse(const JsonField &json,
                            std::vector<std::string> others = {});
};

/// Inputs float64 [rows, features] with the columns in their order, numbers
/// NaN where missing, and targets float64 [rows] (a class's code or the
/// number). Throws std::runtime_error that names `file` for an unknown column
/// or a missing target.
RawRows encodeTable(const Table &table, const TableOptions &options,
                    const std::string &file);

/// Reads `text` as a finite number, nothing before or after it; no number:
/// nothing. A leading `+` is allowed.
std::optional<double> parseNumber(std::string_view text);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_TABLE_H
