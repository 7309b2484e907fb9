//===- FaultOperator.h - Kinds of faults, as data ---------------*- C++ -*-===//
//
// A fault operator is a kind of fault, as in mutation testing. Operators are
// data: listings, the documentation page, error messages, the inject pass and
// the enumeration of mutants all read this one registry. Adding an operator
// means one file that defines it, one line each in Operators.h and
// Registry.cpp, and one test.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_INJECT_FAULTOPERATOR_H
#define DYNFAULT_PASSES_INJECT_FAULTOPERATOR_H

#include "passes/program/Program.h"

#include "llvm/ADT/StringMap.h"
#include <optional>
#include <string>

namespace dynfault::inject {

enum class Severity { Low, Medium, High };
inline constexpr llvm::StringLiteral kSeverityNames[] = {"low", "medium",
                                                         "high"};

/// A closed interval of a numeric parameter.
struct Interval {
  double low, high;
};

/// A parameter of a fault: a number or an integer in a range, or one of several
/// choices, which are numbers, integers or words.
struct FaultParameter {
  enum class Type { Number, Integer, Text };

  llvm::StringRef name;
  llvm::StringRef description;
  Type type = Type::Text;

  /// What may be given, where the parameter is no choice.
  Interval range = {0, 0};
  /// Drawn on a logarithmic scale.
  bool isLogarithmic = false;
  /// Per severity the intervals to draw from, each as likely as the others.
  llvm::ArrayRef<Interval> intervals[3] = {};

  /// Per severity what may be given and drawn; numbers as formatNumber()
  /// writes them.
  llvm::ArrayRef<llvm::StringRef> choices[3] = {};

  bool isChoice() const {
    return !choices[0].empty() || !choices[1].empty() || !choices[2].empty();
  }

  /// A float64 in `range`.
  static constexpr FaultParameter
  number(llvm::StringRef name, llvm::StringRef description, Interval range,
         llvm::ArrayRef<Interval> low, llvm::ArrayRef<Interval> medium,
         llvm::ArrayRef<Interval> high) {
    return {name, description, Type::Number, range, false, {low, medium, high}};
  }
  /// The same, drawn on a logarithmic scale; the range is positive.
  static constexpr FaultParameter
  logarithmic(llvm::StringRef name, llvm::StringRef description, Interval range,
              llvm::ArrayRef<Interval> low, llvm::ArrayRef<Interval> medium,
              llvm::ArrayRef<Interval> high) {
    return {name, description, Type::Number, range, true, {low, medium, high}};
  }
  /// An int64 in `range`.
  static constexpr FaultParameter
  integer(llvm::StringRef name, llvm::StringRef description, Interval range,
          llvm::ArrayRef<Interval> low, llvm::ArrayRef<Interval> medium,
          llvm::ArrayRef<Interval> high) {
    return {name,  description, Type::Integer,
            range, false,       {low, medium, high}};
  }
  /// One of some words. A severity may have none.
  static constexpr FaultParameter choice(llvm::StringRef name,
                                         llvm::StringRef description,
                                         llvm::ArrayRef<llvm::StringRef> low,
                                         llvm::ArrayRef<llvm::StringRef> medium,
                                         llvm::ArrayRef<llvm::StringRef> high,
                                         Type type = Type::Text) {
    return {name, description, type, {0, 0}, false, {}, {low, medium, high}};
  }
};

/// A value for each of an operator's parameters: a float64, an int64 or a
/// string, after the parameter's type.
class FaultArguments : public llvm::StringMap<mlir::Attribute> {
public:
  double getNumber(llvm::StringRef name) const;
  int64_t getInteger(llvm::StringRef name) const;
  llvm::StringRef getText(llvm::StringRef name) const;
};

/// A place where an operator applies. `id` is stable (passes/program/Sites.h).
struct FaultSite {
  std::string id;
  mlir::Operation *op;
};

/// What was there, and what the fault put there, in words for a report.
struct FaultRecord {
  std::string before, after;
};

/// Why a fault cannot be put in.
struct Refusal {
  /// The mutant would behave as the program does, or the program cannot have
  /// it (shapes, a part that is missing). They are counted apart.
  enum Kind { Equivalent, Impossible } kind;
  /// A clause without a full stop, e.g. "the activation is 'relu' already".
  std::string reason;
};
using MaybeRefusal = std::optional<Refusal>;
/// `reason`, completed with ", so the mutant would be equivalent".
Refusal equivalent(const llvm::Twine &reason);
Refusal impossible(const llvm::Twine &reason);

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

