//===- StepProgram.cpp - A step's graph as a list of actions --------------===//
//
// Reading keeps the graph's order. Operators on tensors before the backward
// pass become kernels; all others are called as they stand, between the
// kernels, with gradients on, as TorchScript calls them.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/StepProgram.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <torch/csrc/jit/ir/constants.h>

using namespace dynfault;

namespace prim = c10::prim;

static std::string nameOf(const torch::jit::Node *node) {
  const c10::FunctionSchema *schema = node->maybeSchema();
  if (!schema)
    return node->kind().toQualString();
  return schema->overload_name().empty()
             ? schema->name()
             : schema->name() + "." + schema->overload_name();
}

static bool isTensorType(const torch::jit::Value *value) {
  return value->type()->isSubtypeOf(*c10::TensorType::get());
}

static bool isOfDynfault(const torch::jit::Node *node) {
  return std::string(node->kind().ns().toUnqualString()) == "dynfault";
}

/// The position of an argument of the operator's schema; nothing if it has none
/// of that name.
static c10::optional<size_t> findArgument(const torch::jit::Node *node,
                                          const std::string &name) {
  const std::vector<c10::Argument> &arguments = node->schema().arguments();
  for (size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].name() == name)
      return i;
  return c10::nullopt;
}

StepProgram::StepProgram(const torch::jit::Module &module,
                         const std::shared_ptr<torch::jit::Graph> &graph,
                         Tensors inputs, Kind kind)
    : module(module), graph(graph), kind(kind),
      builder(kernels, kind == Kind::Step ? PlanBuilder::WithGradients
                                          : PlanBuilder::WithoutGradients) {
  require(graph->inputs().size() == inputs.size() + 1 &&
              graph->outputs().size() == 1,
          "a method with other arguments or results");
  at::AutoDispatchBelowADInplaceOrView belowAutograd;
  operands[graph->inputs()[0]] = {Operand::Known, module._ivalue()};
  for (size_t i = 0; i < inputs.size(); ++i) {
    inputCells.push_back(builder.varying(inputs[i]));
    Operand entry;
    entry.kind = Operand::Tensor;
    entry.tensor = builder.value(inputCells.back(), false);
    operands[graph->inputs()[i + 1]] = entry;
  }
  for (const Node *node : graph->nodes())
    readNode(node);
  if (kind == Kind::Step)
    require(lossValue, "no backward pass");
  else
    require(operand(graph->outputs()[0]).kind == Operand::Tensor,
            "a result that is no tensor of the forward pass");
  flushKernels();
}

void StepProgram::readNode(const Node *node) {
  require(node->blocks().empty(), "control flow");
  switch (node->kind()) {
  case prim::Constant: {
    c10::optional<c10::IValue> value = torch::jit::toIValue(node->output());
    require(value.has_value(), "an unknown constant");
    operands[node->output()] = {Operand::Known, *value};
    return;
  }
  case prim::GetAttr:
  case prim::SetAttr:
    return readAttribute(node);
  case prim::ListConstruct:
    return readList(node);
  default:
    require(node->maybeSchema() != nullptr, node->kind().toQualString());
    return readCall(node);
  }
}

void StepProgram::readAttribute(const Node *node) {
  const Operand &owner = operand(node->inputs()[0]);
  require(owner.kind == Operand::Known && owner.known.isObject(),
          "an attribute of an unknown object");
  c10::intrusive_ptr<c10::ivalue::Object> object = owner.known.toObject();
  size_t slot =
      object->type()->getAttributeSlot(node->s(torch::jit::attr::name));
  if (node->kind() == prim::SetAttr) {
    Operand value = operand(node->inputs()[1]);
    require(value.kind == Operand::Register,
            "an attribute that is set to a tensor or constant");
    require(lossValue, "an attribute that is set before the backward pass");
    actions.push_back(
        [this, object, slot, value] { object->setSlot(slot, now(value)); });
    return;
  }
  const c10::IValue &value = object->getSlot(slot);
  if (value.isTensor() || value.isObject() || value.isBool()) {
    operands[node->output()] = {Operand::Known, value};
    return;
  }
  // Counters and rates change from step to step.
  Operand result;
  result.kind = Operand::Register;
  result.index = newRegister();
  operands[node->output()] = result;
  actions.push_back([this, object, slot, index = result.index] {
    registers[index] = object->getSlot(slot);
  });
}

void StepProgram::readList(const Node *node) {
  auto type = node->output()->type()->expect<c10::ListType>();
  c10::impl::GenericList list(type->getElementType());
  for (const Operand &element : inputsOf(node)) {
    require(element.kind == Operand::Known, "a list of computed values");
    list.push_back(element.known);
  }
  operands[node->output()] = {Operand::Known, list};
}

