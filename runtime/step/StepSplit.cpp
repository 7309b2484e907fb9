//===- StepSplit.cpp - A step's graph in two parts ------------------------===//
//
// Each value of the graph has a source. Tensors of the recorded part may be
// computed from constants, batch, parameters and each other. Numbers of the
// host never come from tensors, so that the host's part can follow as a whole.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/StepSplit.h"

#include "runtime/step/StepPlan.h"

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <algorithm>
#include <functional>

using namespace dynfault;

namespace jit = torch::jit;
namespace prim = c10::prim;

static std::string nameOf(const jit::Node *node) {
  const c10::FunctionSchema *schema = node->maybeSchema();
  return schema ? schema->name() : node->kind().toQualString();
}

static bool isOfDynfault(const jit::Node *node) {
  return std::string(node->kind().ns().toUnqualString()) == "dynfault";
}

static bool startsWith(const std::string &text, const char *prefix) {
  return text.rfind(prefix, 0) == 0;
}

/// Whether tensors can be in a value: in lists, tuples and optionals too.
static bool holdsTensors(const c10::Type &type) {
  if (type.kind() == c10::TypeKind::TensorType)
    return true;
  if (type.kind() == c10::TypeKind::ClassType)
    return false;
  for (const auto &contained : type.containedTypes())
    if (holdsTensors(*contained))
      return true;
  return false;
}

static bool holdsTensors(at::ArrayRef<const jit::Value *> values) {
  return std::any_of(values.begin(), values.end(), [](const jit::Value *value) {
    return holdsTensors(*value->type());
  });
}

/// Calls `visit` for the node and all nodes inside it.
static void forEachNode(const jit::Node *node,
                        const std::function<void(const jit::Node *)> &visit) {
  visit(node);
  for (const jit::Block *block : node->blocks())
    for (const jit::Node *inner : block->nodes())
      forEachNode(inner, visit);
}

/// Whether the node, or one inside it, computes with tensors.
static bool usesTensors(const jit::Node *node) {
  bool uses = false;
  forEachNode(node, [&](const jit::Node *inner) {
    uses =
        uses || holdsTensors(inner->inputs()) || holdsTensors(inner->outputs());
  });
  return uses;
}

/// What a tensor's shape and type tell.
static bool readsShape(const std::string &name) {
  static const std::unordered_set<std::string> names = {
      "aten::size",    "aten::dim",    "aten::len",
      "aten::numel",   "aten::stride", "aten::is_floating_point",
      "prim::dtype",   "prim::device", "prim::layout",
      "prim::is_cuda", "aten::__is__", "aten::__isnot__"};
  return names.count(name) > 0;
}

/// Operators whose result's shape is found on the device, or which copy from
/// the host's memory.
static bool waitsForDevice(const std::string &name) {
  static const std::unordered_set<std::string> names = {
      "aten::nonzero",       "aten::nonzero_numpy", "aten::argwhere",
      "aten::masked_select", "aten::unique_dim",    "aten::unique_consecutive",
      "aten::_unique2",      "aten::bincount",      "aten::repeat_interleave",
      "aten::histc",         "aten::tensor",        "aten::as_tensor",
      "aten::ctc_loss",      "aten::cpu",           "aten::cuda"};
  return names.count(name) > 0;
}

static void requireThat(bool condition, const std::string &reason) {
  require(condition, reason.c_str());
}

StepSplit::StepSplit(const jit::Module &module)
    : module(module),
      graph(module.get_method("training_step").graph()->copy()) {
  jit::Inline(*graph);
  require(graph->inputs().size() == 3 && graph->outputs().size() == 1,
          "a step with other arguments or results");
  for (const Value *value : graph->inputs())
    sources[value] = Source::Constant;
  findAttributes();
  for (Node *node : graph->nodes())
    readNode(node);
  require(backwardDone, "no backward pass");
  require(!beginsForward || stepNumber.has_value(),
          "steps that begin with a forward pass");
  build();
}

