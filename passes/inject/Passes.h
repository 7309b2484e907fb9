//===- Passes.h - Fault injection -------------------------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INJECT_PASSES_H
#define DYNFAULT_PASSES_INJECT_PASSES_H

#include "mlir/Pass/Pass.h"
#include <memory>

namespace dynfault::inject {

/// `--dynfault-inject="operator=... site=... PARAMETER=... severity=...
/// seed=..."`: injects one fault. The module records it in `dynfault.faults`.
std::unique_ptr<mlir::Pass> createInjectPass();

/// `--dynfault-enumerate-mutants="out=DIR [sample=N seed=S severities=...
/// operators=... format=mlir|mlirbc|pt]"`: writes the mutants of a program and
/// a manifest (docs/mutants.md). The module itself is not changed.
std::unique_ptr<mlir::Pass> createEnumerateMutantsPass();

void registerPasses();

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_PASSES_H
