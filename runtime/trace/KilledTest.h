//===- KilledTest.h - Does a fault show in the program's result? ----------===//
//
// A mutant whose effect cannot be told from chance has no symptom to diagnose.
// Runs of the mutant and of the clean program with the same seed form pairs, so
// few seeds are enough for an exact test.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRACE_KILLEDTEST_H
#define DYNFAULT_RUNTIME_TRACE_KILLEDTEST_H

#include <cstdint>
#include <optional>
#include <vector>

namespace dynfault {

/// Final validation metrics of one seed (larger is better).
struct MetricPair {
  double clean = 0;  ///< Must be finite.
  double mutant = 0; ///< Non-finite: the run diverged.
};

struct KilledResult {
  double pValue = 1;
  bool killed = false;
};

/// With fewer pairs than this the smallest possible p-value is above .05, so
/// there is nothing to test.
constexpr size_t LeastMatchedSeeds = 5;

/// One-sided paired sign-flip permutation test (Fisher 1935; as used for
/// mutants in DEFault++, 2026): under the null hypothesis the sign of each
/// difference d = clean - mutant is arbitrary, and p is the share of all sign
/// assignments whose mean is at least the observed one. Exact for up to 20
/// pairs; above that from 100,000 fixed-seed random assignments, the observed
/// one included.
///
/// A mutant's run that diverged is no number but surely worst: its difference
/// is set to the largest |d| among the other pairs (to 1 if there is none or
/// all are 0), so it counts as much as the strongest effect seen, and no more.
///
/// Nothing for fewer than LeastMatchedSeeds pairs.
std::optional<KilledResult> testKilled(const std::vector<MetricPair> &pairs,
                                       double alpha = 0.05);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRACE_KILLEDTEST_H
