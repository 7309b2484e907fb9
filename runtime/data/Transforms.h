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

/// Applies one transform in place:
///
/// * `unit`: inputs / 255, both parts.
/// * `standardize`: (x - mean) / std per input feature, with the mean and the
///   population standard deviation of the training part; a constant feature is
///   only centred.
/// * `standardize_target`: the same for the target of a regression.
/// * `change_labels` {`share` in [0, 1], `seed` = 0}: operator TCL of DeepCrime
///   (Humbatova, Jahangirova, Tonella, ISSTA 2021) on the training part: of the
///   rows with the most frequent class (the smallest label among equals) the
///   share, rounded to whole rows, gets another label, drawn uniformly from the
///   other classes. Regression: adds N(0, (share * std)^2) to every target, std
///   being that of the training targets.
///
/// Throws std::runtime_error that names the field for an unknown kind or
/// parameter, or one that is out of range.
void applyTransform(const TransformSpec &spec, TransformState &state);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_TRANSFORMS_H
