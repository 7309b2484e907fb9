//===- TapeBuilder.cpp - Turn what was seen into a tape -------------------===//
//
// Liveness goes by storage and only ever grows, so that an operator that is
// called live for no reason costs time and nothing else.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/TapeBuilder.h"

#include "runtime/curvature/OutVariant.h"

#include <ATen/ATen.h>
#include <ATen/core/List.h>

#include <algorithm>
#include <functional>

using namespace dynfault;

static bool isTensorList(const c10::IValue &value) {
  return value.isTensorList() || value.isOptionalTensorList();
}

/// Calls `visit` for each tensor of a value; undefined ones and those that an
/// optional does not have are undefined.
template <typename Visitor>
static void forEachTensor(const c10::IValue &value, Visitor visit) {
  if (value.isTensor()) {
    visit(value.toTensor());
  } else if (isTensorList(value)) {
    for (const c10::IValue &member : value.toListRef())
      visit(member.isTensor() ? member.toTensor() : at::Tensor());
  }
}

/// Whether tensors may hide in a value where forEachTensor does not look.
static bool mayHideTensors(const c10::IValue &value) {
  if (value.isList() && !isTensorList(value)) {
    for (const c10::IValue &member : value.toListRef())
      if (member.isTensor() || mayHideTensors(member))
        return true;
    return false;
  }
  return value.isTuple() || value.isGenericDict() || value.isObject();
}

static bool isRandom(const c10::OperatorHandle &op) {
  // Dropout's kernels have no generator among their arguments.
  if (op.hasTag(at::Tag::nondeterministic_seeded))
    return true;
  for (const c10::Argument &argument : op.schema().arguments())
    if (argument.type()->str().find("Generator") != std::string::npos)
      return true;
  return false;
}

static bool onlyAllocates(const c10::OperatorHandle &op) {
  const std::string &name = op.operator_name().name;
  return name == "aten::empty" || name == "aten::empty_like" ||
         name == "aten::empty_strided" || name == "aten::new_empty" ||
         name == "aten::new_empty_strided";
}

TapeBuilder::Traits::Traits(const c10::OperatorHandle &op)
    : random(isRandom(op)), allocates(onlyAllocates(op)),
      reshapes(op.hasTag(at::Tag::inplace_view)),
      hash(std::hash<c10::OperatorName>()(op.operator_name())) {
  const c10::FunctionSchema &schema = op.schema();
  for (const c10::Argument &argument : schema.arguments())
    writes.push_back(argument.alias_info() && argument.alias_info()->isWrite());
  isView = std::all_of(schema.returns().begin(), schema.returns().end(),
                       [](const c10::Argument &result) {
                         return result.alias_info() &&
                                !result.alias_info()->isWrite();
                       });
}

const c10::optional<c10::OperatorHandle> &
TapeBuilder::Traits::outVariant(const c10::OperatorHandle &op,
                                size_t results) const {
  auto known = out.find(results);
  if (known == out.end())
    known = out.emplace(results, findOutVariant(op, results)).first;
  return known->second;
}

const TapeBuilder::Traits &
TapeBuilder::traitsOf(const c10::OperatorHandle &op) {
  static thread_local std::unordered_map<c10::OperatorName, Traits> known;
  auto entry = known.find(op.operator_name());
  if (entry == known.end())
    entry = known.emplace(op.operator_name(), Traits(op)).first;
  return entry->second;
}

TapeBuilder::Place::Place(const at::Tensor &tensor)
    : shape(tensor.sizes().begin(), tensor.sizes().end()), offset(0),
      dtype(tensor.scalar_type()) {
  if (tensor.layout() != at::kStrided)
    return;
  shape.append(tensor.strides().begin(), tensor.strides().end());
  offset = tensor.storage_offset();
}

TapeBuilder::TapeBuilder(const std::vector<at::Tensor> &given,
                         int64_t keptBytes)
    : inputs(given), bytesLeft(keptBytes) {
  for (const at::Tensor &input : inputs) {
    if (!input.defined() || !input.device().is_cpu() || !input.has_storage() ||
        input.layout() != at::kStrided ||
        !at::isFloatingType(input.scalar_type())) {
      refuse("an input is no strided floating-point tensor of the CPU");
      return;
    }
    size_t storage = storageOf(input, true);
    storages[storage].live = true;
    addValue(input, storage);
  }
}

void TapeBuilder::refuse(const std::string &why) {
  if (reason.empty())
    reason = why;
}

