//===- StepState.cpp - What a training step changes -----------------------===//

#include "runtime/step/StepState.h"

#include "runtime/step/KernelTest.h"

#include <ATen/Context.h>

#include <mutex>

using namespace dynfault;

static at::Tensor randomState(const at::Generator &generator) {
  at::Generator held = generator;
  std::lock_guard<std::mutex> lock(held.mutex());
  return held.get_state();
}

StepState::StepState(const torch::jit::Module &module, at::Device device,
                     const std::vector<ModuleAttribute> &attributes) {
  at::NoGradGuard noGrad;
  for (const auto &attribute : module.named_attributes()) {
    if (!attribute.value.isTensor() || !attribute.value.toTensor().defined())
      continue;
    Entry entry;
    entry.name = attribute.name;
    entry.tensor = attribute.value.toTensor();
    entry.contents = entry.tensor.detach().clone();
    entry.gradient = entry.tensor.grad();
    if (entry.gradient.defined())
      entry.gradientContents = entry.gradient.detach().clone();
    entries.push_back(std::move(entry));
  }
  for (const ModuleAttribute &attribute : attributes)
    values.emplace_back(attribute,
                        attribute.first->getAttr(attribute.second).deepcopy());
  std::vector<at::Device> devices = {at::kCPU};
  if (!device.is_cpu())
    devices.push_back(device);
  for (at::Device each : devices) {
    at::Generator generator = at::globalContext().defaultGenerator(each);
    randomStates.emplace_back(generator, randomState(generator));
  }
}

void StepState::restore() const {
  at::NoGradGuard noGrad;
  for (const Entry &entry : entries) {
    entry.tensor.variable_data().copy_(entry.contents);
    if (entry.gradient.defined())
      entry.gradient.variable_data().copy_(entry.gradientContents);
    if (entry.gradient.defined() || entry.tensor.grad().defined())
      entry.tensor.mutable_grad() = entry.gradient;
  }
  for (const auto &[attribute, value] : values)
    attribute.first->setAttr(attribute.second, value.deepcopy());
  for (const auto &[generator, state] : randomStates) {
    at::Generator held = generator;
    std::lock_guard<std::mutex> lock(held.mutex());
    held.set_state(state);
  }
}

std::string StepState::difference(const StepState &other) const {
  for (size_t i = 0; i < entries.size(); ++i) {
    const Entry &a = entries[i], &b = other.entries.at(i);
    if (!sameBits(a.contents, b.contents))
      return a.name;
    if (!sameBits(a.gradientContents, b.gradientContents))
      return "the gradient of " + a.name;
  }
  for (size_t i = 0; i < values.size(); ++i)
    if (values[i].second != other.values.at(i).second)
      return values[i].first.second;
  for (size_t i = 0; i < randomStates.size(); ++i)
    if (!sameBits(randomStates[i].second, other.randomStates.at(i).second))
      return "the random state";
  return "";
}
