//===- Export.h - A corpus as CSV -------------------------------*- C++ -*-===//
//
// For spreadsheets, R and pandas. Rows are sorted by what they mean rather than
// by their number, so that two corpora with the same runs give the same file.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRACE_EXPORT_H
#define DYNFAULT_RUNTIME_TRACE_EXPORT_H

#include "runtime/trace/TraceStore.h"

#include <functional>

namespace dynfault {

enum class ExportTable { Run, Signal, Feature };

/// Hands the table to `write` line by line (each with its newline), a header
/// first; RFC 4180 quoting. Every row begins with program, mutant (its key),
/// seed and device. Numbers keep all their digits (float32 for signals, float64
/// for features); no value is an empty field, non-finite ones are `nan`, `inf`
/// and `-inf`. A signal gets one row per sample.
void exportTable(const TraceStore &store, ExportTable table,
                 const std::function<void(const std::string &)> &write);

/// `text` as a field of a CSV file, quoted where it must be (RFC 4180).
std::string csvField(const std::string &text);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRACE_EXPORT_H
