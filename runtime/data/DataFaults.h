//===- DataFaults.h - Faults of the training data ---------------*- C++ -*-===//
//
// The transforms that fault operators of class `data` put into a recipe. Each
// changes the training part alone. What DeepCrime (Humbatova, Jahangirova,
// Tonella, ISSTA 2021) defines is done as its code does it, with these
// differences: shares are rounded to whole rows by one rule each (below), and
// everything random comes from the fault's own seed.
//
// A class means, for a regression, one of three ranges of the target: more than
// one standard deviation below the training mean, within, and above. DeepCrime
// leaves the mean out, which is the same for centred targets.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_DATAFAULTS_H
#define DYNFAULT_RUNTIME_DATA_DATAFAULTS_H

#include "runtime/data/Transforms.h"

namespace dynfault {

/// TCL: of the rows with the most frequent class (the smallest label among
/// equals) the share, rounded to the nearest, gets another label, drawn
/// uniformly from the other classes; where a row has a class for each of
/// several places, so do the places. Regression: adds N(0, (share * std)^2) to
/// every target, std being that of the training targets.
void changeLabels(const TransformSpec &spec, TransformState &state);

/// TRD: of each class the share of rows, rounded down, is removed. With a share
/// below 1 no class disappears.
void deleteTrainingData(const TransformSpec &spec, TransformState &state);

/// TUD: the same for the classes that are rarer than the mean class only. Where
/// all classes are equally frequent, none is rarer; then the upper half of the
/// labels stands for them.
void unbalanceTrainingData(const TransformSpec &spec, TransformState &state);

/// TAN: the share of rows, rounded down, gets noise N(0, (share * s)^2) added
/// to every input value, s being the standard deviation of the row's own
/// values.
void addNoise(const TransformSpec &spec, TransformState &state);

/// TCO: of the rows with the most frequent class the share, rounded down, is
/// appended once more under the label of the second most frequent class.
/// Regression: under targets drawn uniformly from those of the second class.
void overlapClasses(const TransformSpec &spec, TransformState &state);

/// TDR (data repetition of DeepMutation, Ma et al., ISSRE 2018): the share of
/// rows, rounded down, is appended once more.
void repeatData(const TransformSpec &spec, TransformState &state);

/// TDS (data shuffle fault): the rows in ascending order of class or target;
/// rows with the same one keep their order.
void sortByTarget(const TransformSpec &spec, TransformState &state);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_DATAFAULTS_H
