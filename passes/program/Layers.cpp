//===- Layers.cpp - Layers of a model -------------------------------------===//

#include "passes/program/Layers.h"
#include "passes/torch/Activations.h"
#include "passes/torch/ShapeInference.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::program;
using dynfault::torch::getBaseName;
using dynfault::torch::GlobalSlotOp;

void dynfault::program::walkModel(const Program &program,
                                  function_ref<void(Operation *)> visit) {
  ModuleOp module = program.getModule();
  func::FuncOp loss = program.getLoss();
  for (auto function : module.getOps<func::FuncOp>())
    if (function != loss)
      function.walk<WalkOrder::PreOrder>([&](Operation *op) { visit(op); });
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// What a cast casts, or the value itself.
static Value skipCasts(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    StringRef name = op->getName().getStringRef();
    if (name != "torch.derefine" && name != "torch.tensor_static_info_cast" &&
        name != "torch.copy.to_tensor" && name != "torch.copy.to_vtensor" &&
        name != "torch.prim.unchecked_cast")
      break;
    value = op->getOperand(0);
  }
  return value;
}

GlobalSlotOp dynfault::program::getSlot(Value value, bool *isTransposed) {
  bool transposed = false;
  while (true) {
    value = skipCasts(value);
    Operation *op = value.getDefiningOp();
    if (!op)
      return {};
    if (auto get = dyn_cast<torch::GlobalSlotGetOp>(op)) {
      if (isTransposed)
        *isTransposed = transposed;
      else if (transposed)
        return {};
      return SymbolTable::lookupNearestSymbolFrom<GlobalSlotOp>(
          op, get.getSlotAttr());
    }
    StringRef name = getBaseName(op);
    if (name != "aten.t" && name != "aten.transpose" && name != "aten.numpy_T")
      return {};
    transposed = !transposed;
    value = op->getOperand(0);
  }
}

bool dynfault::program::isTensorOperand(Operation *op, unsigned index) {
  if (index >= op->getNumOperands())
    return false;
  Value value = skipCasts(op->getOperand(index));
  return torch::getTensorInfo(value.getType()).has_value();
}

std::optional<int64_t> dynfault::program::getConstantInt(Value value) {
  auto constant = skipCasts(value).getDefiningOp<torch::ConstantIntOp>();
  if (!constant)
    return std::nullopt;
  return constant.getValueAttr().getInt();
}

std::optional<double> dynfault::program::getConstantNumber(Value value) {
  value = skipCasts(value);
  if (auto constant = value.getDefiningOp<torch::ConstantFloatOp>())
    return constant.getValueAttr().getValueAsDouble();
  if (auto constant = value.getDefiningOp<torch::ConstantBoolOp>())
    return constant.getValue();
  if (auto constant = getConstantInt(value))
    return *constant;
  // A tensor of one known element, as traces have it.
  if (Operation *op = value.getDefiningOp();
      isa_and_nonnull<torch::ValueTensorLiteralOp,
                      torch::NonValueTensorLiteralOp>(op)) {
    auto elements = dyn_cast<DenseElementsAttr>(op->getAttr("value"));
    if (elements && elements.isSplat() &&
        isa<FloatType>(elements.getElementType()))
      return elements.getSplatValue<APFloat>().convertToDouble();
  }
  return std::nullopt;
}

std::optional<SmallVector<int64_t>>
dynfault::program::getConstantInts(Value value) {
  auto list = skipCasts(value).getDefiningOp<torch::PrimListConstructOp>();
  if (!list)
    return std::nullopt;
  SmallVector<int64_t> values;
  for (Value element : list.getElements()) {
    std::optional<int64_t> constant = getConstantInt(element);
    if (!constant)
      return std::nullopt;
    values.push_back(*constant);
  }
  return values;
}

//===----------------------------------------------------------------------===//
// Layers with weights
//===----------------------------------------------------------------------===//

static bool hasRank(GlobalSlotOp slot, size_t rank) {
  auto info = torch::getTensorInfo(slot.getTypeBound());
  return info && info->sizes && info->sizes->size() == rank;
}

/// `matmul(x, w) + b`: the addition and the bias's place in it.
static void findBiasAddition(WeightedLayer &layer) {
  Value product = layer.op->getResult(0);
  if (!product.hasOneUse())
    return;
  Operation *add = *product.getUsers().begin();
  if (getBaseName(add) != "aten.add" || add->getNumOperands() != 3)
    return;
  unsigned other = add->getOperand(0) == product ? 1 : 0;
  GlobalSlotOp bias = getSlot(add->getOperand(other));
  if (!bias || !hasRank(bias, 1) ||
      getConstantNumber(add->getOperand(2)).value_or(0) != 1)
    return;
  layer.output = add;
  layer.bias = bias;
  layer.biasIndex = other;
}

