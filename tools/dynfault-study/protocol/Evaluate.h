//===- Evaluate.h - Out-of-fold predictions ---------------------*- C++ -*-===//
//
// One fold is a pure function of its training rows, its test rows and a seed,
// so folds can run side by side and the result does not depend on how many do.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_PROTOCOL_EVALUATE_H
#define DYNFAULT_STUDY_PROTOCOL_EVALUATE_H

#include "tools/dynfault-study/features/Preprocessor.h"
#include "tools/dynfault-study/model/LogisticRegression.h"
#include "tools/dynfault-study/protocol/Folds.h"

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

namespace dynfault::study {

/// The penalties that are tried, strongest first.
const std::vector<double> &strengthGrid();

/// What was fitted inside one training part.
struct TrainedModel {
  Preprocessor preprocessor;
  LogisticFit fit;
  double strength = 0;
  /// Class-balanced log loss (nats) of each grid value on the pooled inner
  /// test parts; empty where nothing could be compared.
  std::vector<double> innerLoss;
  int innerFolds = 0;
  bool innerByProgram = false;

  /// Rows x classes for compressed feature rows.
  Eigen::MatrixXd probabilities(const Eigen::MatrixXd &rows) const;
};

/// Chooses the penalty by cross-validation inside the training part
/// (innerFolds; least class-balanced log loss, of equals the strongest), then
/// fits preprocessing and model to all of it. Where the training part has a
/// single mutant, the middle of the grid is taken. Throws StudyError when the
/// rows have fewer than two classes.
TrainedModel trainModel(const Eigen::MatrixXd &compressed, const FoldKeys &keys,
                        int classes, int folds, bool forUnseenPrograms,
                        uint64_t seed);

/// One fold's record for the report.
struct FoldRecord {
  std::string name; ///< Held-out: the program; else the fold's number from 1.
  int trainRuns = 0;
  int testRuns = 0;
  Eigen::Index columns = 0; ///< Of the design matrix.
  double strength = 0;
  std::vector<double> innerLoss;
  int innerFolds = 0;
  bool innerByProgram = false;
  int iterations = 0;
  double gradientNorm = 0;
  bool converged = false;
};

/// Out-of-fold predictions of one feature set under one protocol.
struct Evaluation {
  Protocol protocol = Protocol::Within;
  std::vector<int> fold; ///< Per run.
  Eigen::MatrixXd probabilities;
  std::vector<int> predicted; ///< Most probable class; of equals the first.
  /// The most frequent class of the fold's training part.
  std::vector<int> majority;
  std::vector<FoldRecord> folds;
};

/// The folds of a protocol over all runs. `folds` is for the two within
/// protocols and is lowered to the number of runs (mutants).
std::vector<int> protocolFolds(Protocol protocol, const FoldKeys &keys,
                               int folds, uint64_t seed);

/// Evaluations that have been planned but not run: add(), then run() once.
/// Folds of all of them are worked off together by `jobs` threads.
class Evaluator {
public:
  /// `features` are compressed; they and `programs` must outlive the object.
  Evaluator(const Eigen::MatrixXd &features,
            const std::vector<std::string> &programs, int classes, int folds,
            uint64_t seed)
      : features(features), programs(programs), classes(classes), folds(folds),
        seed(seed) {}

  /// Plans one evaluation and returns its index. `keys.label` may be permuted;
  /// the folds are drawn with these labels.
  size_t add(Protocol protocol, const std::vector<Eigen::Index> &columns,
             const FoldKeys &keys);

  /// Runs everything planned, in the order of add().
  std::vector<Evaluation> run(int jobs);

private:
  struct Plan {
    std::vector<Eigen::Index> columns;
    FoldKeys keys;
  };
  void runFold(const Plan &plan, Evaluation &evaluation, int fold) const;

  const Eigen::MatrixXd &features;
  const std::vector<std::string> &programs;
  int classes;
  int folds;
  uint64_t seed;
  std::vector<Plan> plans;
  std::vector<Evaluation> evaluations;
};

} // namespace dynfault::study

#endif
