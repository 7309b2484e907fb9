//===- Features.h - From signals to a run's feature vector ------*- C++ -*-===//
//
// Runs of different programs have different layers, lengths and schedules. The
// features put them on one footing: statistics over a window of the planned
// steps, of signals that are first reduced over the layers.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRACE_FEATURES_H
#define DYNFAULT_RUNTIME_TRACE_FEATURES_H

#include "runtime/trace/Trace.h"

namespace dynfault {

/// One number about a run.
struct Feature {
  std::string window; ///< `full` or `early`.
  std::string name;   ///< SET/NAME/STATISTIC or SET/NAME/LAYERS/STATISTIC.
  std::optional<double> value; ///< Nothing: not defined for this run.
};

/// The early window is this share of the planned steps.
constexpr double EarlyShare = 0.3;

/// The features of docs/corpus.md, "Features", for both windows, in a fixed
/// order (window, then first appearance of the signal, then statistic).
///
/// Statistics over the finite samples: first, last, mean, population standard
/// deviation, minimum, maximum, least-squares slope against step /
/// `stepsPlanned`; over all samples: the share that is not finite. A slope
/// needs two different steps. A signal without a sample in the window has no
/// value for any statistic. A signal with sites is reduced at each step to
/// layer_{min,median,max,first,last} over the sites that have a finite sample
/// there, in the order of `signals` (the median of an even number is the mean
/// of the middle two).
///
/// For a whole-model signal the non-finite share counts the samples; for a
/// layer-wise one it counts the steps at which no layer is finite.
std::vector<Feature> computeFeatures(const std::vector<TraceSignal> &signals,
                                     int64_t stepsPlanned);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRACE_FEATURES_H
