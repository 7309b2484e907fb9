//===- Cautions.h - What to know before believing a number ------*- C++ -*-===//
//
// A report opens with these, in words.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_STUDY_CAUTIONS_H
#define DYNFAULT_STUDY_STUDY_CAUTIONS_H

#include "tools/dynfault-study/study/Study.h"

#include <string>
#include <vector>

namespace dynfault::study {

/// Cautions of one task; `open` is the number of folds in which the optimizer
/// stopped before its tolerance.
std::vector<std::string> cautionsOf(const TaskStudy &study,
                                    const StudyOptions &options,
                                    const std::vector<ScoreCard> &cards,
                                    int open);

} // namespace dynfault::study

#endif
