//===- TapeAssembly.cpp - What is on a tape, and in which memory ----------===//
//
// An operator on small tensors takes longer to allocate and to make views than
// to compute. All shapes are known, so intermediate results get memory when the
// tape is made: an operator that can write into a given tensor does, and a view
// of such memory is made once and not in each run. Memory is used again as soon
// as nothing reads it, so that a tape needs no more of it than before.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/OutVariant.h"
#include "runtime/curvature/TapeBuilder.h"

#include <ATen/ATen.h>
#include <ATen/core/List.h>

#include <algorithm>

using namespace dynfault;

/// Which live calls contribute to the outputs.
std::vector<bool>
TapeBuilder::neededCalls(const std::vector<size_t> &outputs) const {
  std::vector<bool> storageNeeded(storages.size()), result(calls.size());
  for (size_t output : outputs)
    if (output != kNone && values[output].storage != kNone)
      storageNeeded[values[output].storage] = true;
  for (size_t i = calls.size(); i-- > 0;) {
    const Call &call = calls[i];
    auto isNeeded = [&](size_t storage) { return storageNeeded[storage]; };
    if (!call.live ||
        (std::none_of(call.makes.begin(), call.makes.end(), isNeeded) &&
         std::none_of(call.writes.begin(), call.writes.end(), isNeeded)))
      continue;
    result[i] = true;
    for (const Numbers *touched : {&call.reads, &call.writes, &call.makes})
      for (size_t storage : *touched)
        storageNeeded[storage] = true;
  }
  return result;
}

/// Whether each entry of a tensor's memory belongs to it once.
static bool isDense(at::IntArrayRef sizes, at::IntArrayRef strides) {
  c10::SmallVector<std::pair<int64_t, int64_t>, 5> order;
  for (size_t i = 0; i < sizes.size(); ++i)
    if (sizes[i] != 1)
      order.emplace_back(strides[i], sizes[i]);
  std::sort(order.begin(), order.end());
  int64_t expected = 1;
  for (auto [stride, size] : order) {
    if (stride != expected)
      return false;
    expected *= size;
  }
  return expected > 0;
}

namespace {

/// Memory of intermediate results.
class MemoryPool {
public:
  c10::Storage take(size_t bytes) {
    std::vector<c10::Storage> &free = freeOfSize[bytes];
    if (free.empty())
      return c10::Storage(c10::Storage::use_byte_size_t(), bytes,
                          c10::GetAllocator(c10::kCPU), /*resizable=*/false);
    c10::Storage storage = std::move(free.back());
    free.pop_back();
    return storage;
  }
  void giveBack(const c10::Storage &storage) {
    freeOfSize[storage.nbytes()].push_back(storage);
  }

private:
  std::unordered_map<size_t, std::vector<c10::Storage>> freeOfSize;
};

/// Numbers values, and mixes a signature of what is told.
class Numbering {
public:
  explicit Numbering(size_t values)
      : slots(values, OperatorTape::kNoSlot), ids(slots), lastUse(values) {}

  size_t slotOf(size_t value) {
    if (slots[value] == OperatorTape::kNoSlot)
      slots[value] = count++;
    return slots[value];
  }
  void mix(uint64_t word) {
    signature = (signature ^ word) * 0x9e3779b97f4a7c15U;
    signature ^= signature >> 29;
  }
  template <typename Numbers>
  void mixAll(const Numbers &numbers) {
    mix(numbers.size());
    for (int64_t number : numbers)
      mix(static_cast<uint64_t>(number));
  }
  /// Mixes which value it is, in the order in which they come up.
  void mixValue(size_t value) {
    if (ids[value] == OperatorTape::kNoSlot)
      ids[value] = known++;
    mix(ids[value]);
  }

  std::vector<size_t> slots, ids;
  std::vector<size_t> lastUse; ///< By value: the step.
  size_t count = 0, known = 0;
  uint64_t signature = 1;
};

} // namespace

/// Makes a tape of the needed calls.
class TapeBuilder::Assembly {
public:
  Assembly(TapeBuilder &builder, const std::vector<size_t> &outputs)
      : builder(builder), outputs(outputs),
        needed(builder.neededCalls(outputs)), numbering(builder.values.size()),
        made(builder.values.size()), memory(builder.storages.size()) {}

