//===- Passes.h - Probe insertion -------------------------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INSTRUMENT_PASSES_H
#define DYNFAULT_PASSES_INSTRUMENT_PASSES_H

#include "passes/program/Program.h"

#include "mlir/Pass/Pass.h"

namespace dynfault::instrument {

#define GEN_PASS_DECL
#include "passes/instrument/Passes.h.inc"

/// Registers the four passes and the pipeline `--dynfault-instrument`.
void registerPasses();

/// The training step that a probe is put into, with an optimizer update.
/// Reports at the module what is missing, for `pass`.
mlir::FailureOr<program::TrainingStepOp>
getInstrumentableStep(const program::Program &program, llvm::StringRef pass);

/// Erases all operations of a kind in the step, so that inserting a probe twice
/// replaces it.
template <typename OpT>
void eraseAll(program::TrainingStepOp step) {
  for (OpT op : llvm::make_early_inc_range(step.getBody().getOps<OpT>()))
    op.erase();
}

} // namespace dynfault::instrument

#endif // DYNFAULT_PASSES_INSTRUMENT_PASSES_H
