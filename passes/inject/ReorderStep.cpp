//===- ReorderStep.cpp - OZG and OSO --------------------------------------===//
//
// The three calls of a PyTorch training loop, one of them missing or in the
// wrong place: gradients that are never zeroed add up over all steps; an update
// before the backward finds no gradients, or those of the step before.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Operators.h"
#include "passes/inject/StepRewrites.h"

using namespace mlir;
using namespace dynfault::inject;
using namespace dynfault::program;
using dynfault::inject::FaultSite;

//===----------------------------------------------------------------------===//
// OZG
//===----------------------------------------------------------------------===//

static SmallVector<FaultSite> findZeroGrad(const Program &program) {
  SmallVector<FaultSite> sites = findStep(program);
  llvm::erase_if(sites, [](const FaultSite &site) {
    auto step = cast<TrainingStepOp>(site.op);
    return step.getBody().getOps<ZeroGradOp>().empty();
  });
  return sites;
}

static LogicalResult applyNeverZero(const FaultSite &site,
                                    const FaultArguments &, uint64_t,
                                    FaultRecord &record) {
  record.before = "gradients zeroed in each step";
  record.after = "gradients never zeroed";
  auto step = cast<TrainingStepOp>(site.op);
  for (auto zero :
       llvm::make_early_inc_range(step.getBody().front().getOps<ZeroGradOp>()))
    zero.erase();
  return success();
}

const FaultOperator dynfault::inject::kNeverZeroGradients = {
    "OZG",
    "gradients never zeroed",
    "optimization",
    "Removes the zeroing of the gradients, so that they add up over all steps.",
    "a training step that zeroes its gradients",
    "common PyTorch training mistake",
    {},
    findZeroGrad,
    nullptr,
    applyNeverZero};

//===----------------------------------------------------------------------===//
// OSO
//===----------------------------------------------------------------------===//

/// The one zero_grad, backward and update of a step, in that order.
static bool isUsual(TrainingStepOp step) {
  auto zero = getSingle<ZeroGradOp>(step);
  auto backward = getSingle<BackwardOp>(step);
  auto update = getSingle<OptimizerStepOp>(step);
  return zero && backward && update && zero->isBeforeInBlock(backward) &&
         backward->isBeforeInBlock(update) &&
         !getSingle<DelayGradientsOp>(step);
}

static SmallVector<FaultSite> findUsualStep(const Program &program) {
  SmallVector<FaultSite> sites = findStep(program);
  llvm::erase_if(sites, [](const FaultSite &site) {
    return !isUsual(cast<TrainingStepOp>(site.op));
  });
  return sites;
}

static LogicalResult applyReorder(const FaultSite &site,
                                  const FaultArguments &arguments, uint64_t,
                                  FaultRecord &record) {
  auto step = cast<TrainingStepOp>(site.op);
  auto backward = getSingle<BackwardOp>(step);
  record.before = "zero_grad, backward, optimizer_step";
  if (arguments.getText("which") == "stale_gradients") {
    record.after = "zero_grad, backward, optimizer_step with the gradients of "
                   "the step before";
    OpBuilder builder(backward->getContext());
    builder.setInsertionPointAfter(backward);
    builder.create<DelayGradientsOp>(backward.getLoc());
    return success();
  }
  record.after = "zero_grad, optimizer_step, backward";
  Operation *end = step.getBody().front().getTerminator();
  // Probes of the gradients stay behind what makes them.
  auto probes =
      llvm::to_vector(step.getBody().front().getOps<ProbeGradientsOp>());
  backward->moveBefore(end);
  for (ProbeGradientsOp probe : probes)
    probe->moveBefore(end);
  return success();
}

static const StringRef kReorderMedium[] = {"stale_gradients"};
static const StringRef kReorderHigh[] = {"no_gradients"};
static const FaultParameter kReorderParameters[] = {FaultParameter::choice(
    "which",
    "what the update finds; stale_gradients: those of the step before, as "
    "where it stands between forward and backward; no_gradients: none, as "
    "where it stands after zero_grad",
    {}, kReorderMedium, kReorderHigh)};

const FaultOperator dynfault::inject::kUpdateBeforeBackward = {
    "OSO",
    "optimizer step before backward",
    "optimization",
    "Updates the parameters before the gradients of the batch are there.",
    "a training step with one zero_grad, backward and optimizer update in this "
    "order",
    "common PyTorch training mistake",
    kReorderParameters,
    findUsualStep,
    nullptr,
    applyReorder};