  std::unique_ptr<OperatorTape> run(const std::vector<bool> &defined);

private:
  /// Where a storage's contents come from.
  struct Memory {
    size_t maker = kNone, lastUse = 0; ///< Calls; kNone: an input.
    bool fixed = false;                ///< Made when the tape is.
    int64_t begin = 0; ///< Offset of the entry that is first in `storage`.
    c10::Storage storage;
  };

  const Value &valueAt(size_t value) const { return builder.values[value]; }
  bool isLive(size_t value) const {
    size_t storage = valueAt(value).storage;
    return storage != kNone && builder.storages[storage].live;
  }
  bool isFixed(size_t value) const {
    size_t storage = valueAt(value).storage;
    return storage != kNone && memory[storage].fixed;
  }

  void planMemory();
  void planInputs(const std::vector<bool> &returned);
  bool canBeFixed(const Call &call, size_t index) const;
  bool isFixedView(const Call &call, size_t index) const;
  void addCall(size_t index);
  OperatorTape::Operand operandOf(const Operand &operand, size_t step);
  at::Tensor constant(size_t value) const;
  at::Tensor fixedTensor(size_t value);
  size_t use(size_t value, size_t step);

  TapeBuilder &builder;
  const std::vector<size_t> &outputs;
  std::vector<bool> needed; ///< By call.
  Numbering numbering;
  std::vector<bool> made;                       ///< By value.
  std::vector<Memory> memory;                   ///< By storage.
  std::unordered_map<size_t, at::Tensor> fixed; ///< By value.
  MemoryPool pool;
  std::unique_ptr<OperatorTape> tape = std::make_unique<OperatorTape>();
};

/// Whether the call's results are all new, and can be written into memory that
/// is there already.
bool TapeBuilder::Assembly::canBeFixed(const Call &call, size_t index) const {
  if (!call.writes.empty() || call.results.empty())
    return false;
  for (size_t result : call.results) {
    if (result == kNone || valueAt(result).storage == kNone)
      return false;
    const Place &place = valueAt(result).place;
    if (memory[valueAt(result).storage].maker != index || place.offset != 0 ||
        !isDense(place.sizes(), place.strides()))
      return false;
  }
  return call.traits->outVariant(call.op, call.results.size()).has_value();
}

/// Whether the call only looks at memory that is there already.
bool TapeBuilder::Assembly::isFixedView(const Call &call, size_t index) const {
  if (!call.writes.empty() || call.results.empty() || !call.traits->isView)
    return false;
  return std::all_of(call.results.begin(), call.results.end(), [&](size_t i) {
    return i != kNone && isFixed(i) &&
           memory[valueAt(i).storage].maker != index;
  });
}

/// Decides which storages get their memory now. Those that are returned do not:
/// a caller may keep them.
void TapeBuilder::Assembly::planMemory() {
  for (size_t i = 0; i < builder.calls.size(); ++i) {
    if (!needed[i])
      continue;
    const Call &call = builder.calls[i];
    for (const Numbers *touched : {&call.reads, &call.writes, &call.makes})
      for (size_t storage : *touched) {
        if (memory[storage].maker == kNone)
          memory[storage].maker = i;
        memory[storage].lastUse = i;
      }
  }
  for (size_t i = 0; i < builder.inputs.size(); ++i)
    memory[valueAt(i).storage].maker = kNone;
  std::vector<bool> returned(memory.size());
  for (size_t output : outputs)
    if (output != kNone && valueAt(output).storage != kNone)
      returned[valueAt(output).storage] = true;
  for (size_t i = 0; i < builder.calls.size(); ++i) {
    const Call &call = builder.calls[i];
    if (!needed[i] || !canBeFixed(call, i))
      continue;
    if (std::none_of(call.makes.begin(), call.makes.end(),
                     [&](size_t storage) { return returned[storage]; }))
      for (size_t storage : call.makes)
        memory[storage].fixed = true;
  }
  planInputs(returned);
}

