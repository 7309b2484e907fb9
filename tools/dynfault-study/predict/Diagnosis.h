//===- Diagnosis.h - Typing the runs of a new trace -------------*- C++ -*-===//
//
// A classifier names one of its classes for anything. A diagnosis may also say
// that it does not know: when no class is probable, or when the run lies
// outside of what the corpus covers.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_PREDICT_DIAGNOSIS_H
#define DYNFAULT_STUDY_PREDICT_DIAGNOSIS_H

#include "tools/dynfault-study/corpus/Corpus.h"
#include "tools/dynfault-study/task/FaultTyping.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dynfault::study {

struct DiagnosisOptions {
  TaskOptions task;
  std::vector<std::string> featureSets; ///< One, or empty for `all`.
  double minProbability = 0.5;
  uint64_t seed = 0;
  int folds = 5;
};

/// What is said about one run of the trace.
struct RunDiagnosis {
  std::string program, mutant, device;
  int64_t seed = 0;
  Eigen::VectorXd probabilities; ///< In the order of Diagnosis::classes.
  int best = 0;                  ///< Most probable class.
  double distance = 0;
  bool improbable = false; ///< Below the least probability.
  bool outOfRange = false; ///< Distance above the limit.
};

struct Diagnosis {
  std::vector<std::string> classes;
  std::string featureSet;
  std::vector<std::string> members; ///< Sets that corpus and trace both have.
  double strength = 0;              ///< Chosen L2 strength.
  double distanceLimit = 0;
  /// What the distance limit is made from: programs or mutants.
  std::string neighbours;
  int trainingRuns = 0;
  std::vector<RunDiagnosis> runs;
  int skippedRuns = 0; ///< Failed, timed out, or without features.
};

/// Fits the corpus's typed runs and diagnoses every usable run of the trace
/// (clean ones included: what a user's own run is, is not known).
///
/// Only features that both files have are used. The distance of a run is the
/// root mean square difference, over the columns of the design matrix, to the
/// nearest training run. The limit is the 95th percentile, over training runs,
/// of the distance to the nearest run of another program (of another mutant
/// where the corpus has one program): a new program may lie as far from the
/// corpus as its programs lie from each other.
Diagnosis diagnose(const Corpus &corpus, const Corpus &trace,
                   const DiagnosisOptions &options);

} // namespace dynfault::study

#endif
