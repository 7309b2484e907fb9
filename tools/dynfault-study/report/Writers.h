//===- Writers.h - The files of a report ------------------------*- C++ -*-===//
//
// Each writer is a pure function from the result to the file's bytes. None of
// them looks at a clock: the same corpus and options give the same bytes.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_REPORT_WRITERS_H
#define DYNFAULT_STUDY_REPORT_WRITERS_H

#include "tools/dynfault-study/report/Study.h"

#include <string>

namespace dynfault::study {

/// Value of the member `schema` of results.json.
inline constexpr const char *resultsSchema = "dynfault.study/1";

/// Everything, for scripts (docs/study.md lists the members).
std::string resultsJson(const StudyResult &result);

/// One line per feature set, protocol and run (RFC 4180, header line first).
std::string predictionsCsv(const StudyResult &result);

/// For a terminal, at most 100 columns wide except for long names.
std::string reportText(const StudyResult &result);

/// One self-contained page without scripts.
std::string reportHtml(const StudyResult &result);

} // namespace dynfault::study

#endif