void StepSplit::findAttributes() {
  for (const Node *top : graph->nodes())
    forEachNode(top, [&](const Node *node) {
      if (node->kind() != prim::SetAttr)
        return;
      c10::optional<c10::IValue> owner = resolve(node->inputs()[0]);
      require(owner.has_value(), "an attribute of an unknown object");
      setHere.emplace_back(owner->toObject(), node->s(jit::attr::name));
    });
}

bool StepSplit::isSet(const ModuleAttribute &attribute) const {
  return std::find(setHere.begin(), setHere.end(), attribute) != setHere.end();
}

/// The value where it is a constant, an attribute, or a list of such.
c10::optional<c10::IValue> StepSplit::resolve(const Value *value) const {
  if (value == graph->inputs()[0])
    return c10::IValue(module._ivalue());
  const Node *node = value->node();
  if (node->kind() == prim::Constant)
    return jit::toIValue(value);
  if (node->kind() == prim::GetAttr) {
    c10::optional<ModuleAttribute> attribute = attributeOf(value);
    if (!attribute || isSet(*attribute))
      return c10::nullopt;
    return attribute->first->getAttr(attribute->second);
  }
  if (node->kind() != prim::ListConstruct)
    return c10::nullopt;
  c10::impl::GenericList list(
      value->type()->expect<c10::ListType>()->getElementType());
  for (const Value *element : node->inputs()) {
    c10::optional<c10::IValue> resolved = resolve(element);
    if (!resolved)
      return c10::nullopt;
    list.push_back(*resolved);
  }
  return c10::IValue(list);
}

/// The attribute that is read for the value.
c10::optional<ModuleAttribute>
StepSplit::attributeOf(const Value *value) const {
  const Node *node = value->node();
  if (node->kind() != prim::GetAttr)
    return c10::nullopt;
  c10::optional<c10::IValue> owner = resolve(node->inputs()[0]);
  if (!owner || !owner->isObject())
    return c10::nullopt;
  return ModuleAttribute(owner->toObject(), node->s(jit::attr::name));
}

/// The argument of that name in the operator's schema.
c10::optional<c10::IValue> StepSplit::resolve(const Node *node,
                                              const char *name) const {
  const std::vector<c10::Argument> &arguments = node->schema().arguments();
  for (size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].name() == name)
      return resolve(node->inputs()[i]);
  return c10::nullopt;
}

void StepSplit::add(Node *node, Source source) {
  if (source == Source::Recorded)
    recordedNodes.push_back(node);
  else if (source != Source::Constant)
    restNodes.push_back(node);
  for (const Value *output : node->outputs())
    sources[output] = source;
}

/// An operator on tensors that the host runs after the recorded part.
void StepSplit::addLate(Node *node) {
  requireThat(backwardDone, nameOf(node) + " before the backward pass");
  if (firstLate.empty())
    firstLate = nameOf(node);
  add(node, Source::Late);
}

/// Whether a value of that source is used by the node or one inside it.
bool StepSplit::has(const Node *node, Source source) const {
  bool found = false;
  forEachNode(node, [&](const Node *inner) {
    for (const Value *input : inner->inputs()) {
      auto entry = sources.find(input);
      found = found || (entry != sources.end() && entry->second == source);
    }
  });
  return found;
}

void StepSplit::readNode(Node *node) {
  if (node->kind() == prim::Constant)
    return add(node, Source::Constant);
  if (node->kind() == prim::GetAttr)
    return readAttribute(node);
  if (node->kind() == prim::SetAttr) {
    require(!holdsTensors(*node->inputs()[1]->type()),
            "an attribute that is set to a tensor");
    return add(node, Source::Host);
  }
  if (isOfDynfault(node))
    return readOperator(node);
  if (node->kind() == c10::aten::backward)
    return readBackward(node);
  bool isList = node->kind() == prim::ListConstruct ||
                node->kind() == prim::TupleConstruct;
  if (isList || !usesTensors(node))
    return readPure(node);
  readTensors(node);
}

