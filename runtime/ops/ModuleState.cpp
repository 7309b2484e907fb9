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

#include <mutex>

using namespace dynfault;

ModuleStateGuard::ModuleStateGuard(const torch::jit::Module &module) {
  at::NoGradGuard noGrad;
  for (const torch::jit::Module &part : module.modules()) {
    c10::intrusive_ptr<c10::ivalue::Object> owner = part._ivalue();
    for (size_t i = 0; i < owner->slots().size(); ++i) {
      c10::IValue value = owner->getSlot(i);
      if (value.isModule() || value.isCustomClass() || value.isNone())
        continue;
      Slot slot{owner, i, value, {}};
      if (value.isTensor()) {
        const at::Tensor &tensor = value.toTensor();
        if (tensor.defined())
          slot.contents = tensor.detach().clone();
      } else if (value.isList() || value.isGenericDict()) {
        slot.value = value.deepcopy();
      }
      slots.push_back(std::move(slot));
    }
  }
}

ModuleStateGuard::~ModuleStateGuard() {
  at::NoGradGuard noGrad;
  for (Slot &slot : slots) {
    // Always, because a changed tensor cannot be told by its version: the
    // batch norm of LibTorch 1.13 does not count its writes to the running
    // statistics. By way of the data, so that the version stays.
    if (slot.contents.defined())
      slot.value.toTensor().variable_data().copy_(slot.contents);
    slot.owner->setSlot(slot.index, std::move(slot.value));
  }
}

void dynfault::setTraining(const torch::jit::Module &module, bool training) {
  for (const torch::jit::Module &part : module.modules())
    if (auto slot = part._ivalue()->type()->findAttributeSlot("training"))
      part._ivalue()->setSlot(*slot, training);
}

RandomStateGuard::RandomStateGuard(at::Device device, uint64_t seed) {
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
