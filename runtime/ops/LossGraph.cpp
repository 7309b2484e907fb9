//===- LossGraph.cpp - A module's loss with its graph ---------------------===//
//
// The order of the members is the order in which things are put back: the
// graph goes first, then the module's state, then the random state, then the
// modes.
//
//===----------------------------------------------------------------------===//
#include "runtime/ops/LossGraph.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/version.h>

using namespace dynfault;

// Since LibTorch 2.4 one pair of functions is for all devices, and each of
// those before warns at every call.
#if TORCH_VERSION_MAJOR > 2 ||                                                 \
    (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
static bool isAutocast(at::DeviceType device) {
  return at::autocast::is_autocast_enabled(device);
}
static void setAutocast(at::DeviceType device, bool enabled) {
  at::autocast::set_autocast_enabled(device, enabled);
}
#else
static bool isAutocast(at::DeviceType device) {
  return device == at::kCPU ? at::autocast::is_cpu_enabled()
                            : at::autocast::is_enabled();
}
static void setAutocast(at::DeviceType device, bool enabled) {
  if (device == at::kCPU)
    at::autocast::set_cpu_enabled(enabled);
  else
    at::autocast::set_enabled(enabled);
}
#endif

FullPrecisionGuard::FullPrecisionGuard()
    : autocastGpu(isAutocast(at::kCUDA)), autocastCpu(isAutocast(at::kCPU)) {
  if (c10::InferenceMode::is_enabled())
    normalMode.emplace(false);
  setAutocast(at::kCUDA, false);
  setAutocast(at::kCPU, false);
}

FullPrecisionGuard::~FullPrecisionGuard() {
  // Leaving a nested mode restores the dispatch keys that it found, those of
  // autocast among them: first the mode, then autocast.
  normalMode.reset();
  setAutocast(at::kCUDA, autocastGpu);
  setAutocast(at::kCPU, autocastCpu);
}

/// Pauses for all recorders that the module or a part of it holds.
static std::vector<std::unique_ptr<Recorder::Pause>>
pauseRecorders(const torch::jit::Module &module) {
  std::vector<std::unique_ptr<Recorder::Pause>> pauses;
  for (const torch::jit::Module &part : module.modules())
    for (const c10::IValue &value : part._ivalue()->slots())
      if (value.isCustomClass() &&
          *value.type() ==
              *c10::getCustomClassType<c10::intrusive_ptr<Recorder>>())
        pauses.push_back(std::make_unique<Recorder::Pause>(
            *value.toCustomClass<Recorder>()));
  return pauses;
}

LossGraph::LossGraph(const torch::jit::Module &module, const at::Tensor &input,
                     const at::Tensor &batchTarget, at::Device device,
                     const LossOptions &options, InlinedMethods *kept)
    : forwardMethod(module, "forward", /*forCurvature=*/true, kept),
      pauses(pauseRecorders(module)), randomState(device, options.seed),
      nativeRecurrence(forwardMethod.graph(), device), moduleState(module) {
  at::AutoGradMode gradMode(true);
  // In training each part stays in its own mode: one that is frozen there is
  // frozen in the loss that training minimises.
  if (!options.training)
    setTraining(module, false);
  lossMethod.emplace(module, "loss", /*forCurvature=*/true, kept);
  // Copies, because a forward may work on its input in place.
  target = batchTarget.detach().clone();
  outputValue = forwardMethod({input.detach().clone()});
  stateBeforeLoss = randomState.current();
  lossValue = runLoss(outputValue);
}

at::Tensor LossGraph::runLoss(const c10::IValue &output) const {
  at::AutoGradMode gradMode(true);
  return (*lossMethod)({output, target.clone()}).toTensor();
}

at::Tensor LossGraph::output() const {
  TORCH_CHECK(outputValue.isTensor(), "dynfault: forward returns ",
              outputValue.tagKind(),
              "; a Gauss-Newton matrix needs one tensor");
  return outputValue.toTensor();
}

at::Tensor LossGraph::lossOf(const at::Tensor &output) const {
  randomState.set(stateBeforeLoss);
  return runLoss(output);
}
