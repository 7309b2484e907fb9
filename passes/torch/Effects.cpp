//===- Effects.cpp - What an operation does besides its result ------------===//

#include "passes/torch/Effects.h"
#include "passes/torch/TorchOps.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dynfault;

/// Operators whose name does not show that they draw random numbers, update
/// running statistics, or act on the outside.
static bool isImpureByDefinition(StringRef base) {
  static const llvm::StringSet<> names = {
      "alpha_dropout",
      "backward",
      "batch_norm",
      "bernoulli",
      "binomial",
      "cudnn_batch_norm",
      "dropout",
      "feature_alpha_dropout",
      "feature_dropout",
      "gru",
      "instance_norm",
      "lstm",
      "manual_seed",
      "miopen_batch_norm",
      "multinomial",
      "native_batch_norm",
      "native_dropout",
      "normal",
      "poisson",
      "rand",
      "rand_like",
      "randint",
      "randint_like",
      "randn",
      "randn_like",
      "randperm",
      "rnn_relu",
      "rnn_tanh",
      "rrelu",
      "rrelu_with_noise",
      "save",
      "seed",
      "warn",
      "_batch_norm_impl_index",
      "_cudnn_rnn",
      "_fused_dropout",
      "_sample_dirichlet",
      "_standard_gamma",
  };
  return names.contains(base);
}

/// Python's list and dictionary methods keep their names without PyTorch's
/// trailing underscore.
static bool changesContainer(StringRef base, StringRef overload) {
  static const llvm::StringSet<> names = {
      "Delete", "_set_item", "append", "clear",      "extend", "insert",
      "pop",    "popitem",   "remove", "setdefault", "update", "reverse"};
  if (names.contains(base))
    return true;
  // Of a tensor a sorted copy, of a list the list itself.
  return base == "sort" && !overload.empty() && overload != "stable" &&
         overload != "dimname" && overload != "dimname_stable";
}

bool dynfault::torch::hasSideEffects(Operation *op) {
  for (Region &region : op->getRegions())
    for (Block &block : region)
      for (Operation &nested : block)
        if (!nested.hasTrait<OpTrait::IsTerminator>() &&
            hasSideEffects(&nested))
          return true;
  if (isa<PrimIfOp, PrimLoopOp>(op))
    return false;
  if (op->isRegistered() && !isa<OperatorOp>(op)) {
    // Reading, and making a list, can be left out where nobody looks.
    auto effects = dyn_cast<MemoryEffectOpInterface>(op);
    return !effects || effects.hasEffect<MemoryEffects::Write>() ||
           effects.hasEffect<MemoryEffects::Free>();
  }

  auto [space, rest] = getTorchName(op).split('.');
  auto [base, overload] = rest.split('.');
  if (space == "prim")
    return base == "Print" || base == "RaiseException";
  if (space != "aten")
    return true;
  bool isInPlace = base.ends_with("_") && !base.ends_with("__");
  bool writesOut =
      base.ends_with("_out") || overload == "out" || overload.ends_with("_out");
  return isInPlace || writesOut || isImpureByDefinition(base) ||
         changesContainer(base, overload);
}
