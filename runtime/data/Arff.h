//===- Arff.h - Reader for Weka's ARFF files --------------------*- C++ -*-===//
//
// The attribute-relation file format of Weka 3.6 (Witten, Frank, Hall, "Data
// Mining", 3rd ed., 2011, section 2.4): comments, `@relation`, `@attribute`
// lines, `@data`, then comma-separated instances.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_ARFF_H
#define DYNFAULT_RUNTIME_DATA_ARFF_H

#include "runtime/data/Table.h"

namespace dynfault {

/// The instances in `text` with numeric (`numeric`, `real`, `integer`) and
/// nominal attributes; `?` is missing; names and values may be quoted with `'`
/// or `"` (a backslash escapes). Throws std::runtime_error with `FILE:LINE` for
/// what the format does not know (string, date and relational attributes and
/// sparse instances included), a value that is no number or not declared, or a
/// wrong number of values.
Table parseArff(const std::string &text, const std::string &file);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_ARFF_H