void StepProgram::readCall(const Node *node) {
  if (node->kind() == c10::aten::backward)
    return readBackward(node);
  bool hasTensor = false;
  for (const Value *value : node->inputs())
    hasTensor = hasTensor || isTensorType(value);
  for (const Value *value : node->outputs())
    hasTensor = hasTensor || isTensorType(value);
  if (kind == Kind::Evaluation && isOfDynfault(node)) {
    std::string name = nameOf(node);
    if (name == "dynfault::begin_forward") {
      // Nothing outside of training.
      const Operand &training = operand(node->inputs()[1]);
      require(training.kind == Operand::Known && !training.known.toBool(),
              "an evaluation in training mode");
      return;
    }
    // Testing the plan calls the method more often.
    require(name == "dynfault::record_activation",
            "an evaluation with other operators of dynfault");
  }
  if (isOfDynfault(node) || lossValue)
    return callAtRunTime(node);
  if (hasTensor)
    return readForward(node);
  return readWithoutTensors(node);
}

void StepProgram::readWithoutTensors(const Node *node) {
  bool known = node->outputs().size() == 1 && !node->hasSideEffects() &&
               !node->isNondeterministic();
  for (const Operand &input : inputsOf(node))
    known = known && input.kind == Operand::Known;
  if (known)
    operands[node->output()] = {Operand::Known, callNow(node)};
  else
    callAtRunTime(node);
}

void StepProgram::readForward(const Node *node) {
  require(!node->schema().is_mutable(), "an operator that works in place");
  require(node->outputs().size() == 1, "an operator with several results");
  std::string name = nameOf(node);
  if (!isTensorType(node->output())) {
    // Shapes are known; numbers in tensors are not.
    require(name == "aten::size.int" || name == "aten::size" ||
                name == "aten::dim" || name == "prim::dtype" ||
                name == "prim::device",
            name.c_str());
    operands[node->output()] = {Operand::Known, callNow(node)};
    return;
  }
  forwardNodes.push_back(node);
  if (Rule rule = findRule(name))
    return planRule(node, rule);
  bool differentiable = false;
  for (const Operand &input : inputsOf(node))
    if (input.kind == Operand::Tensor || input.known.isTensor())
      differentiable = differentiable || tensorOf(input)->differentiable;
  require(!differentiable, name.c_str());
  callInForward(node);
}

void StepProgram::planRule(const Node *node, Rule rule) {
  std::vector<PlanArgument> arguments;
  for (const Operand &input : inputsOf(node)) {
    require(input.kind != Operand::Register, "a number that may change");
    PlanArgument argument;
    if (input.kind == Operand::Tensor || input.known.isTensor())
      argument.tensor = tensorOf(input);
    else
      argument.constant = input.known;
    arguments.push_back(argument);
  }
  Operand result;
  result.kind = Operand::Tensor;
  result.tensor = rule(builder, PlanArguments(std::move(arguments)));
  operands[node->output()] = result;
}

/// An operator that gradients do not pass, such as one_hot of the target.
void StepProgram::callInForward(const Node *node) {
  PlanCell *cell = builder.varying(callNow(node).toTensor());
  builder.append([this, cell, inputs = inputsOf(node),
                  operation = node->getOperation()]() mutable {
    torch::jit::Stack arguments;
    for (const Operand &input : inputs)
      arguments.push_back(now(input));
    operation(arguments);
    cell->tensor = arguments.back().toTensor();
  });
  Operand result;
  result.kind = Operand::Tensor;
  result.tensor = builder.value(cell, false);
  operands[node->output()] = result;
}

void StepProgram::readBackward(const Node *node) {
  std::vector<Operand> inputs = inputsOf(node);
  // (loss, gradient, retain_graph, create_graph)
  require(inputs.size() == 4 && inputs[0].kind == Operand::Tensor &&
              inputs[1].known.isNone() &&
              (inputs[2].known.isNone() || !inputs[2].known.toBool()) &&
              inputs[3].known.isBool() && !inputs[3].known.toBool() &&
              !lossValue,
          "an unusual backward pass");
  flushKernels();
  loss = inputs[0].tensor;
  lossValue = node->inputs()[0];
  builder.planBackward(loss);
  actions.push_back([this] {
    at::AutoDispatchBelowADInplaceOrView belowAutograd;
    kernels.runBackward();
  });
}

void StepProgram::callAtRunTime(const Node *node) {
  flushKernels();
  std::vector<Operand> inputs = inputsOf(node);
  std::vector<size_t> results;
  // It records what it is given, and gives it back.
  bool passesOn = nameOf(node) == "dynfault::record_activation";
  if (passesOn) {
    forwardNodes.push_back(node);
    operands[node->output()] = inputs[1];
  } else {
    for (const Value *output : node->outputs()) {
      Operand result;
      result.kind = Operand::Register;
      result.index = newRegister();
      results.push_back(result.index);
      operands[output] = result;
    }
  }
  Action call = [this, inputs, results,
                 operation = node->getOperation()]() mutable {
    stack.clear();
    for (const Operand &input : inputs)
      stack.push_back(now(input));
    operation(stack);
    for (size_t i = 0; i < results.size(); ++i)
      registers[results[i]] = std::move(stack[i]);
  };
  if (c10::optional<SampledCall> probe = sampledCall(node))
    call = [probe = *probe, always = std::move(call)] {
      if (probe.recorder->sampled(probe.schedule))
        always();
    };
  actions.push_back(std::move(call));
}

