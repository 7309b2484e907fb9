//===- Refit.cpp - Plans what a changed size needs ------------------------===//
//
// The sizes are followed from the program's input again, with the changes asked
// for. Each operation whose input differs from before is fitted, and where only
// another producer can be (the other branch of a residual addition), that is
// changed and everything is followed again. What no rule covers is refused with
// the operation's name.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Refit.h"
#include "passes/program/Sites.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using namespace dynfault::program;
using dynfault::torch::Fact;
using dynfault::torch::getBaseName;
using dynfault::torch::GlobalSlotOp;
using dynfault::torch::Inference;
using dynfault::torch::Sizes;

static bool isDynamic(int64_t size) { return ShapedType::isDynamic(size); }

/// More rounds than any chain of residual blocks needs.
static constexpr unsigned kMaxRounds = 1000;

Refit::Refit(const Program &program)
    : ShapeAnalysis(program.getModule()), program(program),
      before(program.getModule()) {
  func::FuncOp forward = program.getForward();
  beforeReason =
      forward ? before.run(forward) : "the module has no function '@forward'";
}

std::string Refit::cannot(Operation *op, const Twine &reason) const {
  StringRef site = getSite(op);
  std::string name =
      site.empty() ? op->getName().getStringRef().str() : site.str();
  return ("'" + name + "' is in the way: " + reason).str();
}

//===----------------------------------------------------------------------===//
// Requests
//===----------------------------------------------------------------------===//

Sizes Refit::getSizes(GlobalSlotOp slot) const {
  auto found = slots.find(slot);
  if (found != slots.end())
    return found->second;
  Fact sizes = ShapeAnalysis::getSlotSizes(slot);
  return sizes ? *sizes : Sizes();
}

std::string Refit::resize(GlobalSlotOp slot, ArrayRef<int64_t> sizes) {
  Sizes current = getSizes(slot), wanted(sizes.begin(), sizes.end());
  if (current == wanted)
    return {};
  if (current.size() != wanted.size())
    return ("the parameter '" + slot.getSymName() +
            "' has no known sizes; give its slot a type such as "
            "!torch.vtensor<[8,4],f32>")
        .str();
  auto info = torch::getTensorInfo(slot.getTypeBound());
  if (!info->isStatic())
    return ("the parameter '" + slot.getSymName() + "' has no static shape")
        .str();
  if (!slot->hasAttr("dynfault.init"))
    return ("the parameter '" + slot.getSymName() +
            "' has no initialiser, so it cannot have another size; add "
            "{dynfault.init = #dynfault.init<...>}")
        .str();
  // A dimension that was changed before and must now be something else serves
  // two layers that do not agree.
  if (slots.contains(slot))
    for (size_t i = 0; i < wanted.size(); ++i)
      if (current[i] != wanted[i] && current[i] != (*info->sizes)[i])
        return ("the parameter '" + slot.getSymName() +
                "' would need two sizes at once")
            .str();
  slots[slot] = wanted;
  return {};
}

std::string Refit::resize(GlobalSlotOp slot, unsigned dim, int64_t size) {
  Sizes sizes = getSizes(slot);
  if (dim >= sizes.size())
    return ("the parameter '" + slot.getSymName() + "' has no known sizes")
        .str();
  sizes[dim] = size;
  return resize(slot, sizes);
}

void Refit::setIntegers(Operation *op, unsigned index,
                        ArrayRef<int64_t> values) {
  constants[{op, index}] = Sizes(values.begin(), values.end());
}

void Refit::bypass(Operation *op, unsigned operand) { bypassed[op] = operand; }

/// The dimension of a layer's weight that counts its outputs, and its inputs.
static std::pair<unsigned, unsigned> getWeightDims(const WeightedLayer &layer) {
  bool isSwapped =
      layer.isInOut || layer.kind == WeightedLayer::Kind::TransposedConvolution;
  return isSwapped ? std::pair(1u, 0u) : std::pair(0u, 1u);
}

