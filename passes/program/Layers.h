//===- Layers.h - Layers of a model -----------------------------*- C++ -*-===//
//
// What an operation is as a layer, in whatever form a program or an importer
// writes it: the one place that recognises linear and convolution layers,
// normalisation, recurrent layers, dropout, softmax, residual connections and
// the output layer. Attention: Attention.h.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_PROGRAM_LAYERS_H
#define DYNFAULT_PASSES_PROGRAM_LAYERS_H

#include "passes/program/Program.h"

namespace dynfault::program {

/// Visits the operations of all functions but the loss, nested ones included,
/// in order.
void walkModel(const Program &program,
               llvm::function_ref<void(mlir::Operation *)> visit);

/// The slot that `value` reads, through casts and through a transposition
/// (`aten.t`, or `aten.transpose.int` of two dimensions), which is reported.
/// Null where it reads none.
torch::GlobalSlotOp getSlot(mlir::Value value, bool *isTransposed = nullptr);

/// A tensor or an optional one that is not None.
bool isTensorOperand(mlir::Operation *op, unsigned index);

/// The integer that a value is written as, or nothing.
std::optional<int64_t> getConstantInt(mlir::Value value);
/// The number (float, int or Boolean) that a value is written as, or nothing.
std::optional<double> getConstantNumber(mlir::Value value);
/// The integers that a list is written as, or nothing.
std::optional<llvm::SmallVector<int64_t>> getConstantInts(mlir::Value value);

/// A layer that multiplies its input with a weight: linear or convolution.
struct WeightedLayer {
  enum class Kind { Linear, Convolution, TransposedConvolution };
  Kind kind = Kind::Linear;
  /// The product, whose site is the layer's.
  mlir::Operation *op = nullptr;
  /// The operation that gives the layer's output: the product itself, or the
  /// addition of a bias to a `matmul`.
  mlir::Operation *output = nullptr;
  unsigned inputIndex = 0, weightIndex = 1;
  /// The bias is operand `biasIndex` of `output`; nothing where the form has
  /// no place for one.
  std::optional<unsigned> biasIndex;
  torch::GlobalSlotOp weight, bias;
  /// The weight is stored as (in, out): `matmul(x, w)` without `t`.
  bool isInOut = false;

  mlir::Value getInput() const { return op->getOperand(inputIndex); }
  mlir::Value getOutput() const { return output->getResult(0); }
  bool isConvolution() const { return kind != Kind::Linear; }
};

/// The layer whose product `op` is, or nothing. Its weight is a slot.
std::optional<WeightedLayer> getWeightedLayer(mlir::Operation *op);

/// Where a convolution's arguments stand.
struct ConvolutionArguments {
  unsigned stride = 3, padding = 4, dilation = 5, groups = 6;
};
ConvolutionArguments getConvolutionArguments(mlir::Operation *convolution);

/// A max or average pooling with a window; not an adaptive one.
bool isPooling(mlir::Operation *op);

struct NormLayer {
  mlir::Operation *op;
  /// Of `weight`, `bias`, and of running mean and variance where it has them.
  llvm::SmallVector<unsigned> parameterIndices;
  /// Chooses batch or running statistics; nothing for layer and group norm.
  std::optional<unsigned> trainingIndex;
};
std::optional<NormLayer> getNormLayer(mlir::Operation *op);

struct RecurrentLayer {
  mlir::Operation *op;
  /// `lstm`, `gru`, `rnn_tanh` or `rnn_relu`.
  llvm::StringRef kind;
  /// Blocks of units in each weight: 4, 3, 1, 1.
  int64_t gates;
  bool isCell;
  /// All weights and biases; per layer and direction w_ih, w_hh, b_ih, b_hh.
  llvm::SmallVector<torch::GlobalSlotOp> parameters;
  bool hasBiases, isBidirectional;
};
/// The recurrent layer or cell that `op` is, all of whose parameters are slots.
std::optional<RecurrentLayer> getRecurrentLayer(mlir::Operation *op);

struct Dropout {
  mlir::Operation *op;
  unsigned rateIndex, trainingIndex;
};
std::optional<Dropout> getDropout(mlir::Operation *op);

/// The operand that holds the dimension of a softmax or log-softmax, else
/// nothing.
std::optional<unsigned> getSoftmaxDim(mlir::Operation *op);

/// An addition of a branch to what the branch started from.
struct Residual {
  mlir::Operation *add;
  unsigned branchIndex, skipIndex;
};
std::optional<Residual> getResidual(mlir::Operation *op);

/// Keeps each element's place and needs nothing else: activations, dropout,
/// casts, copies, in-place forms included.
bool isElementwise(mlir::Operation *op);

/// The layers whose output is the model's, up to element-wise operations.
bool isOutputLayer(const Program &program, const WeightedLayer &layer);

/// Whether `value` is computed from a tensor that enters the function.
bool dependsOnInput(mlir::Value value);

} // namespace dynfault::program

#endif // DYNFAULT_PASSES_PROGRAM_LAYERS_H
