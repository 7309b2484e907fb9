//===- TorchBuilder.h - Builds torch operations -----------------*- C++ -*-===//
//
// A small layer over OpBuilder for rewrites that compute with tensors and
// scalars: one call per operation, result types that follow the first tensor.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCH_TORCHBUILDER_H
#define DYNFAULT_PASSES_TORCH_TORCHBUILDER_H

#include "mlir/IR/Builders.h"

namespace dynfault::torch {

class TorchBuilder {
public:
  TorchBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::Value none();
  mlir::Value constant(int64_t value);
  mlir::Value constant(double value);
  mlir::Value constant(bool value);

  /// `torch.<name> operands -> result`.
  mlir::Value op(llvm::StringRef name, mlir::ValueRange operands,
                 mlir::Type result);
  /// The same, the result typed as the first operand.
  mlir::Value op(llvm::StringRef name, mlir::ValueRange operands);

  /// The mean over all elements, of type `result` (rank 0).
  mlir::Value mean(mlir::Value tensor, mlir::Type result);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
};

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_TORCHBUILDER_H