std::optional<WeightedLayer>
dynfault::program::getWeightedLayer(Operation *op) {
  StringRef name = getBaseName(op);
  if (!name.consume_front("aten.") || op->getNumOperands() < 2 ||
      op->getNumResults() != 1)
    return std::nullopt;
  WeightedLayer layer;
  layer.op = layer.output = op;
  bool transposed = false;
  if (name == "linear" || name == "conv1d" || name == "conv2d" ||
      name == "conv3d" || name == "convolution" || name == "_convolution" ||
      name.starts_with("conv_transpose")) {
    layer.weight = getSlot(op->getOperand(1));
    if (!layer.weight || op->getNumOperands() < 3)
      return std::nullopt;
    layer.biasIndex = 2;
    layer.bias = getSlot(op->getOperand(2));
    if (name != "linear")
      layer.kind = WeightedLayer::Kind::Convolution;
    if (name.starts_with("conv_transpose"))
      layer.kind = WeightedLayer::Kind::TransposedConvolution;
    if (name.ends_with("convolution")) {
      std::optional<double> flag = getConstantNumber(op->getOperand(6));
      if (!flag)
        return std::nullopt;
      if (*flag)
        layer.kind = WeightedLayer::Kind::TransposedConvolution;
    }
    return layer;
  }
  if (name == "addmm") {
    layer.inputIndex = 1;
    layer.weightIndex = 2;
    layer.biasIndex = 0;
    layer.bias = getSlot(op->getOperand(0));
  } else if (name != "matmul" && name != "mm") {
    return std::nullopt;
  }
  layer.weight = getSlot(op->getOperand(layer.weightIndex), &transposed);
  if (!layer.weight || !hasRank(layer.weight, 2) ||
      getSlot(layer.getInput(), &transposed))
    return std::nullopt;
  getSlot(op->getOperand(layer.weightIndex), &transposed);
  layer.isInOut = !transposed;
  if (name != "addmm")
    findBiasAddition(layer);
  return layer;
}

ConvolutionArguments
dynfault::program::getConvolutionArguments(Operation *convolution) {
  StringRef name = getBaseName(convolution);
  if (name.ends_with("convolution"))
    return {3, 4, 5, 8};
  if (name.starts_with("aten.conv_transpose"))
    return {3, 4, 7, 6};
  return {};
}

bool dynfault::program::isPooling(Operation *op) {
  StringRef name = getBaseName(op);
  if (!name.consume_front("aten.") || op->getNumResults() != 1)
    return false;
  return name == "max_pool1d" || name == "max_pool2d" || name == "max_pool3d" ||
         name == "avg_pool1d" || name == "avg_pool2d" || name == "avg_pool3d";
}

std::optional<NormLayer> dynfault::program::getNormLayer(Operation *op) {
  StringRef name = getBaseName(op);
  if (name == "aten.batch_norm" || name == "aten.instance_norm")
    return NormLayer{op, {1, 2, 3, 4}, 5};
  if (name == "aten.layer_norm" || name == "aten.group_norm")
    return NormLayer{op, {2, 3}, std::nullopt};
  return std::nullopt;
}

std::optional<RecurrentLayer>
dynfault::program::getRecurrentLayer(Operation *op) {
  StringRef name = getBaseName(op);
  if (!name.consume_front("aten."))
    return std::nullopt;
  bool isCell = name.consume_back("_cell");
  int64_t gates = llvm::StringSwitch<int64_t>(name)
                      .Case("lstm", 4)
                      .Case("gru", 3)
                      .Cases("rnn_tanh", "rnn_relu", 1)
                      .Default(0);
  if (gates == 0 || op->getNumOperands() < 6)
    return std::nullopt;
  RecurrentLayer layer{op, name, gates, isCell, {}, true, false};
  SmallVector<Value> parameters;
  if (isCell) {
    for (unsigned i = 2; i < 6; ++i)
      if (isTensorOperand(op, i))
        parameters.push_back(op->getOperand(i));
    layer.hasBiases = parameters.size() == 4;
  } else {
    auto list = op->getOperand(2).getDefiningOp<torch::PrimListConstructOp>();
    if (!list || op->getNumOperands() != 9)
      return std::nullopt;
    llvm::append_range(parameters, list.getElements());
    layer.hasBiases = getConstantNumber(op->getOperand(3)).value_or(1) != 0;
    layer.isBidirectional =
        getConstantNumber(op->getOperand(7)).value_or(0) != 0;
  }
  for (Value parameter : parameters) {
    GlobalSlotOp slot = getSlot(parameter);
    if (!slot)
      return std::nullopt;
    layer.parameters.push_back(slot);
  }
  // A projected LSTM has a fifth weight.
  if (parameters.empty() || parameters.size() % (layer.hasBiases ? 4 : 2))
    return std::nullopt;
  return layer;
}

std::optional<Dropout> dynfault::program::getDropout(Operation *op) {
  StringRef name = getBaseName(op);
  if (name == "aten.dropout" || name == "aten.alpha_dropout" ||
      name == "aten.feature_dropout" || name == "aten.feature_alpha_dropout" ||
      name == "aten.native_dropout")
    return Dropout{op, 1, 2};
  return std::nullopt;
}