void StepSplit::readAttribute(Node *node) {
  c10::optional<ModuleAttribute> attribute = attributeOf(node->output());
  require(attribute.has_value(), "an attribute of an unknown object");
  if (!isSet(*attribute))
    return add(node, Source::Constant);
  require(!holdsTensors(*node->output()->type()),
          "an attribute that is set to a tensor");
  add(node, Source::Host);
}

/// Numbers of the host, and lists.
void StepSplit::readPure(Node *node) {
  bool pure = !node->hasSideEffects() && !node->isNondeterministic() &&
              node->blocks().empty();
  if (const c10::FunctionSchema *schema = node->maybeSchema())
    require(!schema->is_mutable(), "a list that is changed");
  if (has(node, Source::Late))
    return add(node, Source::Late);
  if (!pure || has(node, Source::Host))
    return add(node, Source::Host);
  add(node, has(node, Source::Recorded) ? Source::Recorded : Source::Constant);
}

void StepSplit::readTensors(Node *node) {
  if (!firstLate.empty())
    return addLate(node);
  try {
    requireRecordable(node);
  } catch (const Unsupported &) {
    if (!backwardDone)
      throw;
    return addLate(node);
  }
  add(node, Source::Recorded);
}

/// Throws Unsupported unless the node does the same in every step.
void StepSplit::requireRecordable(const Node *top) const {
  requireThat(!has(top, Source::Host),
              nameOf(top) + " on a number that changes from step to step");
  forEachNode(top, [&](const Node *node) {
    std::string name = nameOf(node);
    if (node != top && node->kind() == prim::GetAttr)
      for (const ModuleAttribute &attribute : setHere)
        requireThat(attribute.second != node->s(jit::attr::name),
                    name + " of '" + attribute.second + "' in control flow");
    requireThat(node->kind() != prim::SetAttr && !isOfDynfault(node) &&
                    node->kind() != c10::aten::backward,
                name + " in control flow");
    if (!node->maybeSchema()) {
      requireThat(node->kind() != prim::CallMethod &&
                      node->kind() != prim::CallFunction &&
                      node->kind() != prim::fork,
                  name);
      return;
    }
    requireThat(!waitsForDevice(name), name);
    bool toHost = holdsTensors(node->inputs()) &&
                  !holdsTensors(node->outputs()) && !node->outputs().empty();
    requireThat(!toHost || readsShape(name), name + " of a tensor");
  });
}

void StepSplit::readBackward(Node *node) {
  require(firstLate.empty(), "a backward pass after an update");
  // (loss, gradient, retain_graph, create_graph)
  require(node->inputs().size() == 4, "an unusual backward pass");
  c10::optional<c10::IValue> create = resolve(node->inputs()[3]);
  require(create && create->isBool() && !create->toBool(),
          "a backward pass that is differentiated");
  require(!has(node, Source::Host), "an unusual backward pass");
  backwardDone = true;
  add(node, Source::Recorded);
}

/// Whether the update's numbers are the same from its second time on.
bool StepSplit::hasConstantUpdate(const Node *node) const {
  std::string name = nameOf(node);
  if (name == "dynfault::adagrad_") {
    c10::optional<c10::IValue> decay = resolve(node, "lr_decay");
    if (!decay || decay->toDouble() != 0)
      return false;
  } else if (name != "dynfault::sgd_" && name != "dynfault::rmsprop_" &&
             name != "dynfault::adadelta_") {
    return false;
  }
  const std::vector<c10::Argument> &arguments = node->schema().arguments();
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Value *value = node->inputs()[i];
    bool fits = arguments[i].name() == "steps"
                    ? isCounter(value)
                    : sources.at(value) == Source::Constant;
    if (!fits)
      return false;
  }
  return true;
}