/// Gives those storages of inputs memory of which all that is read was given:
/// what is read lies within the inputs, which have no gaps between them.
void TapeBuilder::Assembly::planInputs(const std::vector<bool> &returned) {
  std::unordered_map<size_t, std::vector<size_t>> inputsOf;
  for (size_t i = 0; i < builder.inputs.size(); ++i)
    inputsOf[valueAt(i).storage].push_back(i);
  auto offset = [&](size_t value) { return valueAt(value).place.offset; };
  for (auto &[storage, inputs] : inputsOf) {
    std::sort(inputs.begin(), inputs.end(),
              [&](size_t a, size_t b) { return offset(a) < offset(b); });
    int64_t begin = offset(inputs.front()), end = begin;
    at::ScalarType dtype = valueAt(inputs.front()).place.dtype;
    bool fits = !returned[storage];
    for (size_t input : inputs) {
      const Place &place = valueAt(input).place;
      fits &= place.offset == end && place.dtype == dtype &&
              isDense(place.sizes(), place.strides());
      end += c10::multiply_integers(place.sizes());
    }
    for (size_t value : builder.storages[storage].values) {
      const Place &place = valueAt(value).place;
      int64_t last = place.offset;
      for (size_t i = 0; i < place.sizes().size(); ++i)
        last += (place.sizes()[i] - 1) * place.strides()[i];
      fits &= place.dtype == dtype && place.offset >= begin && last < end;
    }
    if (!fits)
      continue;
    memory[storage].fixed = true;
    memory[storage].begin = begin;
    memory[storage].storage =
        pool.take((end - begin) * c10::elementSize(dtype));
  }
}

at::Tensor TapeBuilder::Assembly::constant(size_t value) const {
  if (!valueAt(value).kept.defined())
    builder.refuse(
        "what an operator reads turned out to be needed after it was gone");
  return valueAt(value).kept;
}

/// The tensor of a value whose storage has its memory.
at::Tensor TapeBuilder::Assembly::fixedTensor(size_t value) {
  at::Tensor &tensor = fixed[value];
  if (!tensor.defined()) {
    const Place &place = valueAt(value).place;
    tensor = at::detail::make_tensor<c10::TensorImpl>(
        c10::Storage(memory[valueAt(value).storage].storage),
        c10::DispatchKeySet(c10::DispatchKey::CPU),
        c10::scalarTypeToTypeMeta(place.dtype));
    c10::TensorImpl *impl = tensor.unsafeGetTensorImpl();
    impl->set_storage_offset(place.offset -
                             memory[valueAt(value).storage].begin);
    impl->set_sizes_and_strides(place.sizes(), place.strides());
  }
  return tensor;
}

size_t TapeBuilder::Assembly::use(size_t value, size_t step) {
  if (!made[value])
    builder.refuse("a value that no operator made");
  numbering.lastUse[value] = step;
  return numbering.slotOf(value);
}

OperatorTape::Operand TapeBuilder::Assembly::operandOf(const Operand &operand,
                                                       size_t step) {
  OperatorTape::Operand result;
  result.constant = operand.constant;
  if (operand.value != kNone) {
    numbering.mixAll(valueAt(operand.value).place.shape);
    if (!isLive(operand.value)) {
      result.constant = constant(operand.value);
      numbering.mix(kNone);
    } else {
      numbering.mixValue(operand.value);
      if (isFixed(operand.value))
        result.constant = fixedTensor(operand.value);
      else
        result.slot = use(operand.value, step);
    }
  }
  for (size_t place = 0; place < operand.members.size(); ++place) {
    size_t member = operand.members[place];
    if (member == kNone || !isLive(member)) {
      if (member != kNone)
        result.constant.toList().set(place, constant(member));
      numbering.mix(kNone);
      continue;
    }
    numbering.mixValue(member);
    if (isFixed(member))
      result.constant.toList().set(place, fixedTensor(member));
    else
      result.members.emplace_back(place, use(member, step));
  }
  return result;
}