std::optional<unsigned> dynfault::program::getSoftmaxDim(Operation *op) {
  StringRef name = getBaseName(op);
  if (name == "aten.softmax" || name == "aten.log_softmax" ||
      name == "aten._softmax" || name == "aten._log_softmax")
    return 1;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Connections
//===----------------------------------------------------------------------===//

bool dynfault::program::isElementwise(Operation *op) {
  if (torch::getActivation(op) || getDropout(op) || isa<ProbeActivationOp>(op))
    return true;
  StringRef name = getBaseName(op);
  return llvm::StringSwitch<bool>(name)
      .Cases("aten.relu", "aten.contiguous", "aten.clone", "aten.detach",
             "aten.to", "aten.exp", true)
      .Cases("aten.leaky_relu", "aten.elu", "aten.selu", "aten.gelu",
             "aten.silu", "aten.tanh", "aten.sigmoid", true)
      .Cases("aten.clamp", "aten.type_as", "aten.neg", "aten.abs",
             "aten.softplus", true)
      .Default(false);
}

/// How many layers with weights lie between a value and each tensor that it is
/// computed from, at most.
static llvm::DenseMap<Value, unsigned> getAncestors(Value value) {
  llvm::DenseMap<Value, unsigned> depths;
  SmallVector<std::pair<Value, unsigned>> worklist{{value, 0}};
  while (!worklist.empty()) {
    auto [current, depth] = worklist.pop_back_val();
    auto [entry, isNew] = depths.try_emplace(current, depth);
    if (!isNew) {
      if (entry->second >= depth)
        continue;
      entry->second = depth;
    }
    Operation *op = current.getDefiningOp();
    if (!op)
      continue;
    bool hasWeight = getWeightedLayer(op) || getRecurrentLayer(op);
    for (Value operand : op->getOperands())
      worklist.push_back({operand, depth + hasWeight});
  }
  return depths;
}

std::optional<Residual> dynfault::program::getResidual(Operation *op) {
  if (getBaseName(op) != "aten.add" || op->getNumOperands() != 3 ||
      !isTensorOperand(op, 0) || !isTensorOperand(op, 1))
    return std::nullopt;
  Value left = op->getOperand(0), right = op->getOperand(1);
  if (left == right || !dependsOnInput(left) || !dependsOnInput(right))
    return std::nullopt;
  auto leftAncestors = getAncestors(left), rightAncestors = getAncestors(right);
  if (leftAncestors.contains(right))
    return Residual{op, 0, 1};
  if (rightAncestors.contains(left))
    return Residual{op, 1, 0};
  // A projection in the skip: the branch with more layers since the two parted.
  unsigned leftDepth = ~0u, rightDepth = ~0u;
  for (auto [value, depth] : leftAncestors) {
    auto found = rightAncestors.find(value);
    if (found == rightAncestors.end() || !dependsOnInput(value) ||
        !torch::getTensorInfo(value.getType()))
      continue;
    if (depth + found->second < leftDepth + rightDepth || leftDepth == ~0u) {
      leftDepth = depth;
      rightDepth = found->second;
    }
  }
  if (leftDepth == ~0u || leftDepth == rightDepth)
    return std::nullopt;
  return leftDepth > rightDepth ? Residual{op, 0, 1} : Residual{op, 1, 0};
}

bool dynfault::program::isOutputLayer(const Program &program,
                                      const WeightedLayer &layer) {
  func::FuncOp forward = program.getForward();
  if (!forward || forward.isExternal())
    return false;
  SmallVector<Value> worklist{layer.getOutput()};
  llvm::DenseSet<Value> seen;
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    for (Operation *user : value.getUsers()) {
      if (user->hasTrait<OpTrait::IsTerminator>()) {
        // The output of a function that @forward calls: its caller decides.
        auto function = dyn_cast<func::FuncOp>(user->getParentOp());
        if (function == forward)
          return true;
        if (!function)
          llvm::append_range(worklist, user->getParentOp()->getResults());
        else if (auto uses =
                     SymbolTable::getSymbolUses(function, program.getModule()))
          for (SymbolTable::SymbolUse use : *uses)
            llvm::append_range(worklist, use.getUser()->getResults());
      } else if (isElementwise(user) || getSoftmaxDim(user)) {
        llvm::append_range(worklist, user->getResults());
      }
    }
  }
  return false;
}

bool dynfault::program::dependsOnInput(Value value) {
  SmallVector<Value> worklist{value};
  llvm::DenseSet<Value> seen;
  while (!worklist.empty()) {
    Value current = worklist.pop_back_val();
    if (!seen.insert(current).second)
      continue;
    Operation *op = current.getDefiningOp();
    if (!op) {
      if (torch::getTensorInfo(current.getType()))
        return true;
      continue;
    }
    // A size is no value.
    StringRef name = getBaseName(op);
    if (name == "aten.size" || name.ends_with("_like") ||
        name.starts_with("aten.new_"))
      continue;
    llvm::append_range(worklist, op->getOperands());
    for (Region &region : op->getRegions())
      if (!region.empty())
        llvm::append_range(worklist,
                           region.front().getTerminator()->getOperands());
  }
  return false;
}