static int64_t getGroups(const WeightedLayer &layer) {
  if (!layer.isConvolution())
    return 1;
  return getConstantInt(
             layer.op->getOperand(getConvolutionArguments(layer.op).groups))
      .value_or(ShapedType::kDynamic);
}

std::string Refit::resizeOutputs(const WeightedLayer &layer, int64_t count) {
  unsigned outDim = getWeightDims(layer).first;
  unsigned groupsIndex = getConvolutionArguments(layer.op).groups;
  int64_t groups = getGroups(layer);
  if (layer.isConvolution()) {
    auto changed = constants.find({layer.op, groupsIndex});
    if (changed != constants.end())
      groups = changed->second.front();
  }
  if (isDynamic(groups) || count % groups)
    return cannot(layer.op, Twine(count) + " outputs cannot be put into its " +
                                Twine(groups) + " groups");
  bool isGrouped = layer.kind == WeightedLayer::Kind::TransposedConvolution;
  if (std::string reason =
          resize(layer.weight, outDim, isGrouped ? count / groups : count);
      !reason.empty())
    return reason;
  return layer.bias ? resize(layer.bias, 0, count) : std::string();
}

std::string Refit::resizeUnits(const RecurrentLayer &layer, int64_t units) {
  unsigned perCell = layer.hasBiases ? 4 : 2;
  for (auto [i, slot] : llvm::enumerate(layer.parameters)) {
    Sizes sizes = getSizes(slot);
    if (sizes.empty())
      return cannot(layer.op, "its parameters have no known sizes");
    sizes[0] = layer.gates * units;
    if (i % perCell == 1)
      sizes[1] = units;
    if (std::string reason = resize(slot, sizes); !reason.empty())
      return reason;
  }
  // The states that enter: zeros of a written size, or a parameter.
  SmallVector<Value> states;
  unsigned stateIndex = 1;
  Value given = layer.op->getOperand(stateIndex);
  if (auto list = given.getDefiningOp<torch::PrimListConstructOp>())
    llvm::append_range(states, list.getElements());
  else
    states.push_back(given);
  for (Value state : states)
    if (std::string reason = resizeValue(state, 1, units); !reason.empty())
      return reason;
  return {};
}

//===----------------------------------------------------------------------===//
// The plan
//===----------------------------------------------------------------------===//

std::string Refit::plan() {
  if (!beforeReason.empty())
    return "the program's shapes cannot be followed: " + beforeReason;
  func::FuncOp forward = program.getForward();
  for (unsigned round = 0; round < kMaxRounds; ++round) {
    mustRestart = false;
    std::string reason = run(forward);
    if (!reason.empty() && getConflictOp() &&
        !StringRef(reason).contains("is in the way"))
      reason = cannot(getConflictOp(), reason);
    if (!reason.empty() && !mustRestart)
      return reason;
    if (mustRestart)
      continue;
    // What leaves the model is what the loss and the target expect.
    Operation *end = forward.getBody().front().getTerminator();
    for (Value output : end->getOperands())
      if (!get(output) || get(output) != before.get(output))
        return "the model's output would have another shape, which the loss "
               "and the targets do not have";
    return {};
  }
  return "no sizes were found that all branches agree on";
}

Fact Refit::getSlotSizes(GlobalSlotOp slot) const {
  auto found = slots.find(slot);
  return found != slots.end() ? Fact(found->second)
                              : ShapeAnalysis::getSlotSizes(slot);
}

Fact Refit::getOperand(OpOperand &operand) const {
  auto found = constants.find({operand.getOwner(), operand.getOperandNumber()});
  return found != constants.end() ? Fact(found->second)
                                  : ShapeAnalysis::getOperand(operand);
}

/// Whether an operand, or a tensor in a list of them, is not what it was.
bool Refit::hasChanged(Operation *op) const {
  for (OpOperand &operand : op->getOpOperands()) {
    if (getOperand(operand) != oldOperand(operand))
      return true;
    if (auto list = operand.get().getDefiningOp<torch::PrimListConstructOp>())
      for (OpOperand &element : list->getOpOperands())
        if (getOperand(element) != oldOperand(element))
          return true;
  }
  return false;
}

