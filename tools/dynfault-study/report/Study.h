//===- Study.h - One study and its result -----------------------*- C++ -*-===//
//
// Everything that a report says is computed here, once; the writers of the
// different formats only lay it out.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_REPORT_STUDY_H
#define DYNFAULT_STUDY_REPORT_STUDY_H

#include "tools/dynfault-study/corpus/Corpus.h"
#include "tools/dynfault-study/features/FeatureSets.h"
#include "tools/dynfault-study/protocol/Evaluate.h"
#include "tools/dynfault-study/score/Bootstrap.h"
#include "tools/dynfault-study/score/SignFlip.h"
#include "tools/dynfault-study/task/FaultTyping.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dynfault::study {

struct StudyOptions {
  TaskOptions task;
  std::vector<Protocol> protocols = {Protocol::Within, Protocol::WithinGrouped,
                                     Protocol::HeldOut};
  std::vector<std::string> featureSets; ///< Empty: the default list.
  uint64_t seed = 0;
  int resamples = 10000;
  int folds = 5;
  int permutations = 0;
  int jobs = 1; ///< Threads; the result does not depend on it.
};

/// One feature set under one protocol.
struct Score {
  size_t featureSet = 0; ///< Index into StudyResult::featureSets.
  Evaluation evaluation;
  Confusion confusion;               ///< Pooled over folds and programs.
  std::vector<Confusion> perProgram; ///< In the order of TaskData::programs.
  double balancedAccuracy = 0;
  Interval interval; ///< 95%, cluster bootstrap over programs.
  int resamplesLackingClass = 0;
  double accuracy = 0;
  double macroF1 = 0;
  double brier = 0;
  double logLoss = 0;
  double calibrationError = 0;
  double majorityBalancedAccuracy = 0; ///< Of the majority baseline.
  double majorityAccuracy = 0;
};

/// The difference of two protocols on one feature set.
struct Gap {
  size_t featureSet = 0;
  Protocol seen = Protocol::Within;
  double value = 0;  ///< Balanced accuracy `seen` minus held-out, both pooled.
  Interval interval; ///< 95%, on the same resampled programs.
  SignFlipResult signFlip; ///< On each program's own difference.
};

/// Balanced accuracy of the main feature set with permuted labels.
struct PermutationCheck {
  Protocol protocol = Protocol::Within;
  std::vector<double> values; ///< One per permutation.
};

struct StudyResult {
  StudyOptions options;
  int foldsWithin = 0;  ///< After lowering to the number of runs.
  int foldsGrouped = 0; ///< After lowering to the number of mutants.
  std::string corpusFile, corpusSha256, corpusWalSha256;
  size_t corpusPrograms = 0, corpusMutants = 0, corpusRuns = 0;
  TaskData data;
  /// Name, status and origin of each typed run, aligned with `data`.
  std::vector<Run> runs;
  std::vector<FeatureSet> featureSets;
  size_t mainSet = 0;
  double chance = 0;         ///< 1 / classes.
  std::vector<Score> scores; ///< By feature set, then protocol.
  std::vector<Gap> gaps;     ///< By feature set, then protocol.
  std::vector<PermutationCheck> permutations;
  /// What a reader should know before believing the numbers.
  std::vector<std::string> cautions;

  /// The score of a configuration, or null when it was not asked for.
  const Score *find(size_t featureSet, Protocol protocol) const;
  const Gap *findGap(size_t featureSet, Protocol seen) const;
};

/// Runs a study. Throws StudyError where the corpus does not allow it.
StudyResult runStudy(const Corpus &corpus, const StudyOptions &options);

} // namespace dynfault::study

#endif
