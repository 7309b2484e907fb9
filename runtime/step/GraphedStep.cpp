//===- GraphedStep.cpp - Training steps as a device's graph ---------------===//
//
// A graph works on the tensors that it was recorded with. Parameters and
// buffers stay where they are; batches are copied in. Gradients are pointers of
// the host: after a replay they are set to the tensors that the recorded
// backward left, and before it those that it adds to are given the contents of
// what the last step left.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/GraphedStep.h"

#include "runtime/ops/ErrorText.h"
#include "runtime/step/KernelTest.h"
#include "runtime/step/StepPlan.h"

#include <algorithm>
#include <exception>

using namespace dynfault;

/// One shape of batch.
struct GraphedStep::Entry {
  std::vector<int64_t> inputSizes, targetSizes;
  int warmUps = 0, tests = 0;         ///< Steps so far.
  std::unique_ptr<DeviceGraph> graph; ///< Null: not recorded yet.
  at::Tensor input, target;           ///< Of the recording.
  StepSplit::Counts counts;           ///< When it was made.
  /// Of each parameter, or undefined: what the recorded backward adds to, and
  /// what the recorded part leaves.
  std::vector<at::Tensor> gradientsBefore, gradientsAfter;
  StepSplit::Results results;
};

GraphedStep::GraphedStep(const torch::jit::Module &module, at::Device device,
                         std::unique_ptr<DeviceGraphs> graphs)
    : module(module), method(module.get_method("training_step")),
      device(device), graphs(std::move(graphs)) {
  for (const at::Tensor &parameter : module.parameters())
    parameters.push_back(parameter);
  try {
    split = std::make_unique<StepSplit>(module);
  } catch (const Unsupported &unsupported) {
    reason = unsupported.reason;
  } catch (const std::exception &error) {
    reason = firstLine(error);
  }
}

GraphedStep::~GraphedStep() = default;

void GraphedStep::giveUp(const std::string &why) {
  reason = why;
  entries.clear();
  split.reset();
}

at::Tensor GraphedStep::ordinary(const at::Tensor &input,
                                 const at::Tensor &target) {
  // Kernels may be chosen by where a tensor begins; copies begin alike.
  return method({input.clone(), target.clone()}).toTensor().detach();
}

GraphedStep::Entry &GraphedStep::entryFor(const at::Tensor &input,
                                          const at::Tensor &target) {
  for (std::unique_ptr<Entry> &entry : entries)
    if (input.sizes() == entry->inputSizes &&
        target.sizes() == entry->targetSizes)
      return *entry;
  entries.push_back(std::make_unique<Entry>());
  entries.back()->inputSizes = input.sizes().vec();
  entries.back()->targetSizes = target.sizes().vec();
  return *entries.back();
}

at::Tensor GraphedStep::operator()(const at::Tensor &input,
                                   const at::Tensor &target) {
  if (!split || split->isSampled())
    return ordinary(input, target);
  Entry &entry = entryFor(input, target);
  if (entry.graph && !fits(entry))
    return ordinary(input, target);
  if (entry.tests == TestedSteps) {
    ++replayed;
    return replay(entry, input, target);
  }
  if (entry.warmUps == WarmUpSteps)
    return test(entry, input, target);
  ++entry.warmUps;
  return ordinary(input, target);
}

/// Whether the same parameters have a gradient as when the graph was recorded.
bool GraphedStep::fits(const Entry &entry) const {
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (split->cleared().count(parameters[i].unsafeGetTensorImpl()))
      continue;
    const at::Tensor &kept = entry.gradientsBefore[i],
                     &gradient = parameters[i].grad();
    if (kept.defined() != gradient.defined() ||
        (kept.defined() && kept.strides() != gradient.strides()))
      return false;
  }
  return true;
}

void GraphedStep::record(Entry &entry, const at::Tensor &input,
                         const at::Tensor &target) {
  entry.input = input.clone();
  entry.target = target.clone();
  entry.counts = split->counts();
  for (const at::Tensor &parameter : parameters) {
    if (split->cleared().count(parameter.unsafeGetTensorImpl()))
      parameter.mutable_grad().reset();
    entry.gradientsBefore.push_back(parameter.grad());
  }
  entry.graph = graphs->make();
  entry.graph->record([this, &entry] {
    entry.results = split->runRecorded(entry.input, entry.target, entry.counts);
    entry.gradientsAfter.clear();
    for (const at::Tensor &parameter : parameters)
      entry.gradientsAfter.push_back(parameter.grad());
  });
  // A parameter's first update is not like the others.
  for (size_t i = 0; i < entry.counts.size(); ++i)
    for (size_t j = 0; j < entry.counts[i].size(); ++j)
      require(entry.counts[i][j] > 0 || entry.results.added[i][j] == 0,
              "a first update after the warm-up");
}

at::Tensor GraphedStep::replay(Entry &entry, const at::Tensor &input,
                               const at::Tensor &target) {
  {
    at::NoGradGuard noGrad;
    entry.input.copy_(input, /*non_blocking=*/true);
    entry.target.copy_(target, /*non_blocking=*/true);
    for (size_t i = 0; i < parameters.size(); ++i) {
      const at::Tensor &kept = entry.gradientsBefore[i];
      at::Tensor &gradient = parameters[i].mutable_grad();
      if (kept.defined() && !kept.is_same(gradient)) {
        kept.copy_(gradient, /*non_blocking=*/true);
        gradient = kept;
      }
    }
  }
  entry.graph->replay();
  for (size_t i = 0; i < parameters.size(); ++i)
    parameters[i].mutable_grad() = entry.gradientsAfter[i];
  return split->runRest(entry.input, entry.target, entry.results)
      .detach()
      .clone();
}

at::Tensor GraphedStep::test(Entry &entry, const at::Tensor &input,
                             const at::Tensor &target) {
  StepState before(module, device, split->attributes());
  std::string problem;
  at::Tensor loss;
  c10::optional<StepState> after;
  try {
    if (!entry.graph) {
      record(entry, input, target);
      before.restore();
    }
    loss = replay(entry, input, target);
    after.emplace(module, device, split->attributes());
  } catch (const Unsupported &unsupported) {
    problem = unsupported.reason;
  } catch (const std::exception &error) {
    problem = firstLine(error);
  }
  before.restore();
  at::Tensor expected = ordinary(input, target);
  if (after) {
    StepState now(module, device, split->attributes());
    problem = now.difference(*after);
    if (problem.empty() && !sameBits(loss, expected))
      problem = "the loss";
    if (!problem.empty())
      problem = "a replay left other bits than an ordinary step in " + problem;
  }
  ++entry.tests;
  if (!problem.empty())
    giveUp(problem);
  return expected;
}