size_t TapeBuilder::storageOf(const at::Tensor &tensor, bool outside) {
  const c10::Storage &storage = tensor.storage();
  auto [entry, isNew] =
      storageAt.try_emplace(storage.unsafeGetStorageImpl(), storages.size());
  if (isNew)
    storages.push_back(
        {storage.getWeakStorageImpl(), outside, false, false, {}, {}});
  return entry->second;
}

size_t TapeBuilder::addValue(const at::Tensor &tensor, size_t storage) {
  size_t value = values.size();
  at::Tensor kept;
  if (storage == kNone ||
      (storages[storage].outside && !storages[storage].live))
    kept = tensor;
  bool strided = storage != kNone;
  values.push_back(
      {c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>(
           tensor.getIntrusivePtr()),
       storage, std::move(kept), Place(tensor)});
  valueAt[tensor.unsafeGetTensorImpl()] = value;
  if (strided)
    storages[storage].values.push_back(value);
  return value;
}

size_t TapeBuilder::valueOf(const at::Tensor &tensor) {
  auto known = valueAt.find(tensor.unsafeGetTensorImpl());
  if (known != valueAt.end())
    return known->second;
  if (!tensor.has_storage() || tensor.layout() != at::kStrided)
    return addValue(tensor, kNone);
  size_t storage = storageOf(tensor, true);
  // Another handle on what is known, made without an operator.
  const Numbers &candidates = storages[storage].values;
  Place place(tensor);
  for (auto i = candidates.rbegin(); i != candidates.rend(); ++i)
    if (values[*i].place == place)
      return *i;
  if (storages[storage].live)
    refuse("a view that no operator made");
  return addValue(tensor, storage);
}

void TapeBuilder::addOperand(Call &call, const c10::IValue &argument,
                             bool written) {
  call.operands.emplace_back();
  Operand &operand = call.operands.back();
  auto add = [&](const at::Tensor &tensor) {
    if (!tensor.defined() || !reason.empty())
      return kNone;
    size_t value = valueOf(tensor);
    if (value == kNone)
      return kNone;
    size_t storage = values[value].storage;
    if (storage != kNone)
      (written ? call.writes : call.reads).push_back(storage);
    else if (written)
      refuse("an operator changes a tensor that is not strided");
    return value;
  };
  if (argument.isTensor()) {
    operand.value = add(argument.toTensor());
  } else if (isTensorList(argument)) {
    forEachTensor(argument, [&](const at::Tensor &tensor) {
      operand.members.push_back(add(tensor));
    });
  } else if (mayHideTensors(argument)) {
    refuse("an argument of a type that may hold tensors");
  }
  if (argument.isList()) {
    // A copy, because its owner may change it; and without the tensors.
    c10::List<c10::IValue> list = argument.toList().copy();
    for (size_t place = 0; place < operand.members.size(); ++place)
      if (operand.members[place] != kNone)
        list.set(place, argument.isTensorList() ? c10::IValue(at::Tensor())
                                                : c10::IValue());
    operand.constant = list;
  } else if (operand.value == kNone) {
    operand.constant = argument;
  }
}

void TapeBuilder::keep(size_t value, const at::Tensor &tensor) {
  size_t storage = values[value].storage;
  if (values[value].kept.defined() || storages[storage].live)
    return;
  values[value].kept = tensor;
  if (!storages[storage].outside)
    bytesLeft -= static_cast<int64_t>(tensor.nbytes());
}

/// Most of what does not depend on the inputs is soon read by others alike, and
/// never again.
void TapeBuilder::keepOperands(const Call &call,
                               c10::ArrayRef<c10::IValue> arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Operand &operand = call.operands[i];
    if (operand.value != kNone)
      keep(operand.value, arguments[i].toTensor());
    size_t place = 0;
    if (!operand.members.empty())
      forEachTensor(arguments[i], [&](const at::Tensor &tensor) {
        size_t member = operand.members[place++];
        if (member != kNone)
          keep(member, tensor);
      });
  }
}

void TapeBuilder::willCall(const c10::OperatorHandle &op,
                           c10::ArrayRef<c10::IValue> arguments) {
  if (calling)
    refuse("an operator failed");
  calling = true;
  if (!reason.empty())
    return;
  calls.push_back({op, &traitsOf(op), {}, {}, {}, {}, {}, {}, false, false});
  Call &call = calls.back();
  call.operands.reserve(arguments.size());
  for (size_t i = 0; i < arguments.size() && reason.empty(); ++i)
    addOperand(call, arguments[i], call.traits->writes[i]);
  call.live = touchesLive(call);
  if (call.live && reason.empty())
    keepOperands(call, arguments);
}