/// A probe does nothing in a step that is not sampled, but its lists of
/// parameters and names would be copied for it.
c10::optional<StepProgram::SampledCall>
StepProgram::sampledCall(const Node *node) const {
  std::string name = nameOf(node);
  bool isProbe = name.rfind("dynfault::record_", 0) == 0 ||
                 name.rfind("dynfault::snapshot_", 0) == 0;
  if (!isProbe)
    return c10::nullopt;
  std::vector<Operand> inputs = inputsOf(node);
  auto knownArgument = [&](const char *argument) -> const c10::IValue * {
    c10::optional<size_t> index = findArgument(node, argument);
    if (!index || inputs[*index].kind != Operand::Known)
      return nullptr;
    return &inputs[*index].known;
  };
  const c10::IValue *recorder = knownArgument("r"),
                    *every = knownArgument("every"),
                    *warmUp = knownArgument("warm_up"),
                    *epochs = knownArgument("epochs");
  if (!recorder || !every || !warmUp || !epochs)
    return c10::nullopt;
  return SampledCall{recorder->toCustomClass<Recorder>(),
                     {every->toInt(), warmUp->toInt(), epochs->toInt()}};
}

void StepProgram::flushKernels() {
  size_t end = kernels.forwardSize();
  if (flushed == end)
    return;
  actions.push_back([this, first = flushed, end] {
    at::AutoDispatchBelowADInplaceOrView belowAutograd;
    kernels.runForward(first, end);
  });
  flushed = end;
}

const StepProgram::Operand &StepProgram::operand(const Value *value) const {
  return operands.at(value);
}

std::vector<StepProgram::Operand>
StepProgram::inputsOf(const Node *node) const {
  std::vector<Operand> result;
  for (const Value *value : node->inputs())
    result.push_back(operand(value));
  return result;
}

PlanValue *StepProgram::tensorOf(const Operand &operand) {
  if (operand.kind == Operand::Tensor)
    return operand.tensor;
  require(operand.kind == Operand::Known && operand.known.isTensor(),
          "an unknown tensor");
  return builder.leaf(operand.known.toTensor());
}

size_t StepProgram::newRegister() {
  registers.emplace_back();
  return registers.size() - 1;
}

c10::IValue StepProgram::now(const Operand &operand) const {
  switch (operand.kind) {
  case Operand::Known:
    return operand.known;
  case Operand::Register:
    return registers[operand.index];
  case Operand::Tensor:
    return operand.tensor->data->tensor;
  }
  return {};
}

/// The operator's result with the values that its inputs have while reading.
c10::IValue StepProgram::callNow(const Node *node) const {
  torch::jit::Stack arguments;
  for (const Operand &input : inputsOf(node)) {
    require(input.kind != Operand::Register, "a number that may change");
    arguments.push_back(now(input));
  }
  node->getOperation()(arguments);
  return arguments.back();
}

void StepProgram::setInputs(Tensors inputs) {
  for (size_t i = 0; i < inputs.size(); ++i)
    inputCells[i]->tensor = inputs[i];
}

at::Tensor StepProgram::result() const {
  return now(operand(graph->outputs()[0])).toTensor();
}

at::Tensor StepProgram::run(Tensors inputs) {
  setInputs(inputs);
  for (const Action &action : actions)
    action();
  return result();
}

at::Tensor StepProgram::runKernels(Tensors inputs) {
  setInputs(inputs);
  at::AutoDispatchBelowADInplaceOrView belowAutograd;
  kernels.runForward(0, kernels.forwardSize());
  if (!loss)
    return result();
  kernels.runBackward();
  return loss->data->tensor;
}

at::Tensor StepProgram::runOperators(Tensors inputs) const {
  std::unordered_map<const Value *, c10::IValue> values;
  for (size_t i = 0; i < inputs.size(); ++i)
    values[graph->inputs()[i + 1]] = inputs[i];
  auto valueOf = [&](const Value *value) {
    const Operand &entry = operand(value);
    return entry.kind == Operand::Known ? entry.known : values.at(value);
  };
  for (const Node *node : forwardNodes) {
    if (isOfDynfault(node)) {
      values[node->output()] = valueOf(node->inputs()[1]);
      continue;
    }
    torch::jit::Stack arguments;
    for (const Value *value : node->inputs())
      arguments.push_back(valueOf(value));
    node->getOperation()(arguments);
    values[node->output()] = arguments.back();
  }
  at::Tensor result = valueOf(lossValue).toTensor();
  result.backward();
  return result.detach();
}
