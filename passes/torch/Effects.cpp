//===- Effects.cpp - What an operation does besides its result ------------===//

#include "passes/torch/Effects.h"
#include "passes/torch/Schemas.h"
#include "passes/torch/TorchOps.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::torch;

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

/// Whether a type of the schema carries one of PyTorch's alias annotations,
/// `Tensor(a)` or, where it is written, `Tensor(a!)`.
static bool isAnnotated(ArrayRef<SchemaArgument> arguments, StringRef mark) {
  return llvm::any_of(arguments, [mark](const SchemaArgument &argument) {
    return argument.type.contains(mark);
  });
}

bool dynfault::torch::mayAliasOperands(Operation *op) {
  // What has a declaration of its own (casts, slots, containers) may hand on an
  // operand.
  if (op->isRegistered() && !isa<OperatorOp>(op))
    return true;
  StringRef name = getTorchName(op);
  // In evaluation mode dropout returns its operand, which its schema hides.
  if (name.contains("dropout"))
    return true;
  SmallVector<Schema, 2> schemas = findSchemas(name);
  return schemas.empty() || llvm::any_of(schemas, [](const Schema &schema) {
           return isAnnotated(parseSignature(schema.text).results, "(");
         });
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

  StringRef name = getTorchName(op);
  auto [space, rest] = name.split('.');
  StringRef base = rest.take_until([](char c) { return c == '.'; });
  if (space == "prim")
    return base == "Print" || base == "RaiseException" || base == "Enter" ||
           base == "Exit";
  SmallVector<Schema, 2> schemas = findSchemas(name);
  return space != "aten" || schemas.empty() || isImpureByDefinition(base) ||
         llvm::any_of(schemas, [](const Schema &schema) {
           return isAnnotated(parseSignature(schema.text).arguments, "!");
         });
}
