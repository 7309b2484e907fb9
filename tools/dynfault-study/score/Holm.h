//===- Holm.h - Holm correction ---------------------------------*- C++ -*-===//
//
// Many comparisons are looked at, so each p-value is held against all of them.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_SCORE_HOLM_H
#define DYNFAULT_STUDY_SCORE_HOLM_H

#include <vector>

namespace dynfault::study {

/// Adjusted p-values, in the order given, that control the family-wise error
/// (S. Holm, "A simple sequentially rejective multiple test procedure", 1979).
std::vector<double> holmAdjusted(const std::vector<double> &pValues);

} // namespace dynfault::study

#endif
