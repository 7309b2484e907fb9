//===- OutVariant.h - Operators that write into given memory ----*- C++ -*-===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_OUTVARIANT_H
#define DYNFAULT_RUNTIME_CURVATURE_OUTVARIANT_H

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/util/Optional.h>

namespace dynfault {

/// The overload of an operator that takes the same arguments, and after them
/// one tensor for each of the `results` to be written into, and has a kernel of
/// its own for the CPU: `aten::mm.out` for `aten::mm`,
/// `aten::tanh_backward.grad_input` for `aten::tanh_backward`. None if there is
/// none; overloads that only copy the other's result do not count.
c10::optional<c10::OperatorHandle> findOutVariant(const c10::OperatorHandle &op,
                                                  size_t results);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_OUTVARIANT_H
