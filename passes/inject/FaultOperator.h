//===- FaultOperator.h - Kinds of faults, as data ---------------*- C++ -*-===//
//
// A fault operator is a kind of fault, as in mutation testing. Operators are
// data: listings, the documentation page, error messages and the inject pass
// all read this one registry. Adding an operator means one file that defines
// it, one line in Registry.cpp, and one test.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_INJECT_FAULTOPERATOR_H
#define DYNFAULT_PASSES_INJECT_FAULTOPERATOR_H

#include "passes/program/Program.h"

#include "llvm/ADT/StringMap.h"
#include <string>

namespace dynfault::inject {

enum class Severity { Low, Medium, High };

/// A closed interval that a numeric parameter is drawn from.
struct Interval {
  double low, high;
};

/// A parameter of a fault: a number in a range, or one of several choices.
struct FaultParameter {
  llvm::StringRef name;
  llvm::StringRef description;

  // Numbers.
  double minimum = 0, maximum = 0;
  /// Drawn on a logarithmic scale.
  bool isLogarithmic = false;
  /// Per severity the intervals to draw from, each as likely as the others.
  llvm::ArrayRef<Interval> intervals[3] = {};

  // Choices, per severity; empty for a number.
  llvm::ArrayRef<llvm::StringRef> choices[3] = {};

  bool isChoice() const { return !choices[0].empty(); }
};

/// A value for each of an operator's parameters: a float64 or a string.
using FaultArguments = llvm::StringMap<mlir::Attribute>;

/// A place where an operator applies. `id` is stable (passes/program/Sites.h).
struct FaultSite {
  std::string id;
  mlir::Operation *op;
};

/// What was there, and what the fault put there, in words for a report.
struct FaultRecord {
  std::string before, after;
};

struct FaultOperator {
  llvm::StringRef id;
  llvm::StringRef name;
  /// `data`, `model`, `objective` or `optimization`: the label in fault typing.
  llvm::StringRef faultClass;
  llvm::StringRef description;
  /// What a site must be.
  llvm::StringRef siteRequirement;
  llvm::StringRef source;
  llvm::ArrayRef<FaultParameter> parameters;

  /// All sites in the program, in its order.
  llvm::SmallVector<FaultSite> (*findSites)(const program::Program &program);

  /// Why the choice is impossible at the site (shapes, equivalent mutant), or
  /// an empty string where it is possible. Null: every choice is possible.
  std::string (*refuses)(const FaultSite &site, const FaultParameter &parameter,
                         mlir::Attribute value);

  /// Rewrites the program at `site`. All arguments are present and in range.
  /// `seed` is for faults that are random themselves. On failure an error has
  /// been reported and the program is unchanged.
  mlir::LogicalResult (*apply)(const FaultSite &site,
                               const FaultArguments &arguments, uint64_t seed,
                               FaultRecord &record);

  /// The fault itself is random, so its seed is recorded with the parameters:
  /// another seed is another mutant.
  bool isRandom = false;
};

/// All operators, by class and id.
llvm::ArrayRef<const FaultOperator *> getFaultOperators();

/// The operator of that id, or null.
const FaultOperator *findFaultOperator(llvm::StringRef id);

/// The choices that `site` permits, mildest first.
llvm::SmallVector<llvm::StringRef>
getPermittedChoices(const FaultOperator &op, const FaultParameter &parameter,
                    const FaultSite &site);

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_FAULTOPERATOR_H