bool TapeBuilder::touchesLive(const Call &call) const {
  for (const Numbers *touched : {&call.reads, &call.writes, &call.makes})
    for (size_t storage : *touched)
      if (storages[storage].live)
        return true;
  return false;
}

void TapeBuilder::addResult(Call &call, const at::Tensor &tensor) {
  if (!tensor.defined()) {
    call.results.push_back(kNone);
    return;
  }
  auto known = valueAt.find(tensor.unsafeGetTensorImpl());
  if (known != valueAt.end()) {
    call.results.push_back(known->second);
    return;
  }
  size_t storage = kNone;
  if (tensor.has_storage() && tensor.layout() == at::kStrided) {
    size_t before = storages.size();
    storage = storageOf(tensor, false);
    bool isNew = storage == before;
    call.makes.push_back(storage);
    storages[storage].live |= call.live;
    storages[storage].unwritten |= isNew && call.traits->allocates;
  } else {
    call.otherResults = true;
  }
  call.results.push_back(addValue(tensor, storage));
}

void TapeBuilder::called(const OperatorCall &done) {
  calling = false;
  if (!reason.empty())
    return;
  Call &call = calls.back();
  call.keys = done.keys;
  if (call.traits->random) {
    refuse("the operator " + toString(call.op.operator_name()) + " is random");
    return;
  }
  for (const c10::IValue &result : done.results) {
    if (result.isTensor() || isTensorList(result))
      forEachTensor(result,
                    [&](const at::Tensor &tensor) { addResult(call, tensor); });
    else
      call.otherResults = true;
  }
  for (size_t storage : call.writes) {
    storages[storage].lastWrite = calls.size() - 1;
    storages[storage].live |= call.live;
    storages[storage].unwritten = false;
  }
  if (bytesLeft >= 0)
    return;
  refuse("too much that does not depend on the inputs would be kept");
  // The rest of the function needs the memory.
  calls.clear();
  values.clear();
}

/// Finds all that depends on the inputs.
void TapeBuilder::spread() {
  bool changed = true;
  auto mark = [&](size_t storage) {
    changed |= !storages[storage].live;
    storages[storage].live = true;
  };
  while (changed) {
    changed = false;
    for (size_t i = 0; i < calls.size(); ++i) {
      Call &call = calls[i];
      call.live = call.live || touchesLive(call);
      if (!call.live)
        continue;
      for (size_t storage : call.writes)
        mark(storage);
      for (size_t storage : call.makes)
        mark(storage);
      // What is kept is what was there in the end.
      for (size_t storage : call.reads)
        if (storages[storage].lastWrite && *storages[storage].lastWrite > i)
          mark(storage);
    }
  }
}

void TapeBuilder::check() {
  for (const Call &call : calls) {
    auto refuseCall = [&](const char *what) {
      refuse(toString(call.op.operator_name()) + what);
    };
    for (size_t storage : call.writes)
      if (storages[storage].outside)
        return refuseCall(" changes a tensor that was there before");
    if (!call.live)
      continue;
    if (call.otherResults)
      return refuseCall(" reads numbers from what depends on the inputs, or is "
                        "not strided");
    if (call.traits->reshapes)
      return refuseCall(" changes a tensor's shape");
    for (size_t result : call.results)
      if (result != kNone && !at::isFloatingType(values[result].place.dtype))
        return refuseCall(" compares what depends on the inputs");
    for (size_t storage : call.reads)
      if (storages[storage].unwritten && !storages[storage].live)
        return refuseCall(" reads memory that no operator has written");
  }
}

std::unique_ptr<OperatorTape>
TapeBuilder::finish(const std::vector<at::Tensor> &tensors) {
  std::vector<size_t> outputs;
  std::vector<bool> defined;
  for (const at::Tensor &tensor : tensors) {
    if (!reason.empty())
      return nullptr;
    defined.push_back(tensor.defined());
    if (!tensor.defined()) {
      outputs.push_back(kNone);
      continue;
    }
    size_t before = values.size();
    size_t value = valueOf(tensor);
    if (values.size() > before)
      refuse("a result that no operator made");
    outputs.push_back(value);
    if (values[value].storage != kNone)
      keep(value, tensor);
  }
  if (!reason.empty())
    return nullptr;
  spread();
  check();
  return reason.empty() ? assemble(outputs, defined) : nullptr;
}
