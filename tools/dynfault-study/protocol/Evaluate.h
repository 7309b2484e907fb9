//===- Evaluate.h - Out-of-fold predictions ---------------------*- C++ -*-===//
//
// One experiment is a pure function of its rows, labels and seed, so that
// experiments can run side by side and the result does not depend on how many
// do.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_PROTOCOL_EVALUATE_H
#define DYNFAULT_STUDY_PROTOCOL_EVALUATE_H

#include "tools/dynfault-study/features/Preprocessor.h"
#include "tools/dynfault-study/model/LogisticRegression.h"
#include "tools/dynfault-study/protocol/Folds.h"

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace dynfault::study {

class TrainingParts;

/// The penalties that are tried, strongest first.
const std::vector<double> &strengthGrid();

/// How a fold is learned.
enum class Model {
  Logistic, ///< Multinomial logistic regression: the main model.
  Ridge,
  KNearest,  ///< DeepFD: five neighbours.
  Tree,      ///< DeepFD: Gini, depth 5.
  Forest,    ///< DeepFD: 32 trees, depth 10.
  Forest200, ///< DEFault: 200 trees.
  Coral,     ///< Logistic regression on rows aligned with the test rows.
  Irm,
  Vrex,
  GroupDro,
  Subspace ///< Logistic regression without the program subspace.
};

/// The name on the command line and in reports.
std::string modelName(Model model);
/// Throws UsageError for an unknown name or one that is no plain model.
Model parseModel(const std::string &name);

/// What to learn from what, and how to test it.
struct Experiment {
  const RowMatrix *features = nullptr; ///< Compressed; all columns.
  std::vector<Eigen::Index> columns;   ///< Those that are used.
  FoldKeys keys;
  int classes = 0;
  Protocol protocol = Protocol::Within;
  Model model = Model::Logistic;
  int folds = 5;
  uint64_t seed = 0;
  /// Held-out only: keep this many training programs, drawn anew for each fold
  /// and `draw`; 0: all.
  int trainPrograms = 0;
  int draw = 0;
  /// Penalty to use in place of tuning; 0: tune.
  double strength = 0;
};

/// One fold's record for the report.
struct FoldRecord {
  int trainRuns = 0;
  int testRuns = 0;
  Eigen::Index columns = 0; ///< Of the design matrix.
  double strength = 0;      ///< Chosen penalty; 0 where the model has none.
  double parameter = 0;     ///< Of the method, likewise.
  bool tuned = false;       ///< False where there were too few groups to tune.
  bool converged = true;
};

/// Out-of-fold predictions.
struct Predictions {
  std::vector<int> fold;
  /// Runs x classes. Probabilities, or class shares (k-NN, trees); for ridge
  /// scores without a scale.
  Eigen::MatrixXd scores;
  bool areProbabilities = true;
  std::vector<int> predicted; ///< Largest score; of equals the first.
  std::vector<int> majority;  ///< Most frequent class of the training part.
  std::vector<FoldRecord> folds;
};

/// Tests every run once, by a model of its fold's training part. Everything
/// that is fitted (imputation, scaling, penalty, parameter) is fitted in there.
///
/// Hyper-parameters: folds are dealt into five groups; for a pair of groups a
/// model of all other runs is tested on both. What a group's folds use is
/// chosen by the least class-balanced log loss over the pairs that it is in,
/// on the other group of the pair: never on its own runs, and never with a
/// model that saw them. Where there are fewer than three groups, the middle of
/// the grid is taken.
Predictions crossValidate(const Experiment &experiment);

/// The same with training parts that are shared with other experiments on the
/// same features.
Predictions crossValidate(const Experiment &experiment, TrainingParts &parts);

/// A model of all given rows for new programs: penalty chosen by
/// crossValidate()'s rule over programs.
struct TrainedModel {
  Preprocessor preprocessor;
  LogisticFit fit;
  double strength = 0;
  bool tuned = false;
};
TrainedModel trainModel(const RowMatrix &compressed, const FoldKeys &keys,
                        int classes, uint64_t seed);

/// Runs all experiments with `jobs` threads; results in their order.
std::vector<Predictions> runExperiments(const std::vector<Experiment> &all,
                                        int jobs);

} // namespace dynfault::study

#endif
