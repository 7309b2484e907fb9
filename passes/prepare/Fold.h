//===- Fold.h - Operators on known scalars ----------------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_PREPARE_FOLD_H
#define DYNFAULT_PASSES_PREPARE_FOLD_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

namespace dynfault::prepare {

/// The value that `value` is a wider, narrower or annotated view of.
mlir::Value stripCasts(mlir::Value value);

/// Whether the operation's operands must have types that are declared
/// elsewhere: a terminator's those of the results of the operation around it.
bool hasFixedOperandTypes(mlir::Operation *op);

/// Whether the value is known to be None (true), known not to be (false), or
/// neither.
std::optional<bool> isNone(mlir::Value value);

/// The value as a Boolean constant, if it is one.
std::optional<bool> getConstantBool(mlir::Value value);

/// The result of an operator on constants of type int, float, bool or str as a
/// new constant, with Python's semantics, or null: the operator or an operand
/// is not known, or evaluating it would raise an exception.
mlir::Value foldScalars(mlir::Operation *op, mlir::OpBuilder &builder);

} // namespace dynfault::prepare

#endif // DYNFAULT_PASSES_PREPARE_FOLD_H