Inference Refit::infer(Operation *op) {
  Inference inference;
  auto keepOld = [&] {
    inference = {};
    for (Value result : op->getResults())
      inference.results.push_back(before.get(result));
    inference.isKnown = true;
    return inference;
  };
  auto isUnknown = [&] {
    for (auto [i, result] : llvm::enumerate(op->getResults()))
      if (torch::getTensorInfo(result.getType()) && !result.use_empty() &&
          (!before.get(result) || i >= inference.results.size()))
        return true;
    return false;
  };
  const char *kUnknown = "its shape is not known; give @forward's argument a "
                         "type such as !torch.vtensor<[?,1,28,28],f32>";
  auto skipped = bypassed.find(op);
  if (skipped != bypassed.end()) {
    inference.results = {getOperand(op->getOpOperand(skipped->second))};
    if (isUnknown() || !inference.results.front())
      inference.conflict = kUnknown;
    return inference;
  }
  bool isRead = isa<torch::GlobalSlotGetOp>(op);
  if (!isRead && !hasChanged(op))
    return keepOld();
  inference = ShapeAnalysis::infer(op);
  if (!inference.conflict.empty() || isRead)
    return inference;
  if (isUnknown()) {
    inference.conflict = kUnknown;
    return inference;
  }
  // A list of tensors has no sizes of its own.
  bool wasKnown = llvm::any_of(op->getResults(), [&](Value result) {
    return before.get(result).has_value();
  });
  if (inference.isKnown || !wasKnown)
    return inference;
  inference.conflict = ("the shape of '" + op->getName().getStringRef() +
                        "' cannot be told from its input, which would change")
                           .str();
  return inference;
}

std::string Refit::prepare(Operation *op) {
  if (bypassed.contains(op) || !hasChanged(op))
    return {};
  std::string reason = fit(op);
  // Parameters are read before the operation that they were fitted to.
  for (Value operand : op->getOperands()) {
    refresh(operand);
    if (auto list = operand.getDefiningOp<torch::PrimListConstructOp>())
      for (Value element : list.getElements())
        refresh(element);
  }
  return reason;
}

void Refit::refresh(Value value) {
  Operation *op = value.getDefiningOp();
  bool isTransposed;
  if (!op || !getSlot(value, &isTransposed))
    return;
  if (op->getNumOperands() > 0)
    refresh(op->getOperand(0));
  Inference inference = infer(op);
  if (!inference.results.empty())
    set(value, inference.results.front());
}

std::string Refit::fit(Operation *op) {
  if (auto layer = getWeightedLayer(op))
    return fitWeighted(*layer);
  if (auto norm = getNormLayer(op))
    return fitNorm(*norm);
  if (auto layer = getRecurrentLayer(op))
    return fitRecurrent(*layer);
  StringRef name = getBaseName(op);
  if (name == "aten.view" || name == "aten.reshape")
    return fitView(op);
  if (name == "aten.add" || name == "aten.sub" || name == "aten.mul" ||
      name == "aten.div" || name == "aten.addcmul" || name == "aten.maximum")
    return fitBroadcast(op);
  return {};
}

std::string Refit::resizeDepthwise(const WeightedLayer &layer,
                                   int64_t channels) {
  unsigned groupsIndex = getConvolutionArguments(layer.op).groups;
  int64_t groups = getGroups(layer);
  int64_t multiplier = getSizes(layer.weight)[0] / groups;
  Fact oldWeight = ShapeAnalysis::getSlotSizes(layer.weight);
  multiplier = (*oldWeight)[0] / groups;
  setIntegers(layer.op, groupsIndex, {channels});
  return resizeOutputs(layer, channels * multiplier);
}

