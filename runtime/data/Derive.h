//===- Derive.h - Other tasks from the same rows ----------------*- C++ -*-===//
//
// One set of images serves a classifier, an auto-encoder and a siamese net. A
// data set of the catalogue may say what is made of another one's rows. It is
// done after the rows were drawn, in each part for itself, so that the parts
// stay apart.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_DERIVE_H
#define DYNFAULT_RUNTIME_DATA_DERIVE_H

#include "runtime/data/Random.h"
#include "runtime/data/Transforms.h"

namespace dynfault {

/// Applies `spec` (an empty object: nothing) to drawn rows: float64 inputs
/// [rows, ...] and targets.
///
/// * `reconstruct` {`scale` = 1}: the targets are the inputs / scale. (The
/// inputs
///   themselves are left to the program's transforms.)
/// * `denoise` {`mean`, `deviation`, `low`, `high`, `scale` = 1}: as
///   `reconstruct`; then N(mean, deviation^2) is added to the inputs, cut off
///   at `low` and `high`.
/// * `super_resolution` {`factor`, `scale` = 1}: as `reconstruct`, for inputs
///   [rows, height, width]; then the inputs become the means of their factor x
///   factor squares.
/// * `pairs`: row i becomes (row i, row j), inputs [rows, 2, ...], and the
/// target
///   1 if both are of one class and 0 otherwise. Every other row gets a partner
///   of its class, the others one of another class, drawn uniformly.
/// * `one_vs_rest` {`classes`}: the target is 1 for these classes, else 0.
/// * `vocabulary` {`size`, `targets` = false}: words become their rank among
/// the
///   training rows' words, from 2: the most frequent one first, among equals in
///   byte order; 0 stays 0 (no word); a word that is not among the `size` - 2
///   most frequent becomes 1. With `targets` these are words, too; their ranks
///   are those of the inputs' words.
/// * `known_nodes` {`per_class`}: the row is a graph, its targets [1, nodes].
///   In each class `per_class` nodes, drawn at random, keep their target in the
///   training part, all others in the validation part; the rest become -100,
///   which cross entropy ignores.
///
/// Throws std::runtime_error that names the field for an unknown kind or a
/// parameter that does not fit.
void deriveTask(const JsonField &spec, Random &random, TransformState &state);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_DERIVE_H
