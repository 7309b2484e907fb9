//===- Sites.h - Stable names of places in a program ------------*- C++ -*-===//
//
// A site's id joins baseline, mutant and trace, so it comes from the source
// scope and the operation (`conv1/relu`), never from a counter over the module.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_PROGRAM_SITES_H
#define DYNFAULT_PASSES_PROGRAM_SITES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/MapVector.h"
#include <string>

namespace dynfault::program {

/// Gives every torch operation of `module`'s functions that computes on tensors
/// an explicit `dynfault.site`, so that later rewrites do not rename sites.
/// In order of preference the id is
///   1. the `dynfault.site` that stands there,
///   2. the name in its location (torch-mlir writes `"scope/op"`),
///   3. scope of the weight slot that it reads, or else of the operation that
///      made its first tensor operand, and its own name: `fc1/linear`,
///      `fc1/relu`.
/// A second operation of that id in the same scope gets `.1`, and so on. What
/// only a fault has (`dynfault.injected`) is no site. Two explicit sites of one
/// name are an error with a note at the other place.
mlir::LogicalResult assignSites(mlir::ModuleOp module);

/// Whether the operation can be a site: one that computes tensors. Constants,
/// containers, casts and slot accesses are none.
bool computesOnTensors(mlir::Operation *op);

/// `relu` of `aten.relu_`, `linear` of `aten.linear`, `add` of
/// `aten.add.Tensor`.
llvm::StringRef getShortName(mlir::Operation *op);

/// The operation's site, or an empty string.
llvm::StringRef getSite(mlir::Operation *op);

/// The input of an activation function that is no single operation: the
/// attribute `dynfault.pre_activation = {kind = ..., site = ...}` of the
/// operation that computes it.
struct PreActivation {
  llvm::StringRef kind, site;
};

/// Marks `value` as the input of the activation `kind` at `site`. An argument
/// of a function cannot be marked and is left as it is.
void markPreActivation(mlir::Value value, llvm::StringRef kind,
                       llvm::StringRef site);

/// What the operation's result is marked as, or nothing.
std::optional<PreActivation> getPreActivation(mlir::Operation *op);

} // namespace dynfault::program

#endif // DYNFAULT_PASSES_PROGRAM_SITES_H
