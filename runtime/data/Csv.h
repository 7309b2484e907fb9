//===- Csv.h - Reader for comma-separated text ------------------*- C++ -*-===//
//
// RFC 4180: fields may be quoted, and then hold separators, line breaks and
// doubled quotes. Tables of numbers only are read by Delimited.h.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_CSV_H
#define DYNFAULT_RUNTIME_DATA_CSV_H

#include "runtime/data/Table.h"

namespace dynfault {

/// A record and the line on which it starts, counted from 1.
struct CsvRecord {
  int64_t line = 0;
  std::vector<std::string> fields;
};

/// All records of `text`. A byte order mark and empty lines are skipped. Throws
/// std::runtime_error with `FILE:LINE` for a quote that is not closed, or text
/// after a closing one.
std::vector<CsvRecord> parseCsv(const std::string &text,
                                const std::string &file, char delimiter = ',');

/// The records as a table. With `header` the first one names the columns,
/// otherwise they are called 0, 1, ... A column whose fields are all numbers or
/// missing is numeric; otherwise its categories are its distinct fields in
/// byte order. Empty fields, `?` and `NA` are missing. Throws
/// std::runtime_error with `FILE:LINE` for a record of another length than the
/// first.
Table csvTable(const std::vector<CsvRecord> &records, bool header,
               const std::string &file);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_CSV_H