/// Whether the value is an attribute that counts the updates of one operator.
bool StepSplit::isCounter(const Value *value) const {
  c10::optional<ModuleAttribute> attribute = attributeOf(value);
  return attribute &&
         std::count(setHere.begin(), setHere.end(), *attribute) == 1 &&
         std::count(updateCounts.begin(), updateCounts.end(), *attribute) == 0;
}

void StepSplit::readOperator(Node *node) {
  std::string name = nameOf(node);
  if (name == "dynfault::scheduled_lr")
    return readPure(node);
  if (name == "dynfault::begin_step" || name == "dynfault::end_step" ||
      name == "dynfault::begin_forward" ||
      startsWith(name, "dynfault::record_") ||
      startsWith(name, "dynfault::snapshot_"))
    return readProbe(node);
  bool isUpdate = hasConstantUpdate(node);
  bool known = isUpdate || name == "dynfault::zero_grad_" ||
               name == "dynfault::clip_grad_norm_" ||
               name == "dynfault::clip_grad_value_" ||
               name == "dynfault::delay_gradients_";
  if (!known || !firstLate.empty() || (!isUpdate && has(node, Source::Host)))
    return addLate(node);
  add(node, Source::Recorded);
  if (isUpdate) {
    updates.push_back(node);
    for (size_t i = 0; i < node->inputs().size(); ++i)
      if (node->schema().arguments()[i].name() == "steps")
        updateCounts.push_back(*attributeOf(node->inputs()[i]));
  }
  if (name != "dynfault::zero_grad_" || backwardDone)
    return;
  c10::optional<c10::IValue> list = resolve(node->inputs()[0]);
  require(list.has_value(), "gradients of unknown tensors that are cleared");
  for (const at::Tensor &parameter : list->toTensorVector())
    clearedParameters.insert(parameter.unsafeGetTensorImpl());
}

/// Probes do nothing in a step that they do not sample, but to pass on.
void StepSplit::readProbe(Node *node) {
  std::string name = nameOf(node);
  if (name == "dynfault::begin_step") {
    require(!stepNumber, "steps inside a step");
    stepNumber = attributeOf(node->inputs()[1]);
    require(stepNumber.has_value(), "a step number that is computed");
    return add(node, Source::Host);
  }
  if (name == "dynfault::end_step")
    return add(node, Source::Host);
  c10::optional<c10::IValue> recorder = resolve(node, "r"),
                             every = resolve(node, "every"),
                             warmUp = resolve(node, "warm_up"),
                             epochs = resolve(node, "epochs");
  require(recorder && every && warmUp && epochs,
          "a probe whose schedule changes");
  probes.emplace_back(
      recorder->toCustomClass<Recorder>(),
      ProbeSchedule(every->toInt(), warmUp->toInt(), epochs->toInt()));
  if (name == "dynfault::begin_forward") {
    beginsForward = true;
    return;
  }
  if (node->outputs().empty())
    return add(node, Source::Host);
  auto *passedOn = const_cast<Value *>(node->inputs()[1]);
  aliases[node->output()] = passedOn;
  sources[node->output()] = sources.at(passedOn);
}

/// A new graph that takes over nodes of another one.
struct StepSplit::Graphs {
  std::shared_ptr<jit::Graph> made = std::make_shared<jit::Graph>();
  std::unordered_map<const Value *, Value *> known;
  std::function<Value *(Value *)> find; ///< Of values that are not known.

  Value *addInput(Value *value) {
    Value *input = made->addInput();
    input->setType(value->type());
    return known[value] = input;
  }
  Value *map(Value *value) {
    auto entry = known.find(value);
    return entry == known.end() ? find(value) : entry->second;
  }
  void append(Node *node) {
    Node *clone =
        made->createClone(node, [this](Value *value) { return map(value); });
    made->insertNode(clone);
    for (size_t i = 0; i < node->outputs().size(); ++i)
      known[node->outputs()[i]] = clone->outputs()[i];
  }
};

