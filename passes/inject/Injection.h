//===- Injection.h - Puts one fault into a module ---------------*- C++ -*-===//
//
// What the inject pass and the enumeration of mutants share: a request is
// checked against the registry, parameters that are not given are drawn, the
// program is rewritten, and the module records what was done.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_INJECT_INJECTION_H
#define DYNFAULT_PASSES_INJECT_INJECTION_H

#include "passes/inject/FaultOperator.h"

#include "llvm/ADT/MapVector.h"

namespace dynfault::inject {

/// The module's record of its faults: an array of dictionaries {operator,
/// class, site, parameters, severity, before, after}; `severity` only where a
/// parameter was drawn.
inline constexpr llvm::StringLiteral kFaultsAttr = "dynfault.faults";

/// A fault as a user writes it.
struct FaultRequest {
  std::string operatorId;
  /// May be empty where there is only one site.
  std::string siteId;
  /// Parameters by name; those of the operator that are missing are drawn.
  llvm::MapVector<llvm::StringRef, std::string> values;
  /// What to draw from. Medium where nothing is said.
  std::string severity = "medium";
  uint64_t seed = 0;
};

/// Injects the fault. Reports, at the module, an unknown operator, site,
/// parameter or value with what is near or possible, a refused fault with the
/// reason, and a fault that the module has already.
mlir::LogicalResult injectFault(mlir::ModuleOp module,
                                const FaultRequest &request);

/// Rewrites with arguments that are known to be possible, and records the
/// fault. `severity` only where a parameter was drawn.
mlir::LogicalResult applyFault(mlir::ModuleOp module, const FaultOperator &op,
                               const FaultSite &site,
                               const FaultArguments &arguments, uint64_t seed,
                               std::optional<Severity> severity);

/// Why the arguments are refused together, if they are; each of them is not.
MaybeRefusal findRefusal(const FaultOperator &op, const FaultSite &site,
                         const FaultArguments &arguments);

/// `OPERATOR@SITE:NAME=VALUE,...`, parameters by name: the fault's part of a
/// mutant's key (docs/archive.md).
std::string getFaultKey(mlir::DictionaryAttr fault);

/// The same for a fault that is not in a module.
std::string makeFaultKey(const FaultOperator &op, llvm::StringRef siteId,
                         const FaultArguments &arguments, uint64_t seed);

/// Parses a mutant's key, `KEY[+KEY...]`, into requests in canonical order, so
/// that the order in which faults are written does not matter. Reports at the
/// module.
mlir::FailureOr<llvm::SmallVector<FaultRequest>>
parseMutantKey(mlir::ModuleOp module, llvm::StringRef key);

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_INJECTION_H
