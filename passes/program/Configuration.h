//===- Configuration.h - Kinds and their parameters -------------*- C++ -*-===//
//
// Initialisers, optimizers, schedules and data transforms are each a kind with
// named parameters. This is the one table of kinds, parameters, defaults and
// ranges; parsing, verification, fault operators and the archive writer read
// it.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_PROGRAM_CONFIGURATION_H
#define DYNFAULT_PASSES_PROGRAM_CONFIGURATION_H

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <limits>
#include <optional>

namespace dynfault::program {

/// A parameter of a kind: a float64, or what else `type` says. Integers is a
/// non-empty list in ascending order, which has no default.
struct ParameterSpec {
  enum class Type { Float, Integer, Boolean, Integers };
  llvm::StringRef name;
  Type type = Type::Float;
  /// Nothing: the parameter must be written.
  std::optional<double> defaultValue;
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  /// The maximum itself is not in the range.
  bool excludesMaximum = false;
};

struct KindSpec {
  llvm::StringRef kind;
  llvm::ArrayRef<ParameterSpec> parameters;
  /// What is wrong with parameters that are each in range (all are given), or
  /// an empty string. Null: nothing can be.
  llvm::StringRef (*findConflict)(mlir::DictionaryAttr parameters) = nullptr;

  const ParameterSpec *find(llvm::StringRef name) const;
};

/// Initialisers, after torch.nn.init and Keras.
llvm::ArrayRef<KindSpec> getInitKinds();
/// Optimizers, after torch.optim.
llvm::ArrayRef<KindSpec> getOptimizerKinds();
/// Learning-rate schedules, after torch.optim.lr_scheduler.
llvm::ArrayRef<KindSpec> getLrScheduleKinds();
/// Steps of a data recipe (docs/archive.md).
llvm::ArrayRef<KindSpec> getTransformKinds();

/// The kind of that name, or null.
const KindSpec *findKind(llvm::ArrayRef<KindSpec> kinds, llvm::StringRef kind);

/// The elements of a parameter of type Integers.
llvm::SmallVector<int64_t> getIntegers(mlir::Attribute list);

/// All parameters of `kind` in the table's order, defaults filled in.
mlir::DictionaryAttr withDefaults(const KindSpec &kind,
                                  mlir::DictionaryAttr parameters);

/// The candidate that is nearest to `word` by edit distance, or an empty string
/// where none is near enough to be meant.
llvm::StringRef nearest(llvm::StringRef word,
                        llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace dynfault::program

#endif // DYNFAULT_PASSES_PROGRAM_CONFIGURATION_H
