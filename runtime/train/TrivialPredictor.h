//===- TrivialPredictor.h - What a program must beat ------------*- C++ -*-===//
//
// A program that has learned nothing can still look good: on data of which nine
// rows in ten belong to one class, by always naming it. So each score stands
// beside that of the best prediction that does not look at the input.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_TRIVIALPREDICTOR_H
#define DYNFAULT_RUNTIME_TRAIN_TRIVIALPREDICTOR_H

#include "runtime/data/Dataset.h"

namespace dynfault {

/// The validation metric (Evaluate.h) of predicting, for every row,
///
/// * classification: the most frequent class of the training targets, the
///   smallest one among equals; targets of -100 do not count. For a sequence
///   that is the most frequent token at all places together (the unigram).
/// * regression: the mean of the training targets, for each value of a target
///   its own.
///
/// So accuracy is the share of that class among the validation rows, and R^2 is
/// at most 0. NaN where the metric is not defined.
double trivialMetric(const PreparedData &data, bool classification);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_TRIVIALPREDICTOR_H
