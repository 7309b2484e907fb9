//===- StepPlan.cpp - Kernels of one training step, in order --------------===//
//
// The order of the backward pass is that of the autograd engine: it takes the
// node that was created last among those that are ready, which for a forward
// pass in one thread is the forward pass's order reversed; and it adds the
// contributions to a gradient in the order in which they come.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/StepPlan.h"

#include <ATen/CPUFunctions.h>
#include <ATen/ops/ones_like.h>
#include <c10/core/GradMode.h>

#include <cstring>

using namespace dynfault;

void StepPlan::runForward(size_t first, size_t end) const {
  for (size_t i = first; i < end; ++i)
    forward[i]();
}

void StepPlan::runBackward() const {
  for (const Leaf &leaf : leaves) {
    at::Tensor &kept = leaf.parameter.mutable_grad();
    if (kept.defined() && leaf.gradient->tensor.defined() &&
        kept.is_alias_of(leaf.gradient->tensor))
      kept = kept.clone();
  }
  for (const Instruction &instruction : backward)
    instruction();
  for (const Leaf &leaf : leaves) {
    at::Tensor &kept = leaf.parameter.mutable_grad();
    if (kept.defined())
      kept.add_(leaf.gradient->tensor);
    else
      kept = leaf.gradient->tensor;
  }
}

void StepPlan::poison() const {
  for (const PlanCell *cell : written)
    std::memset(cell->tensor.data_ptr(), 0xff, cell->tensor.nbytes());
}

PlanCell *PlanBuilder::newCell(const at::Tensor &tensor, bool fixed) {
  // A step keeps its activations in any case, an evaluation does not.
  constexpr size_t MostBytes = 16 << 20;
  if (tensor.defined())
    bytes += tensor.nbytes();
  require(gradients == WithGradients || bytes <= MostBytes,
          "an evaluation with large tensors");
  plan.cells.push_back({tensor, fixed});
  return &plan.cells.back();
}

PlanCell *PlanBuilder::fixed(const at::Tensor &tensor) {
  return newCell(tensor, true);
}

PlanCell *PlanBuilder::written(const at::Tensor &tensor) {
  PlanCell *cell = fixed(tensor);
  plan.written.push_back(cell);
  return cell;
}

PlanCell *PlanBuilder::varying(const at::Tensor &tensor) {
  return newCell(tensor, false);
}

PlanValue *PlanBuilder::value(PlanCell *data, bool differentiable) {
  plan.values.push_back({data, differentiable, nullptr});
  return &plan.values.back();
}

PlanValue *PlanBuilder::leaf(const at::Tensor &tensor) {
  for (const auto &[known, planned] : leafValues)
    if (known.is_same(tensor))
      return planned;
  PlanValue *result = value(fixed(tensor), gradients == WithGradients &&
                                               tensor.requires_grad());
  leafValues.emplace_back(tensor, result);
  return result;
}

void PlanBuilder::append(Instruction instruction) {
  (inBackward ? plan.backward : plan.forward).push_back(std::move(instruction));
}

void PlanBuilder::onBackward(PlanValue *result,
                             std::function<void(PlanCell *)> rule) {
  if (result->differentiable)
    pending.emplace_back(result, std::move(rule));
}

void PlanBuilder::addGradient(PlanValue *value, PlanCell *contribution) {
  if (!value->differentiable)
    return;
  require(contribution->tensor.sizes() == value->data->tensor.sizes(),
          "a gradient of another shape");
  if (!value->gradient) {
    value->gradient = contribution;
    return;
  }
  // Not in place: the first contribution may be another value's gradient too.
  PlanCell *before = value->gradient;
  value->gradient = compute(
      [&] { return at::cpu::add(before->tensor, contribution->tensor); },
      [before, contribution](at::Tensor &out) {
        at::cpu::add_out(out, before->tensor, contribution->tensor);
      });
}

PlanCell *PlanBuilder::gradientToKeep(const at::Tensor &parameter,
                                      PlanCell *gradient) {
  bool copied = gradient->tensor.strides() != parameter.strides();
  for (const StepPlan::Leaf &other : plan.leaves)
    copied = copied || other.gradient->tensor.is_alias_of(gradient->tensor);
  if (!copied)
    return gradient;
  require(parameter.is_contiguous(), "a parameter that is not contiguous");
  return compute(
      [&] { return gradient->tensor.clone(at::MemoryFormat::Contiguous); },
      [gradient](at::Tensor &out) { out.copy_(gradient->tensor); });
}

void PlanBuilder::planBackward(PlanValue *loss) {
  require(loss->differentiable && loss->data->tensor.numel() == 1,
          "a loss without gradient");
  require(!inBackward, "two backward passes");
  inBackward = true;
  loss->gradient =
      fixed(at::ones_like(loss->data->tensor, at::MemoryFormat::Preserve));
  for (auto entry = pending.rbegin(); entry != pending.rend(); ++entry)
    if (PlanCell *gradient = entry->first->gradient)
      entry->second(gradient);
  for (const auto &[tensor, planned] : leafValues)
    if (planned->gradient)
      plan.leaves.push_back(
          {tensor, gradientToKeep(tensor, planned->gradient)});
}
