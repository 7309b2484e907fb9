//===- Layout.h - Shared wording of the text and HTML reports ---*- C++ -*-===//
//
// Both reports say the same sentences and format numbers the same way.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_REPORT_LAYOUT_H
#define DYNFAULT_STUDY_REPORT_LAYOUT_H

#include "tools/dynfault-study/report/Study.h"

#include <string>
#include <utility>
#include <vector>

namespace dynfault::study {

/// Three decimals; "-" for NaN.
std::string number(double value);
/// As number(), with a sign.
std::string signedNumber(double value);
/// "[low, high]".
std::string intervalText(const Interval &interval);
/// "p = 0.031 (exact, 2^5 patterns)" or with the number of random patterns.
std::string signFlipText(const SignFlipResult &test, size_t programs);

/// The result in one sentence per protocol and one per gap, for the main set.
std::vector<std::string> headline(const StudyResult &result);

/// What was counted and what was left out, as label and count.
std::vector<std::pair<std::string, std::string>>
countLines(const StudyResult &result);

/// How the numbers were made, one paragraph per entry.
std::vector<std::string> methodLines(const StudyResult &result);

} // namespace dynfault::study

#endif
