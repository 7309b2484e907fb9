//===- RecordStep.cpp - The end of a step in a loop of one's own ----------===//

#include "runtime/script/TrainingLoop.h"

#include <torch/optim.h>
#include <torch/script.h>

#include <sstream>
#include <type_traits>

using namespace dynfault;

RecorderPtr dynfault::recorderOf(const torch::jit::Module &module) {
  TORCH_CHECK(module.hasattr("recorder"),
              "dynfault: the archive has no probes; write it with "
              "dynfault-opt --dynfault-instrument");
  return module.attr("recorder").toCustomClass<Recorder>();
}

/// `state` for the archive's parameters: what belongs to parameter i of
/// `parameters` goes to where the archive has it.
static OptimizerState inArchiveOrder(const OptimizerState &state,
                                     const TensorList &parameters,
                                     const TensorList &archive) {
  OptimizerState result = state;
  auto reorder = [&](const TensorList &given) {
    TensorList ordered(archive.size());
    for (size_t i = 0; i < given.size(); ++i)
      for (size_t j = 0; j < archive.size(); ++j)
        if (archive[j].is_same(parameters[i]))
          ordered[j] = given[i];
    return ordered;
  };
  result.firstMoments = reorder(state.firstMoments);
  result.secondMoments = reorder(state.secondMoments);
  return result;
}

void dynfault::recordStep(const RecorderPtr &recorder, const at::Tensor &loss,
                          const TensorList &parameters,
                          const OptimizerState &state) {
  TORCH_CHECK(recorder->inStep(),
              "dynfault::record_step: no forward has begun a step since the "
              "last one ended; call the module in training mode "
              "(module.train()) before");
  TORCH_CHECK(loss.numel() == 1, "dynfault::record_step: the loss has ",
              loss.numel(), " elements, expected one");
  const ForwardStep &forward = recorder->forwardStep;
  recorder->record("baseline/train_loss", "", loss.detach().reshape({}));
  if (recorder->sampled(forward.schedule)) {
    recordGradients(recorder, forward.parameters, forward.names,
                    forward.schedule);
    recordOptimizer(recorder, forward.parameters, forward.names,
                    inArchiveOrder(state, parameters, forward.parameters),
                    forward.schedule);
  }
  recorder->endStep();
}

/// Copies moments and hyper-parameters of one parameter's state.
static void readState(const torch::optim::OptimizerParamState &state,
                      OptimizerState &result, size_t index) {
  using namespace torch::optim;
  at::Tensor &first = result.firstMoments[index],
             &second = result.secondMoments[index];
  if (const auto *adam = dynamic_cast<const AdamParamState *>(&state)) {
    first = adam->exp_avg();
    second = adam->exp_avg_sq();
    result.updates = adam->step();
  } else if (const auto *adamw =
                 dynamic_cast<const AdamWParamState *>(&state)) {
    first = adamw->exp_avg();
    second = adamw->exp_avg_sq();
    result.updates = adamw->step();
  } else if (const auto *sgd = dynamic_cast<const SGDParamState *>(&state)) {
    first = sgd->momentum_buffer();
  } else if (const auto *rms =
                 dynamic_cast<const RMSpropParamState *>(&state)) {
    first = rms->momentum_buffer();
    second = rms->square_avg();
    result.updates = rms->step();
  } else if (const auto *ada =
                 dynamic_cast<const AdagradParamState *>(&state)) {
    second = ada->sum();
    result.updates = ada->step();
  }
}

/// Where an optimizer keeps a parameter's state: under its address, which
/// LibTorch 1 writes as text.
template <typename Key>
static Key stateKey(const at::Tensor &parameter) {
  void *address = parameter.unsafeGetTensorImpl();
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << address;
    return text.str();
  } else {
    return address;
  }
}

static void readOptions(const torch::optim::OptimizerOptions &options,
                        OptimizerState &result) {
  using namespace torch::optim;
  if (const auto *adam = dynamic_cast<const AdamOptions *>(&options)) {
    result.kind = "adam";
    std::tie(result.beta1, result.beta2) = adam->betas();
  } else if (const auto *adamw = dynamic_cast<const AdamWOptions *>(&options)) {
    result.kind = "adamw";
    std::tie(result.beta1, result.beta2) = adamw->betas();
  }
}

void dynfault::recordStep(const RecorderPtr &recorder, const at::Tensor &loss,
                          const torch::optim::Optimizer &optimizer) {
  TensorList parameters;
  OptimizerState result;
  for (const torch::optim::OptimizerParamGroup &group :
       optimizer.param_groups()) {
    readOptions(group.options(), result);
    for (const at::Tensor &parameter : group.params())
      parameters.push_back(parameter);
  }
  result.firstMoments.resize(parameters.size());
  result.secondMoments.resize(parameters.size());
  for (size_t i = 0; i < parameters.size(); ++i) {
    using Key = std::decay_t<decltype(optimizer.state().begin()->first)>;
    auto entry = optimizer.state().find(stateKey<Key>(parameters[i]));
    if (entry != optimizer.state().end())
      readState(*entry->second, result, i);
  }
  recordStep(recorder, loss, parameters, result);
}

void dynfault::recordValue(const RecorderPtr &recorder, const std::string &name,
                           double value) {
  TORCH_CHECK(name == "validation_loss" || name == "train_metric" ||
                  name == "validation_metric",
              "dynfault::record_value: '", name,
              "' is none of validation_loss, train_metric, "
              "validation_metric");
  TORCH_CHECK(recorder->currentStep() >= 0,
              "dynfault::record_value: no step has been recorded yet");
  recorder->record("baseline/" + name, "", value);
}
