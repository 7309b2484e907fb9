//===- Sampling.h - Draws parameters of faults ------------------*- C++ -*-===//
//
// Drawing must give the same values on every platform and in every release, so
// neither the standard library's distributions (which are not specified) nor
// the order of draws matters here: each parameter has a stream of its own.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_INJECT_SAMPLING_H
#define DYNFAULT_PASSES_INJECT_SAMPLING_H

#include "passes/inject/FaultOperator.h"

#include <random>

namespace dynfault::inject {

class Sampler {
public:
  /// A stream that depends on the seed, operator, site and parameter alone.
  Sampler(uint64_t seed, llvm::StringRef operatorId, llvm::StringRef site,
          llvm::StringRef parameter);

  /// Uniform in [0, 1).
  double uniform();
  /// Uniform in 0 .. size - 1.
  size_t index(size_t size);
  /// A value for a numeric parameter: a whole number for an integer, else with
  /// two significant digits, so that reports are readable. Nothing where no
  /// interval of the severity meets `range`.
  std::optional<double> draw(const FaultParameter &parameter, Severity severity,
                             Interval range);

private:
  std::mt19937_64 generator;
};

/// The shortest decimal that reads back as `value`.
std::string formatNumber(double value);

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_SAMPLING_H