  /// Why one value is refused at the site, whatever the other arguments are.
  /// Null: every value is possible.
  MaybeRefusal (*refuses)(const FaultSite &site,
                          const FaultParameter &parameter,
                          mlir::Attribute value);

  /// Rewrites the program at `site`. All arguments are present, in range and
  /// not refused. `seed` is for faults that are random themselves. On failure
  /// an error has been reported and the program is unchanged. What is new
  /// keeps the `dynfault.site` of what it replaces.
  mlir::LogicalResult (*apply)(const FaultSite &site,
                               const FaultArguments &arguments, uint64_t seed,
                               FaultRecord &record);

  /// The fault itself is random, so its seed is recorded with the parameters:
  /// another seed is another mutant.
  bool isRandom = false;

  /// Why the arguments are refused together. Called after `refuses`; also for
  /// operators without parameters. Null: they never are.
  MaybeRefusal (*refusesTogether)(const FaultSite &site,
                                  const FaultArguments &arguments) = nullptr;

  /// The part of a numeric parameter's range that the site permits. Null: all.
  Interval (*getRange)(const FaultSite &site,
                       const FaultParameter &parameter) = nullptr;

  /// The rewrite reaches beyond its site (re-fits neighbours, removes
  /// operations): it does not commute with other faults of the model.
  bool isStructural = false;

  /// What it changes where several operators share a site, e.g. `epochs` of
  /// the schedule: faults of different aspects commute. Empty: all of it.
  llvm::StringRef aspect = {};

  /// The same operator with one of the properties that few have.
  constexpr FaultOperator random() const {
    FaultOperator op = *this;
    op.isRandom = true;
    return op;
  }
  constexpr FaultOperator
  refusingTogether(MaybeRefusal (*function)(const FaultSite &,
                                            const FaultArguments &)) const {
    FaultOperator op = *this;
    op.refusesTogether = function;
    return op;
  }
  constexpr FaultOperator withRange(
      Interval (*function)(const FaultSite &, const FaultParameter &)) const {
    FaultOperator op = *this;
    op.getRange = function;
    return op;
  }
  constexpr FaultOperator structural() const {
    FaultOperator op = *this;
    op.isStructural = true;
    return op;
  }
  constexpr FaultOperator changing(llvm::StringRef what) const {
    FaultOperator op = *this;
    op.aspect = what;
    return op;
  }
};

/// All operators, by class and id.
llvm::ArrayRef<const FaultOperator *> getFaultOperators();

/// The operator of that id, or null.
const FaultOperator *findFaultOperator(llvm::StringRef id);

/// The value that `text` spells, or null where it is none of the parameter's
/// type (a choice must be one of the choices; ranges are not looked at).
mlir::Attribute parseValue(const FaultParameter &parameter,
                           llvm::StringRef text, mlir::MLIRContext *context);

/// The value as parseValue() reads it: `0.5`, `4`, `relu`.
std::string formatValue(mlir::Attribute value);

/// All choices, mildest first, each once.
llvm::SmallVector<llvm::StringRef> getChoices(const FaultParameter &parameter);

/// The choices that `site` permits, mildest first.
llvm::SmallVector<llvm::StringRef>
getPermittedChoices(const FaultOperator &op, const FaultParameter &parameter,
                    const FaultSite &site);

/// Whether each parameter has a value that the site permits, and an operator
/// without parameters is not refused.
bool isPossible(const FaultOperator &op, const FaultSite &site);

/// The range that `site` permits.
Interval getPermittedRange(const FaultOperator &op,
                           const FaultParameter &parameter,
                           const FaultSite &site);

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_FAULTOPERATOR_H
