//===- Folds.h - Which runs are tested together -----------------*- C++ -*-===//
//
// The protocols differ in nothing but this: which runs may stand on both sides.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_PROTOCOL_FOLDS_H
#define DYNFAULT_STUDY_PROTOCOL_FOLDS_H

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace dynfault::study {

class Random;

enum class Protocol {
  Within,
  WithinGrouped,
  HeldOut,
  HeldOutDataset, ///< Whole data sets, with all programs that use them.
  HeldOutFamily   ///< Whole architecture families, likewise.
};

inline constexpr std::array<Protocol, 5> allProtocols = {
    Protocol::Within, Protocol::WithinGrouped, Protocol::HeldOut,
    Protocol::HeldOutDataset, Protocol::HeldOutFamily};

/// Whether test programs are unseen.
inline bool isHeldOut(Protocol protocol) {
  return protocol != Protocol::Within && protocol != Protocol::WithinGrouped;
}

/// The name on the command line and in reports.
std::string protocolName(Protocol protocol);
/// Throws UsageError for an unknown name.
Protocol parseProtocol(const std::string &name);

/// What the folds are made from; all vectors have one entry per run.
struct FoldKeys {
  std::vector<int> program;
  std::vector<int> mutant; ///< Distinct over all programs.
  std::vector<int> label;
  std::vector<int> dataset; ///< Of the run's program.
  std::vector<int> family;  ///< Likewise.

  /// The keys of some rows.
  FoldKeys at(const std::vector<int> &rows) const;
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

/// Leave one group out: the fold of a run is the rank of its group.
std::vector<int> groupFolds(const std::vector<int> &group);

/// The folds of a protocol over all runs. `folds` is for the two within
/// protocols and is lowered to the number of runs (mutants).
std::vector<int> protocolFolds(Protocol protocol, const FoldKeys &keys,
                               int folds, uint64_t seed);

/// Deals whole folds into at most `groups` groups of about as many runs, for
/// choosing hyper-parameters: what a group's own runs are tested with is chosen
/// without them, and inner test parts are what the outer ones are.
std::vector<int> foldGroups(const std::vector<int> &fold, int groups,
                            uint64_t seed);

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
