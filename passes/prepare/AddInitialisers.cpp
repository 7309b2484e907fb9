//===- AddInitialisers.cpp - From trained weights to initialisers ---------===//
//
// An archive holds values, not where they came from. Each module of PyTorch has
// one way to draw its parameters (reset_parameters in torch/nn/modules), which
// the operation that reads them tells.
//
//===----------------------------------------------------------------------===//

#include "passes/prepare/Passes.h"
#include "passes/program/Layers.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringSet.h"
#include <cmath>

using namespace mlir;
using namespace dynfault;
using namespace dynfault::prepare;

namespace dynfault::prepare {
#define GEN_PASS_DEF_ADDINITIALISERS
#include "passes/prepare/Passes.h.inc"
} // namespace dynfault::prepare

namespace {
class Initialisers {
public:
  explicit Initialisers(ModuleOp module)
      : program(module), builder(module.getContext()) {}

  void run();

private:
  void visit(Operation *op);
  void visitWeighted(const program::WeightedLayer &layer);
  void visitNorm(const program::NormLayer &layer);
  void visitRecurrent(const program::RecurrentLayer &layer);
  void visitEmbedding(Operation *op);

  /// Gives the slot an initialiser unless it has one.
  void set(torch::GlobalSlotOp slot, StringRef kind,
           ArrayRef<std::pair<StringRef, double>> parameters = {});
  void setUniform(torch::GlobalSlotOp slot, double bound) {
    set(slot, "uniform", {{"low", -bound}, {"high", bound}});
  }
  /// Removes the imported values of slots that are drawn now.
  void dropValues();

  program::Program program;
  Builder builder;
  llvm::StringSet<> initialised;
};
} // namespace

/// The slot's sizes; empty unless they are static.
static ArrayRef<int64_t> getSizes(torch::GlobalSlotOp slot) {
  auto info = torch::getTensorInfo(slot.getTypeBound());
  return info && info->isStatic() ? *info->sizes : ArrayRef<int64_t>();
}

void Initialisers::set(torch::GlobalSlotOp slot, StringRef kind,
                       ArrayRef<std::pair<StringRef, double>> parameters) {
  if (!slot || slot->hasAttr("dynfault.init") || getSizes(slot).empty())
    return;
  NamedAttrList list;
  for (auto [name, value] : parameters)
    list.set(name, builder.getF64FloatAttr(value));
  slot->setAttr("dynfault.init", program::InitAttr::get(
                                     builder.getContext(), kind,
                                     list.getDictionary(builder.getContext())));
  initialised.insert(slot.getSymName());
}

void Initialisers::visitWeighted(const program::WeightedLayer &layer) {
  ArrayRef<int64_t> sizes = getSizes(layer.weight);
  // `matmul(x, w)` is no module's way to store a weight.
  if (sizes.size() < 2 || layer.isInOut)
    return;
  // torch.nn.init._calculate_fan_in_and_fan_out.
  double fanIn = 1;
  for (int64_t size : sizes.drop_front())
    fanIn *= size;
  // torch.nn.MultiheadAttention._reset_parameters.
  torch::GlobalSlotOp weight = layer.weight, bias = layer.bias;
  StringRef scope = weight.getSymName();
  bool isInProjection = scope.consume_back("in_proj_weight");
  bool isOutProjection =
      scope.consume_back("out_proj.weight") &&
      program.getModule().lookupSymbol((scope + "in_proj_weight").str());
  if (isInProjection)
    set(weight, "xavier_uniform");
  if (isInProjection || isOutProjection)
    set(bias, "zeros");
  set(weight, "kaiming_uniform", {{"a", std::sqrt(5.0)}});
  setUniform(bias, 1 / std::sqrt(fanIn));
}

void Initialisers::visitNorm(const program::NormLayer &layer) {
  // Weight, bias, running mean, running variance.
  static constexpr StringLiteral kinds[] = {"ones", "zeros", "zeros", "ones"};
  for (auto [index, kind] : llvm::zip(layer.parameterIndices, kinds))
    if (program::isTensorOperand(layer.op, index))
      set(program::getSlot(layer.op->getOperand(index)), kind);
}

void Initialisers::visitRecurrent(const program::RecurrentLayer &layer) {
  if (layer.parameters.size() < 2)
    return;
  ArrayRef<int64_t> sizes = getSizes(layer.parameters[1]);
  if (sizes.size() != 2)
    return;
  for (torch::GlobalSlotOp slot : layer.parameters)
    setUniform(slot, 1 / std::sqrt(double(sizes[1])));
}

void Initialisers::visitEmbedding(Operation *op) {
  // The row of a padding index must stay zero, which no initialiser does.
  std::optional<int64_t> padding = program::getConstantInt(op->getOperand(2));
  if (padding && *padding < 0)
    set(program::getSlot(op->getOperand(0)), "normal",
        {{"mean", 0.0}, {"std", 1.0}});
}

void Initialisers::visit(Operation *op) {
  if (auto layer = program::getWeightedLayer(op))
    return visitWeighted(*layer);
  if (auto layer = program::getNormLayer(op))
    return visitNorm(*layer);
  if (auto layer = program::getRecurrentLayer(op))
    return visitRecurrent(*layer);
  if (torch::getTorchName(op) == "aten.embedding")
    visitEmbedding(op);
}

void Initialisers::dropValues() {
  ModuleOp module = program.getModule();
  torch::InitializeGlobalSlotsOp initialize;
  module.walk([&](torch::InitializeGlobalSlotsOp op) { initialize = op; });
  if (!initialize)
    return;
  SmallVector<Attribute> names;
  SmallVector<Value> values, dropped;
  for (auto [name, value] : llvm::zip_equal(initialize.getSlotSymNames(),
                                            initialize.getInitialValues())) {
    if (initialised.contains(cast<FlatSymbolRefAttr>(name).getValue())) {
      dropped.push_back(value);
      continue;
    }
    names.push_back(name);
    values.push_back(value);
  }
  Block *block = initialize->getBlock();
  OpBuilder rewriter(initialize);
  rewriter.create<torch::InitializeGlobalSlotsOp>(
      initialize.getLoc(), rewriter.getArrayAttr(names), values);
  initialize.erase();
  for (Value value : dropped)
    if (Operation *op = value.getDefiningOp(); op && op->use_empty())
      op->erase();
  if (names.empty() && llvm::hasSingleElement(*block))
    block->getParentOp()->erase();
}

void Initialisers::run() {
  program::walkModel(program, [&](Operation *op) { visit(op); });
  dropValues();
  for (torch::GlobalSlotOp slot : program.getParameters())
    if (!slot->hasAttr("dynfault.init"))
      slot.emitRemark() << "parameter '" << slot.getSymName()
                        << "' is read by no layer with a known initialiser and "
                           "keeps its values; give it {dynfault.init = "
                           "#dynfault.init<...>}";
}

namespace {
struct AddInitialisersPass
    : public dynfault::prepare::impl::AddInitialisersBase<AddInitialisersPass> {
  void runOnOperation() override {
    if (failed(prepareProgram(getOperation())))
      return signalPassFailure();
    Initialisers(getOperation()).run();
  }
};
} // namespace
