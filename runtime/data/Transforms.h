//===- Transforms.h - Preparing and changing data ---------------*- C++ -*-===//
//
// The transforms that a program names in `dataset.transforms`. Statistics come
// from the training part only, so that nothing of the validation part reaches
// training.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_TRANSFORMS_H
#define DYNFAULT_RUNTIME_DATA_TRANSFORMS_H

#include "runtime/data/Dataset.h"

namespace dynfault {

/// Data while it is being prepared: float64 inputs [rows, ...] and float64
/// targets [rows].
struct TransformState {
  PreparedData data;
  bool classification = true;
  int64_t classes = 0; ///< 0 for regression.
};

/// Applies one transform in place. `train` and `validation` (default true) say
/// which part's inputs it changes:
///
/// * `unit` {`train`, `validation`}: inputs / 255.
/// * `standardize` {`validation`, `separate` = false}: (x - mean) / std per
///   input feature, with the mean and the population standard deviation of the
///   training part (`separate`: the validation part with its own); a constant
///   feature is only centred.
/// * `normalize` {`mean`, `std`, `train`, `validation`}: (x - mean) / std.
/// * `standardize_rows` {`train`, `validation`}: `standardize` of each row by
///   the mean and standard deviation of its own values.
/// * `standardize_target`: `standardize` for the target of a regression.
/// * `reverse_features` {`train`, `validation`}: the values along the last
///   dimension in reverse order.
/// * the faults of DataFaults.h, each {`share` in [0, 1], `seed` = 0} but for
///   `sort_by_target`: `change_labels`, `delete_training_data`,
///   `unbalance_training_data`, `add_noise`, `overlap_classes`, `repeat_data`.
///
/// Throws std::runtime_error that names the field for an unknown kind or
/// parameter, or one that is out of range.
void applyTransform(const TransformSpec &spec, TransformState &state);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_TRANSFORMS_H
