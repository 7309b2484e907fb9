//===- ModuleState.cpp - Put a module back as it was ----------------------===//
//
// Every slot of every submodule is remembered, not only named buffers: a
// TorchScript forward may just as well count in an int attribute, or bind a
// new tensor to a name.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/ModuleState.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/version.h>

using namespace dynfault;

ModuleStateGuard::ModuleStateGuard(const torch::jit::Module &module) {
  at::NoGradGuard noGrad;
  save(module._ivalue());
}

void ModuleStateGuard::save(const c10::IValue &value) {
  if (value.isTensor()) {
    const at::Tensor &tensor = value.toTensor();
    if (tensor.defined() && seen.insert(tensor.unsafeGetTensorImpl()).second)
      saved.push_back({value, {}, tensor.detach().clone()});
  } else if (value.isObject()) {
    const auto &object = value.toObjectRef();
    if (value.isCustomClass() || !seen.insert(&object).second)
      return;
    saved.push_back({value, object.slots(), {}});
    for (const c10::IValue &member : object.slots())
      save(member);
  } else if (value.isList()) {
    std::vector<c10::IValue> members = value.toListRef().vec();
    saved.push_back({value, members, {}});
    for (const c10::IValue &member : members)
      save(member);
  } else if (value.isGenericDict()) {
    std::vector<c10::IValue> members;
    for (const auto &entry : value.toGenericDict()) {
      members.push_back(entry.key());
      members.push_back(entry.value());
      save(entry.value());
    }
    saved.push_back({value, std::move(members), {}});
  } else if (value.isTuple()) {
    for (const c10::IValue &member : value.toTupleRef().elements())
      save(member);
  }
}

ModuleStateGuard::~ModuleStateGuard() {
  at::NoGradGuard noGrad;
  for (Saved &entry : saved) {
    if (entry.contents.defined()) {
      // Always, because a changed tensor cannot be told by its version: the
      // batch norm of LibTorch 1.13 does not count its writes to the running
      // statistics. By way of the data, so that the version stays.
      entry.value.toTensor().variable_data().copy_(entry.contents);
    } else if (entry.value.isObject()) {
      c10::intrusive_ptr<c10::ivalue::Object> object = entry.value.toObject();
      for (size_t i = 0; i < entry.members.size(); ++i)
        object->setSlot(i, std::move(entry.members[i]));
    } else if (entry.value.isList()) {
      c10::List<c10::IValue> list = entry.value.toList();
      list.clear();
      for (c10::IValue &member : entry.members)
        list.push_back(std::move(member));
    } else {
      c10::Dict<c10::IValue, c10::IValue> dictionary =
          entry.value.toGenericDict();
      dictionary.clear();
      for (size_t i = 0; i < entry.members.size(); i += 2)
        dictionary.insert(std::move(entry.members[i]),
                          std::move(entry.members[i + 1]));
    }
  }
}

void dynfault::setTraining(const torch::jit::Module &module, bool training) {
  for (const torch::jit::Module &part : module.modules())
    if (auto slot = part._ivalue()->type()->findAttributeSlot("training"))
      part._ivalue()->setSlot(*slot, training);
}

/// Taken by the guard that owns the process's random state.
static std::mutex randomStateTurn;

RandomStateGuard::RandomStateGuard(at::Device device, uint64_t seed)
    : turn(randomStateTurn) {
  std::vector<at::Device> devices = {at::kCPU};
  if (!device.is_cpu())
    devices.push_back(device);
  for (at::Device each : devices) {
    at::Generator generator = at::globalContext().defaultGenerator(each);
    std::lock_guard<std::mutex> lock(generator.mutex());
    saved.push_back({generator, generator.get_state()});
    generator.set_current_seed(seed);
  }
}

RandomStateGuard::~RandomStateGuard() {
  for (Saved &entry : saved) {
    std::lock_guard<std::mutex> lock(entry.generator.mutex());
    entry.generator.set_state(entry.state);
  }
}

std::vector<at::Tensor> RandomStateGuard::current() const {
  std::vector<at::Tensor> states;
  for (const Saved &entry : saved) {
    at::Generator generator = entry.generator;
    std::lock_guard<std::mutex> lock(generator.mutex());
    states.push_back(generator.get_state());
  }
  return states;
}

void RandomStateGuard::set(const std::vector<at::Tensor> &states) const {
  for (size_t i = 0; i < saved.size(); ++i) {
    at::Generator generator = saved[i].generator;
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(states[i]);
  }
}

static bool hasRecurrentNode(at::ArrayRef<const torch::jit::Block *> blocks) {
  for (const torch::jit::Block *block : blocks)
    for (const torch::jit::Node *node : block->nodes()) {
      std::string kind = node->kind().toQualString();
      if (kind == "aten::lstm" || kind == "aten::gru" ||
          kind == "aten::rnn_tanh" || kind == "aten::rnn_relu" ||
          hasRecurrentNode(node->blocks()))
        return true;
    }
  return false;
}

bool dynfault::callsRecurrentKernel(const torch::jit::Graph &graph) {
  // The graph's own block is reached from its return node only.
  return hasRecurrentNode({graph.return_node()->owningBlock()});
}

NativeRecurrenceGuard::NativeRecurrenceGuard(const torch::jit::Graph &forward,
                                             at::Device device)
    : cudnnWasEnabled(at::globalContext().userEnabledCuDNN()) {
  if (cudnnWasEnabled && device.is_cuda() && callsRecurrentKernel(forward))
    at::globalContext().setUserEnabledCuDNN(false);
}

NativeRecurrenceGuard::~NativeRecurrenceGuard() {
  at::globalContext().setUserEnabledCuDNN(cudnnWasEnabled);
}

PlainAttentionGuard::PlainAttentionGuard() {
  using at::Context;
  kinds.push_back({&Context::userEnabledFlashSDP, &Context::setSDPUseFlash});
#if TORCH_VERSION_MAJOR >= 2
  kinds.push_back(
      {&Context::userEnabledMemEfficientSDP, &Context::setSDPUseMemEfficient});
#endif
#if TORCH_VERSION_MAJOR > 2 ||                                                 \
    (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 5)
  kinds.push_back({&Context::userEnabledCuDNNSDP, &Context::setSDPUseCuDNN});
#endif
  Context &context = at::globalContext();
  for (Kind &kind : kinds) {
    kind.wasAllowed = (context.*kind.allowed)();
    (context.*kind.allow)(false);
  }
}

PlainAttentionGuard::~PlainAttentionGuard() {
  for (const Kind &kind : kinds)
    (at::globalContext().*kind.allow)(kind.wasAllowed);
}
