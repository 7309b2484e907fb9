//===- Activations.h - Activation functions ---------------------*- C++ -*-===//
//
// The one table of activation functions: what operation each is, and how it is
// built. Fault operators that change activations and the activation probe read
// it.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCH_ACTIVATIONS_H
#define DYNFAULT_PASSES_TORCH_ACTIVATIONS_H

#include "passes/torch/TorchBuilder.h"

namespace dynfault::torch {

struct Activation {
  /// PyTorch's name, `relu`.
  llvm::StringRef name;
  /// The operation that computes it, `aten.relu`; empty where it takes several.
  llvm::StringRef opName;
  /// Builds the function of `input`; the result has the input's type. Null for
  /// functions that are only recognised.
  mlir::Value (*build)(TorchBuilder &builder, mlir::Value input);
};

llvm::ArrayRef<Activation> getActivations();

/// The activation of that name, or null.
const Activation *findActivation(llvm::StringRef name);

/// The activation that `op` computes element by element, in place or not, or
/// null.
const Activation *getActivation(mlir::Operation *op);

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_ACTIVATIONS_H