void StepSplit::build() {
  Graphs recorded, rest;
  for (Graphs *graphs : {&recorded, &rest})
    for (Value *input : graph->inputs())
      graphs->addInput(input);
  // Constants are made where they are first used, in each graph.
  auto findIn = [this](Graphs &graphs, Value *value) -> Value * {
    if (auto alias = aliases.find(value); alias != aliases.end())
      return graphs.map(alias->second);
    if (sources.at(value) != Source::Constant)
      return nullptr;
    graphs.append(value->node());
    return graphs.known.at(value);
  };
  recorded.find = [&](Value *value) {
    Value *found = findIn(recorded, value);
    require(found != nullptr, "a recorded operator that waits for the host");
    return found;
  };
  for (size_t i = 0; i < updates.size(); ++i)
    for (size_t j = 0; j < updates[i]->inputs().size(); ++j)
      if (updates[i]->schema().arguments()[j].name() == "steps")
        recorded.addInput(updates[i]->inputs()[j]);
  for (Node *node : recordedNodes)
    recorded.append(node);

  rest.find = [&](Value *value) {
    if (Value *found = findIn(rest, value))
      return found;
    auto update = std::find(updates.begin(), updates.end(), value->node());
    if (update == updates.end()) {
      require(sources.at(value) == Source::Recorded, "a value of no known use");
      // Before the inputs for counts.
      Value *input = rest.made->insertInput(3 + crossing, "");
      input->setType(value->type());
      recorded.made->registerOutput(recorded.map(value));
      ++crossing;
      return rest.known[value] = input;
    }
    restUpdates.push_back(update - updates.begin());
    return rest.addInput(value);
  };
  for (Node *node : restNodes)
    rest.append(node);
  rest.made->registerOutput(rest.map(graph->outputs()[0]));
  for (Node *update : updates)
    recorded.made->registerOutput(recorded.map(update->output()));
  recordedCode.emplace(recorded.made, "recorded");
  restCode.emplace(rest.made, "rest");
}

StepSplit::Counts StepSplit::counts() const {
  Counts result;
  for (const auto &[owner, name] : updateCounts)
    result.push_back(owner->getAttr(name).toIntVector());
  return result;
}

StepSplit::Results StepSplit::runRecorded(const at::Tensor &input,
                                          const at::Tensor &target,
                                          const Counts &counts) const {
  jit::Stack stack = {module._ivalue(), input, target};
  for (const std::vector<int64_t> &count : counts)
    stack.emplace_back(count);
  jit::InterpreterState(*recordedCode).run(stack);
  Results results;
  for (size_t i = 0; i < updates.size(); ++i) {
    std::vector<int64_t> added = stack[crossing + i].toIntVector();
    for (size_t j = 0; j < added.size(); ++j)
      added[j] -= counts[i][j];
    results.added.push_back(std::move(added));
  }
  stack.resize(crossing);
  // Or the loss would hold the graph of its backward pass.
  for (c10::IValue &value : stack)
    if (value.isTensor() && value.toTensor().defined())
      value = value.toTensor().detach();
  results.values = std::move(stack);
  return results;
}

at::Tensor StepSplit::runRest(const at::Tensor &input, const at::Tensor &target,
                              const Results &results) const {
  jit::Stack stack = {module._ivalue(), input, target};
  stack.insert(stack.end(), results.values.begin(), results.values.end());
  Counts now = counts();
  for (size_t update : restUpdates) {
    std::vector<int64_t> count = now[update];
    for (size_t i = 0; i < count.size(); ++i)
      count[i] += results.added[update][i];
    stack.emplace_back(std::move(count));
  }
  jit::InterpreterState(*restCode).run(stack);
  return stack.front().toTensor();
}

bool StepSplit::isSampled() const {
  if (!stepNumber)
    return false;
  int64_t step = stepNumber->first->getAttr(stepNumber->second).toInt();
  return std::any_of(probes.begin(), probes.end(), [&](const auto &probe) {
    return probe.first->samples(step, probe.second);
  });
}
