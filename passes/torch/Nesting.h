//===- Nesting.h - How deep a text nests ------------------------*- C++ -*-===//
//
// MLIR's parser, verifier and printer call themselves for what is nested, so a
// text that nests deep enough ends them. It is refused before they see it.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCH_NESTING_H
#define DYNFAULT_PASSES_TORCH_NESTING_H

#include "llvm/ADT/StringRef.h"

namespace dynfault::torch {

/// Brackets within brackets that are read: far more than programs have, and far
/// fewer than the usual stack of 8 MiB holds.
inline constexpr unsigned kMaximumNesting = 1000;

/// The offset in `text` (MLIR) of the first bracket that is nested deeper, or
/// `npos`. O(n), without a copy.
size_t findTooDeepNesting(llvm::StringRef text);

} // namespace dynfault::torch

#endif // DYNFAULT_PASSES_TORCH_NESTING_H