std::string Refit::fitWeighted(const WeightedLayer &layer) {
  Fact input = getOperand(layer.op->getOpOperand(layer.inputIndex));
  Sizes weight = getSizes(layer.weight);
  if (!input || input->empty() || weight.size() < 2)
    return cannot(layer.op, "its input's shape is not known");
  unsigned inDim = getWeightDims(layer).second;
  if (!layer.isConvolution())
    return isDynamic(input->back())
               ? cannot(layer.op, "its input's features are not known")
               : resize(layer.weight, inDim, input->back());
  if (input->size() != weight.size())
    return {};
  int64_t channels = (*input)[1], groups = getGroups(layer);
  if (isDynamic(channels) || isDynamic(groups))
    return cannot(layer.op, "its channels or groups are not known");
  Fact old = oldOperand(layer.op->getOpOperand(layer.inputIndex));
  if (groups > 1 && old && (*old)[1] == groups) {
    if (channels == groups)
      return {};
    return resizeDepthwise(layer, channels);
  }
  if (channels % groups)
    return cannot(layer.op, Twine(channels) + " channels cannot be put into " +
                                Twine(groups) + " groups");
  bool isGrouped = layer.kind == WeightedLayer::Kind::Convolution;
  return resize(layer.weight, inDim, isGrouped ? channels / groups : channels);
}

std::string Refit::fitNorm(const NormLayer &norm) {
  Fact input = getOperand(norm.op->getOpOperand(0));
  if (!input || input->size() < 2)
    return cannot(norm.op, "its input's shape is not known");
  StringRef name = getBaseName(norm.op);
  Sizes sizes{(*input)[1]};
  if (name == "aten.layer_norm") {
    Fact shape = getOperand(norm.op->getOpOperand(1));
    if (!shape || shape->size() > input->size())
      return cannot(norm.op, "its normalised shape is not known");
    sizes = Sizes(input->end() - shape->size(), input->end());
    if (sizes != *shape)
      setIntegers(norm.op, 1, sizes);
  }
  if (llvm::any_of(sizes, isDynamic))
    return cannot(norm.op, "a size that it normalises is not known");
  for (unsigned index : norm.parameterIndices)
    if (GlobalSlotOp slot = getSlot(norm.op->getOperand(index))) {
      if (std::string reason = resize(slot, sizes); !reason.empty())
        return reason;
    } else if (isTensorOperand(norm.op, index)) {
      return cannot(norm.op, "it has a parameter that is no slot");
    }
  return {};
}

std::string Refit::fitRecurrent(const RecurrentLayer &layer) {
  Fact input = getOperand(layer.op->getOpOperand(0));
  if (!input || input->empty() || isDynamic(input->back()))
    return cannot(layer.op, "its input's features are not known");
  int64_t units = layer.parameters.size() > 1 ? getSizes(layer.parameters[1])[1]
                                              : ShapedType::kDynamic;
  unsigned perCell = layer.hasBiases ? 4 : 2;
  unsigned directions = layer.isBidirectional ? 2 : 1;
  for (unsigned i = 0; i < layer.parameters.size(); i += perCell) {
    // Layers above the first read all directions of the one below.
    int64_t in = i / perCell < directions ? input->back() : units * directions;
    if (std::string reason = resize(layer.parameters[i], 1, in);
        !reason.empty())
      return reason;
  }
  return {};
}

