//===- LeakageChecks.h - Signs that labels reach the features ---*- C++ -*-===//
//
// The protocols keep test rows out of training. What they cannot see is a table
// that carries the answer, so the study looks for that as well.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_STUDY_LEAKAGECHECKS_H
#define DYNFAULT_STUDY_STUDY_LEAKAGECHECKS_H

#include "tools/dynfault-study/score/ScoreCard.h"
#include "tools/dynfault-study/task/TaskData.h"
#include "tools/dynfault-study/util/Random.h"

#include <string>
#include <vector>

namespace dynfault::study {

/// Labels shuffled among all runs.
std::vector<int> permutedEverywhere(const FoldKeys &keys, Random &random);

/// Labels shuffled among the runs of each program.
std::vector<int> permutedRuns(const FoldKeys &keys, Random &random);

/// Labels shuffled among the mutants of each program: a mutant's runs keep
/// together and take over the labels of another mutant's runs, the first the
/// first one's and so on, around again where that has fewer.
std::vector<int> permutedMutants(const FoldKeys &keys, Random &random);

/// Balanced accuracy that labels permuted within programs should not exceed:
/// what a guess reaches, and four standard errors of its mean recall, where the
/// runs of one mutant count as one. A guess that knows the program
/// (`programsSeen`) takes for each program p the class c with the largest
/// n_pc / n_c, which permuting does not change; one that does not has 1 / K for
/// K classes.
double permutationLimit(const TaskData &data, bool programsSeen);

/// Features of which the class within the program explains more than 99% of
/// the variance within programs: copies of the label, or nearly. None where
/// there are fewer than two runs per program and class on average.
std::vector<std::string> labelCopies(const TaskData &data);

/// Number of runs that have exactly the features of a run of another mutant.
int runsSharedByMutants(const TaskData &data);

/// What the checks found, as sentences; `sources` is the member of study.json
/// or null.
std::vector<std::string> leakageCautions(const TaskData &data,
                                         const Json *sources);

} // namespace dynfault::study

#endif
