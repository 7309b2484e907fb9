//===- SignFlip.h - Sign-flip test over programs ----------------*- C++ -*-===//
//
// A second opinion on the gap beside the bootstrap, which is too hopeful with
// few clusters: if a program's gap were as likely negative as positive,
// flipping its sign would change nothing (R. Fisher's randomisation test).
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_SCORE_SIGNFLIP_H
#define DYNFAULT_STUDY_SCORE_SIGNFLIP_H

#include <cstdint>
#include <vector>

namespace dynfault::study {

struct SignFlipResult {
  double mean = 0;             ///< Of the differences.
  double pValue = 1;           ///< Two-sided.
  bool exact = true;           ///< All sign patterns were counted.
  double smallestPossible = 1; ///< Least p-value that this test can give.
};

/// Two-sided test that `differences` (one per program, no NaN) are symmetric
/// around 0, on their mean. All 2^n patterns up to 20 differences; otherwise
/// 100,000 random patterns, the observed one counted among them.
SignFlipResult signFlipTest(const std::vector<double> &differences,
                            uint64_t seed);

} // namespace dynfault::study

#endif