/// Fits the constants of `view(x, [...])`: each group of input dimensions that
/// makes up a group of output dimensions keeps doing so. Where one dimension is
/// split, its first parts stay (heads of an attention) and the last takes the
/// change.
std::string Refit::fitView(Operation *op) {
  Fact input = getOperand(op->getOpOperand(0)),
       oldInput = oldOperand(op->getOpOperand(0)),
       shape = oldOperand(op->getOpOperand(1)),
       oldOutput = before.get(op->getResult(0));
  if (!input || !oldInput || !shape || !oldOutput ||
      input->size() != oldInput->size())
    return cannot(op, "its shapes are not known");
  Sizes result = *shape;
  size_t i = 0, o = 0;
  while (i < oldInput->size() || o < oldOutput->size()) {
    size_t firstIn = i, firstOut = o;
    // Grow both groups until they hold equally many elements.
    auto take = [](const Sizes &sizes, size_t &at, int64_t &product,
                   unsigned &open) {
      if (at == sizes.size())
        return false;
      isDynamic(sizes[at]) ? ++open : product *= sizes[at];
      ++at;
      return true;
    };
    int64_t in = 1, out = 1;
    unsigned openIn = 0, openOut = 0;
    bool tookIn = take(*oldInput, i, in, openIn);
    bool tookOut = take(*oldOutput, o, out, openOut);
    if (!tookIn || !tookOut) {
      // Ones at the end of either side.
      if (in != 1 || out != 1 || openIn || openOut)
        return cannot(op, "its dimensions do not match its input's");
      continue;
    }
    while (in != out || openIn != openOut) {
      bool growIn = openIn < openOut || (openIn == openOut && in < out);
      if (!(growIn ? take(*oldInput, i, in, openIn)
                   : take(*oldOutput, o, out, openOut)))
        return cannot(op, "its dimensions do not match its input's");
    }
    if (std::equal(oldInput->begin() + firstIn, oldInput->begin() + i,
                   input->begin() + firstIn))
      continue;
    int64_t total = 1;
    for (size_t k = firstIn; k < i; ++k)
      total = isDynamic((*input)[k]) || isDynamic(total) ? ShapedType::kDynamic
                                                         : total * (*input)[k];
    if (isDynamic(total))
      return cannot(op, "a dimension of open size is joined with one that "
                        "would change");
    int64_t others = 1;
    for (size_t k = firstOut; k + 1 < o; ++k)
      others *= (*oldOutput)[k];
    if (total % others)
      return cannot(op, Twine(total) + " elements cannot be split into " +
                            Twine(others) + " equal parts");
    if (result[o - 1] != -1 && !isDynamic(result[o - 1]))
      result[o - 1] = total / others;
  }
  if (result != *shape)
    setIntegers(op, 1, result);
  return {};
}

std::string Refit::fitBroadcast(Operation *op) {
  SmallVector<OpOperand *> tensors;
  for (OpOperand &operand : op->getOpOperands())
    if (torch::getTensorInfo(operand.get().getType()))
      tensors.push_back(&operand);
  if (tensors.size() < 2)
    return {};
  for (OpOperand *left : tensors)
    for (OpOperand *right : tensors) {
      if (left >= right)
        continue;
      Fact a = getOperand(*left), b = getOperand(*right),
           oldA = oldOperand(*left), oldB = oldOperand(*right);
      if (!a || !b || !oldA || !oldB)
        return cannot(op, "its operands' shapes are not known");
      for (size_t d = 1; d <= std::min(a->size(), b->size()); ++d) {
        int64_t x = (*a)[a->size() - d], y = (*b)[b->size() - d];
        if (d > oldA->size() || d > oldB->size())
          return cannot(op, "its operands' ranks would change");
        bool wasBroadcast =
            (*oldA)[oldA->size() - d] != (*oldB)[oldB->size() - d];
        // A size that becomes 1 must not start to broadcast.
        if (x == y || isDynamic(x) || isDynamic(y) ||
            (wasBroadcast && (x == 1 || y == 1)))
          continue;
        // The operand that is as before is the one to change.
        bool isRightStale = y == (*oldB)[oldB->size() - d];
        OpOperand *stale = isRightStale ? right : left;
        mustRestart = true;
        if (std::string reason =
                resizeValue(stale->get(), d, isRightStale ? x : y);
            !reason.empty()) {
          mustRestart = false;
          return reason;
        }
        // Follow everything again with the new size.
        return "restart";
      }
    }
  return {};
}

//===----------------------------------------------------------------------===//
// Resizing what computes a value
//===----------------------------------------------------------------------===//

