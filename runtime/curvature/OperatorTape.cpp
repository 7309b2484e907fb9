//===- OperatorTape.cpp - Operators to be run again -----------------------===//
//
// Each operator is dispatched on what it was dispatched on when it was
// recorded. A tensor goes as soon as nothing needs it: a run takes no more
// memory than what it repeats.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/OperatorTape.h"

#include <ATen/ATen.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/stack.h>

#include <cstring>

using namespace dynfault;

using Slots = std::vector<at::Tensor>;

static c10::IValue listWith(const OperatorTape::Operand &operand,
                            const Slots &slots) {
  c10::List<c10::IValue> list = operand.constant.toList().copy();
  for (auto [place, slot] : operand.members)
    list.set(place, slots[slot]);
  return list;
}

static void copyInto(const at::Tensor &place, const at::Tensor &given) {
  if (given.is_contiguous() && place.is_contiguous() &&
      given.scalar_type() == place.scalar_type())
    std::memcpy(place.data_ptr(), given.data_ptr(), place.nbytes());
  else
    place.copy_(given);
}

static void keep(const torch::jit::Stack &stack, const OperatorTape::Step &step,
                 Slots &slots) {
  size_t next = 0;
  auto put = [&](const at::Tensor &tensor) {
    size_t slot = step.results[next++];
    if (slot != OperatorTape::kNoSlot)
      slots[slot] = tensor;
  };
  for (const c10::IValue &result : stack) {
    if (result.isTensor())
      put(result.toTensor());
    else
      for (const at::Tensor &tensor : result.toTensorVector())
        put(tensor);
  }
}

std::vector<at::Tensor>
OperatorTape::run(const std::vector<at::Tensor> &given) const {
  at::NoGradGuard noGrad;
  at::AutoDispatchBelowADInplaceOrView belowAutograd;
  Slots values(slots);
  for (size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i] != kNoSlot)
      values[inputs[i]] = given[i];
    else if (inputCopies[i].defined())
      copyInto(inputCopies[i], given[i]);

  torch::jit::Stack stack;
  for (const Step &step : steps) {
    if (step.loop) {
      step.loop->run();
      continue;
    }
    for (const Operand &operand : step.operands) {
      if (operand.slot != kNoSlot)
        stack.emplace_back(values[operand.slot]);
      else if (!operand.members.empty())
        stack.push_back(listWith(operand, values));
      else
        stack.push_back(operand.constant);
    }
    step.op.redispatchBoxed(step.keys, &stack);
    keep(stack, step, values);
    stack.clear();
    for (size_t slot : step.released)
      values[slot] = at::Tensor();
  }

  std::vector<at::Tensor> results;
  results.reserve(outputs.size());
  for (const Output &output : outputs)
    results.push_back(output.slot == kNoSlot ? output.constant
                                             : values[output.slot]);
  return results;
}
