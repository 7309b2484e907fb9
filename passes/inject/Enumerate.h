//===- Enumerate.h - All mutants of a program -------------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INJECT_ENUMERATE_H
#define DYNFAULT_PASSES_INJECT_ENUMERATE_H

#include "passes/inject/FaultOperator.h"

#include <map>

namespace dynfault::inject {

/// A mutant that may be made: one fault with all its arguments.
struct MutantCandidate {
  const FaultOperator *op;
  std::string siteId;
  FaultArguments arguments;
  /// Nothing for an operator without parameters.
  std::optional<Severity> severity;
  /// The mutant's key (docs/archive.md).
  std::string key;
};

/// How many were rejected, by (kind, operator, reason). The kinds:
/// `equivalent` and `impossible` (the operator says so), `unchanged` (the
/// canonicalised mutant is the canonicalised program), `duplicate` (it is an
/// earlier mutant).
using Rejections =
    std::map<std::tuple<std::string, std::string, std::string>, size_t>;

struct EnumerationOptions {
  /// Empty: all.
  llvm::SmallVector<const FaultOperator *> operators;
  llvm::SmallVector<Severity> severities;
  /// Of drawn numbers, of faults that are random, and of the sample.
  uint64_t seed = 0;
};

/// Every (operator, site, arguments) that the registry permits: each choice of
/// each severity, one number drawn from each interval of each severity, and
/// their combinations. In the registry's and the program's order.
llvm::SmallVector<MutantCandidate>
findMutants(const program::Program &program, const EnumerationOptions &options,
            Rejections &rejections);

/// The candidates in an order in which every prefix is spread evenly over
/// classes, then operators, then severities; which candidate of a stratum comes
/// first is drawn with `seed`.
llvm::SmallVector<MutantCandidate>
stratify(llvm::SmallVector<MutantCandidate> candidates, uint64_t seed);

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_ENUMERATE_H
