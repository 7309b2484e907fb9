//===- ProgramTransforms.h - Features relative to their program -*- C++ -*-===//
//
// Much of what features say is which program it is. These take that out, each
// with what it must know of a program that was never seen; none looks at a
// label.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_FEATURES_PROGRAMTRANSFORMS_H
#define DYNFAULT_STUDY_FEATURES_PROGRAMTRANSFORMS_H

#include "tools/dynfault-study/util/RowMatrix.h"

#include <string>
#include <vector>

namespace dynfault::study {

/// Runs relative to the clean runs of their program: minus their mean, over
/// their standard deviation, which is at least 0.05 (compressed units: a
/// relative spread of 5%). Inductive: one clean reference program run suffices.
/// Features of a program without a clean run become missing.
RowMatrix relativeToClean(const RowMatrix &features,
                          const std::vector<int> &program,
                          const RowMatrix &clean,
                          const std::vector<int> &cleanProgram);

/// Runs minus the mean over all runs of their program. Transductive, as are
/// the next two: needs the unseen program's other, unlabelled runs.
RowMatrix centredByProgram(const RowMatrix &features,
                           const std::vector<int> &program);

/// Likewise, over the standard deviation (at least 1e-6) as well.
RowMatrix standardisedByProgram(const RowMatrix &features,
                                const std::vector<int> &program);

/// Rank among the program's runs, 0 to 1, ties their mean; 0.5 for a single
/// run.
RowMatrix rankedByProgram(const RowMatrix &features,
                          const std::vector<int> &program);

/// Whether a feature has no unit: ratios, cosines, shares, metrics and
/// curvature over the optimizer's threshold.
bool isScaleFree(const std::string &featureName);

/// Share of each feature's variance that lies between programs, over the rows
/// that have it (eta squared: between sum of squares over total); NaN for a
/// constant feature.
std::vector<double> betweenProgramShares(const RowMatrix &features,
                                         const std::vector<int> &program);

} // namespace dynfault::study

#endif
