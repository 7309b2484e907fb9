//===- Folds.h - Which runs are tested together -----------------*- C++ -*-===//
//
// The protocols differ in nothing but this: which runs may stand on both sides.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_PROTOCOL_FOLDS_H
#define DYNFAULT_STUDY_PROTOCOL_FOLDS_H

#include <string>
#include <vector>

namespace dynfault::study {

class Random;

enum class Protocol { Within, WithinGrouped, HeldOut };

/// The name on the command line and in reports.
std::string protocolName(Protocol protocol);
/// Throws UsageError for an unknown name.
Protocol parseProtocol(const std::string &name);

/// What the folds are made from; all vectors have one entry per run.
struct FoldKeys {
  std::vector<int> program;
  std::vector<int> mutant; ///< Distinct over all programs.
  std::vector<int> label;
};

/// Stratified k folds: the number of the fold that tests each run. Runs with
/// the same `group` share a fold. Groups are dealt in random order, largest
/// first, each to the fold that has the fewest runs of its stratum (program and
/// class), then of its program, of its class, and in all. So with single runs
/// as groups a stratum's counts differ by at most one between folds, and a
/// program with two groups or more is in at least two folds.
std::vector<int> stratifiedFolds(const FoldKeys &keys,
                                 const std::vector<int> &group, int folds,
                                 Random &random);

/// Leave one program out: the fold of a run is the rank of its program.
std::vector<int> programFolds(const std::vector<int> &program);

/// Folds for choosing the penalty inside a training part, at most `folds`. They
/// ask the question that the outer folds ask: with `forUnseenPrograms`, whole
/// programs where there are at least three; otherwise whole mutants. One fold
/// (all zero) where there is only one group, so that nothing can be chosen.
struct InnerFolds {
  std::vector<int> fold;
  int count = 0;
  bool byProgram = false;
};
InnerFolds innerFolds(const FoldKeys &keys, int folds, bool forUnseenPrograms,
                      Random &random);

/// The entries of `values` at `rows`.
template <typename T>
std::vector<T> pick(const std::vector<T> &values,
                    const std::vector<int> &rows) {
  std::vector<T> picked;
  picked.reserve(rows.size());
  for (int row : rows)
    picked.push_back(values[static_cast<size_t>(row)]);
  return picked;
}

} // namespace dynfault::study

#endif
