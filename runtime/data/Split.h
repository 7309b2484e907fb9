//===- Split.h - Which rows train and which validate ------------*- C++ -*-===//
//
// A validation row that also stood in training, or a near-copy of one, would
// measure memory. So rows that belong together stay together: those of one
// recording or document, and those that are equal.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_SPLIT_H
#define DYNFAULT_RUNTIME_DATA_SPLIT_H

#include "runtime/data/Dataset.h"

namespace dynfault {

/// Row numbers of the two parts, disjoint.
struct Split {
  std::vector<int64_t> train, validation;
};

/// What is known of a pool's rows.
struct PoolRows {
  int64_t rows = 0;
  /// int64 [rows] or undefined; rows with equal numbers are not separated.
  at::Tensor groups;
  /// float64 [rows] or undefined: the classes to be drawn in proportion.
  at::Tensor classes;
};

/// Draws `train` and `validation` rows by `seed`. Without groups and classes:
/// the first rows of a random order, then the next ones. With groups, whole
/// groups go to one part, in random order; one that would overfill a part is
/// passed over, and only if nothing else is left is it cut (its other rows are
/// then in neither part). With classes the groups are taken in the order of
/// systematic sampling, so that both parts get each class (the one of a group's
/// first row) in proportion, up to one group. Empty if there are not enough
/// rows.
std::optional<Split> splitPool(const PoolRows &pool, int64_t train,
                               int64_t validation, uint64_t seed);

/// `groups` (or, if undefined, each row for itself) with the groups joined that
/// hold equal rows of `inputs`; undefined if every group is a single row.
at::Tensor joinEqualRows(const at::Tensor &inputs, const at::Tensor &groups);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_SPLIT_H
