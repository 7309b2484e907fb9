//===- Passes.h - Fault injection -------------------------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INJECT_PASSES_H
#define DYNFAULT_PASSES_INJECT_PASSES_H

#include "mlir/Pass/Pass.h"
#include <memory>

namespace dynfault::inject {

/// `--dynfault-inject="operator=... site=... PARAMETER=... severity=...
/// seed=..."`: injects one fault. The module records it in `dynfault.faults`.
std::unique_ptr<mlir::Pass> createInjectPass();

void registerPasses();

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_PASSES_H