std::string Refit::resizeValue(Value value, int64_t dim, int64_t size) {
  if (!resized.insert(value).second) {
    // Once more is a cycle, or two branches that want different sizes.
    Fact now = get(value);
    if (now && static_cast<size_t>(dim) <= now->size() &&
        (*now)[now->size() - dim] == size)
      return {};
  }
  Operation *op = value.getDefiningOp();
  if (!op)
    return "the other branch of a sum is the program's input, whose size is "
           "given";
  if (GlobalSlotOp slot = getSlot(value)) {
    Sizes sizes = getSizes(slot);
    if (static_cast<size_t>(dim) > sizes.size())
      return cannot(op, "its sizes are not known");
    return resize(slot, sizes.size() - dim, size);
  }
  return resizeSourceOf(op, dim, size);
}

std::string Refit::resizeSourceOf(Operation *op, int64_t dim, int64_t size) {
  Fact shape = before.get(op->getResult(0));
  if (!shape || static_cast<size_t>(dim) > shape->size())
    return cannot(op, "its shape is not known");
  size_t index = shape->size() - dim;
  if (auto layer = getWeightedLayer(op)) {
    if (layer->isConvolution() ? index != 1 : dim != 1)
      return cannot(op, "only the number of its outputs can be changed");
    int64_t groups = getGroups(*layer);
    Fact input = oldOperand(op->getOpOperand(layer->inputIndex));
    if (groups > 1 && input && (*input)[1] == groups) {
      // Depthwise: the outputs follow the inputs.
      int64_t multiplier = (*shape)[1] / groups;
      if (size % multiplier)
        return cannot(op, "its channels have a fixed multiplier");
      return resizeValue(layer->getInput(), dim, size / multiplier);
    }
    return resizeOutputs(*layer, size);
  }
  if (auto layer = getRecurrentLayer(op)) {
    int64_t directions = layer->isBidirectional ? 2 : 1;
    if (dim != 1 || size % directions)
      return cannot(op, "its units cannot be changed to fit");
    return resizeUnits(*layer, size / directions);
  }
  StringRef name = getBaseName(op);
  if (name == "aten.embedding") {
    GlobalSlotOp table = getSlot(op->getOperand(0));
    if (dim != 1 || !table)
      return cannot(op, "only its features can be changed");
    return resize(table, 1, size);
  }
  if (name == "aten.zeros" || name == "aten.ones" || name == "aten.full" ||
      name == "aten.new_zeros" || name == "aten.new_ones") {
    unsigned list = name.starts_with("aten.new_") ? 1 : 0;
    auto changed = constants.find({op, list});
    Fact sizes = changed != constants.end()
                     ? Fact(changed->second)
                     : oldOperand(op->getOpOperand(list));
    if (!sizes || static_cast<size_t>(dim) > sizes->size())
      return cannot(op, "its sizes are not known");
    (*sizes)[sizes->size() - dim] = size;
    setIntegers(op, list, *sizes);
    return {};
  }
  if (name == "aten.add" || name == "aten.sub" || name == "aten.mul" ||
      name == "aten.div") {
    for (OpOperand &operand : op->getOpOperands()) {
      Fact sizes = oldOperand(operand);
      // What broadcasts along the dimension goes on doing so.
      if (!torch::getTensorInfo(operand.get().getType()) || !sizes ||
          static_cast<size_t>(dim) > sizes->size() ||
          (*sizes)[sizes->size() - dim] == 1)
        continue;
      if (std::string reason = resizeValue(operand.get(), dim, size);
          !reason.empty())
        return reason;
    }
    return {};
  }
  bool keepsChannels = isPooling(op) || name.contains("adaptive_");
  if (getNormLayer(op) || isElementwise(op) || getSoftmaxDim(op) ||
      name == "aten.zeros_like" || name == "aten.ones_like" ||
      (keepsChannels && index == 1))
    return resizeValue(op->getOperand(0), dim, size);
  if (name == "aten.select" || name == "aten.slice" || name == "aten.mean") {
    Fact input = oldOperand(op->getOpOperand(0));
    // Only where the last dimension stays the last.
    if (dim == 1 && input && input->back() == shape->back())
      return resizeValue(op->getOperand(0), dim, size);
  }
  return cannot(op, "a size in the other branch of a sum cannot be changed "
                    "through it");
}
