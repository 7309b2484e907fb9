//===- Passes.h - Passes over the torch dialect -----------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_TORCH_PASSES_H
#define DYNFAULT_PASSES_TORCH_PASSES_H

#include "mlir/Pass/Pass.h"

namespace dynfault::torch {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/torch/Passes.h.inc"

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_PASSES_H
