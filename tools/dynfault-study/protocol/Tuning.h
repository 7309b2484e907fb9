//===- Tuning.h - Choosing hyper-parameters inside training parts -*- C++ -*-=//
//
// Leave-one-program-out with inner folds would fit a model for each program,
// inner fold and penalty. Groups of folds share the inner models instead; see
// crossValidate() for the rule.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_PROTOCOL_TUNING_H
#define DYNFAULT_STUDY_PROTOCOL_TUNING_H

#include "tools/dynfault-study/model/DomainGeneralisation.h"
#include "tools/dynfault-study/protocol/Evaluate.h"
#include "tools/dynfault-study/protocol/TrainingParts.h"

#include <memory>
#include <vector>

namespace dynfault::study {

/// Rows in (`inside`) or outside of a fold.
std::vector<int> rowsOf(const std::vector<int> &fold, int which, bool inside);

/// The domain generalisation method of a model that is one.
DomainMethod domainMethod(Model model);

struct Choice {
  double strength = 0;
  double parameter = 0;
  bool tuned = false;
};

/// The choices of one experiment.
class Tuning {
public:
  Tuning(const Experiment &experiment, const std::vector<int> &fold,
         TrainingParts &parts);

  /// What a fold uses.
  Choice choiceFor(int fold) const;
  /// What a model of all rows uses: the least loss over all pairs.
  Choice choiceForAll() const;

  /// Gives a trainer of a fold's training part a metric and a start, where the
  /// columns agree: those of a model of all runs outside of the fold's group,
  /// which is fitted when its first fold asks. Where the fold is the group,
  /// those of a pair.
  void prepare(const Experiment &experiment, int fold,
               const std::vector<Eigen::Index> &columns, TrainingParts &parts,
               LogisticTrainer &trainer);

private:
  struct Candidate {
    double strength, parameter;
  };
  /// What one pair leaves for its groups' folds.
  struct Pair {
    int first = 0, second = 0;
    std::vector<Eigen::Index> columns;
    std::shared_ptr<LogisticMetric> metric;
    std::vector<LogisticFit> fits; ///< By strength.
  };

  /// What a model of the runs outside of a group leaves for its folds.
  struct Start {
    bool made = false;
    std::vector<Eigen::Index> columns;
    std::shared_ptr<LogisticMetric> metric;
    LogisticFit fit;
  };

  /// Makes the groups of folds.
  void dealGroups(const Experiment &experiment, const std::vector<int> &fold);
  void startFromPair(int fold, const std::vector<Eigen::Index> &columns,
                     LogisticTrainer &trainer) const;
  void makeStart(const Experiment &experiment, int fold, TrainingParts &parts,
                 Start &start) const;
  void tryPair(const Experiment &experiment, TrainingParts &parts, Pair &pair);
  std::vector<Eigen::MatrixXd> pairScores(const Experiment &experiment,
                                          Pair &pair,
                                          const Preprocessor &preprocessor,
                                          const std::vector<int> &train,
                                          const std::vector<int> &test) const;
  Choice best(const std::vector<Eigen::MatrixXd> &losses) const;

  std::vector<int> groupOfFold, group;
  int groups = 0;
  std::vector<Candidate> candidates;
  std::vector<Pair> pairs;
  std::vector<Start> starts;     ///< Per group.
  std::vector<int> foldsOfGroup; ///< Their number.
  /// Per group: candidates x classes, sums of log losses on the pairs' other
  /// groups; per class as many `counts`.
  std::vector<Eigen::MatrixXd> losses;
  std::vector<Eigen::VectorXd> counts;
};

} // namespace dynfault::study

#endif
