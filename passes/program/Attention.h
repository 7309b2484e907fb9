//===- Attention.h - Attention in a model -----------------------*- C++ -*-===//
//
// Scaled dot-product attention (Vaswani et al. 2017) as programs write it: by
// hand, as torch.nn.MultiheadAttention scripts or traces, or as one operation;
// and the additive attention of graphs (Velickovic et al. 2018).
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_PROGRAM_ATTENTION_H
#define DYNFAULT_PASSES_PROGRAM_ATTENTION_H

#include "passes/program/Layers.h"

namespace dynfault::program {

struct Attention {
  /// The softmax over the scores, or the one operation that does all; its site
  /// is the attention's.
  mlir::Operation *op = nullptr;
  /// The product of queries and keys, or their sum under an activation; null
  /// for one operation.
  mlir::Operation *scores = nullptr;
  /// What puts a mask on the scores: an addition, a `masked_fill`, a `where`,
  /// or the `baddbmm` that is `scores`; null where nothing does.
  mlir::Operation *mask = nullptr;
  unsigned maskIndex = 0;
  /// Multiplications and divisions by a number before the softmax, of scores,
  /// queries or keys, that make up 1 / sqrt(d).
  llvm::SmallVector<mlir::Operation *, 2> scales;

  bool isFused() const { return scores == nullptr; }
};

/// The attention whose softmax (or single operation) `op` is, or nothing.
std::optional<Attention> getAttention(mlir::Operation *op);

/// Adds positions to a sequence: an addition of something that does not depend
/// on the input's values and has at least two dimensions that are not 1.
struct PositionalEncoding {
  mlir::Operation *add;
  unsigned sequenceIndex, positionsIndex;
};
std::optional<PositionalEncoding> getPositionalEncoding(mlir::Operation *op);

} // namespace dynfault::program

#endif // DYNFAULT_PASSES_PROGRAM_ATTENTION_H