/// A loop for an operator all of whose tensors have their memory.
static c10::optional<ElementwiseLoop> loopOf(const OperatorTape::Step &step) {
  std::vector<c10::IValue> arguments;
  for (const OperatorTape::Operand &operand : step.operands) {
    if (operand.slot != OperatorTape::kNoSlot)
      return c10::nullopt;
    arguments.push_back(operand.constant);
  }
  return ElementwiseLoop::create(step.op.operator_name().name, arguments);
}

void TapeBuilder::Assembly::addCall(size_t index) {
  const Call &call = builder.calls[index];
  size_t step = tape->steps.size();
  numbering.mix(call.traits->hash);
  bool isView = isFixedView(call, index);
  OperatorTape::Step repeated{call.op, call.keys, {}, {}, {}, {}};
  repeated.operands.reserve(call.operands.size() + call.results.size());
  for (const Operand &operand : call.operands)
    repeated.operands.push_back(operandOf(operand, step));
  bool writesGiven = false;
  for (size_t value : call.results) {
    if (value == kNone) {
      repeated.results.push_back(OperatorTape::kNoSlot);
      continue;
    }
    made[value] = true;
    numbering.mixValue(value);
    if (!isFixed(value)) {
      repeated.results.push_back(numbering.slotOf(value));
      numbering.lastUse[value] = step;
      continue;
    }
    repeated.results.push_back(OperatorTape::kNoSlot);
    Memory &own = memory[valueAt(value).storage];
    if (own.maker != index)
      continue;
    const Place &place = valueAt(value).place;
    own.storage = pool.take(c10::multiply_integers(place.sizes()) *
                            c10::elementSize(place.dtype));
    writesGiven = true;
  }
  if (isView)
    return;
  if (writesGiven) {
    repeated.op = *call.traits->outVariant(call.op, call.results.size());
    for (size_t value : call.results)
      repeated.operands.push_back({fixedTensor(value), kNone, {}});
    repeated.loop = loopOf(repeated);
  }
  tape->steps.push_back(std::move(repeated));
}

std::unique_ptr<OperatorTape>
TapeBuilder::Assembly::run(const std::vector<bool> &defined) {
  planMemory();
  for (size_t i = 0; i < builder.inputs.size(); ++i) {
    made[i] = true;
    numbering.mixAll(valueAt(i).place.shape);
    numbering.mixValue(i);
    bool copied = isFixed(i);
    tape->inputs.push_back(copied ? kNone : numbering.slotOf(i));
    tape->inputCopies.push_back(copied ? fixedTensor(i) : at::Tensor());
  }
  tape->steps.reserve(builder.calls.size());
  std::unordered_map<size_t, Numbers> over; // storages, by their last call
  for (size_t storage = 0; storage < memory.size(); ++storage)
    if (memory[storage].fixed)
      over[memory[storage].lastUse].push_back(storage);
  for (size_t i = 0; i < builder.calls.size(); ++i) {
    if (!needed[i])
      continue;
    addCall(i);
    if (!builder.reason.empty())
      return nullptr;
    auto ended = over.find(i);
    if (ended != over.end())
      for (size_t storage : ended->second)
        pool.giveBack(memory[storage].storage);
  }

  for (size_t i = 0; i < outputs.size(); ++i) {
    OperatorTape::Output output;
    bool live = outputs[i] != kNone && isLive(outputs[i]);
    if (live)
      output.slot = use(outputs[i], tape->steps.size());
    else if (outputs[i] != kNone)
      output.constant = constant(outputs[i]);
    if (live)
      numbering.mixValue(outputs[i]);
    else
      numbering.mix(defined[i] ? kNone : 0);
    tape->outputs.push_back(output);
  }
  if (!builder.reason.empty())
    return nullptr;
  for (size_t value = 0; value < builder.values.size(); ++value)
    if (numbering.slots[value] != OperatorTape::kNoSlot &&
        numbering.lastUse[value] < tape->steps.size())
      tape->steps[numbering.lastUse[value]].released.push_back(
          numbering.slots[value]);
  tape->slots = numbering.count;
  tape->signature = numbering.signature;
  return std::move(tape);
}

std::unique_ptr<OperatorTape>
TapeBuilder::assemble(const std::vector<size_t> &outputs,
                      const std::vector<bool> &defined) {
  return Assembly(*this, outputs).run(defined);
}
