//===- NormalizationRules.cpp - Batch and layer normalisation -------------===//
//
// Their kernels have no variant that writes to given tensors.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>

#include <array>
#include <tuple>

using namespace dynfault;

using Three = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

/// Three cells that `function` fills in each step; an undefined result stays
/// undefined.
static std::array<PlanCell *, 3>
allocateThree(PlanBuilder &builder, std::function<Three()> function) {
  Three first = function();
  std::array<PlanCell *, 3> cells = {builder.varying(std::get<0>(first)),
                                     builder.varying(std::get<1>(first)),
                                     builder.varying(std::get<2>(first))};
  builder.append([cells, function] {
    std::tie(cells[0]->tensor, cells[1]->tensor, cells[2]->tensor) = function();
  });
  return cells;
}

/// The optional argument's value, or null.
static PlanValue *optional(const PlanArguments &arguments, size_t index) {
  return arguments.isNone(index) ? nullptr : arguments.tensor(index);
}

static at::Tensor tensorOf(const PlanValue *value) {
  return value ? value->data->tensor : at::Tensor();
}

static bool isDifferentiable(const PlanValue *value) {
  return value && value->differentiable;
}

/// Contributions to input, weight and bias.
static void addGradients(PlanBuilder &builder,
                         std::array<PlanValue *, 3> operands,
                         std::array<PlanCell *, 3> gradients) {
  for (size_t i = 0; i < operands.size(); ++i)
    if (isDifferentiable(operands[i]))
      builder.addGradient(operands[i], gradients[i]);
}

static PlanValue *planBatchNorm(PlanBuilder &builder,
                                const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0), *weight = optional(arguments, 1),
            *bias = optional(arguments, 2);
  at::Tensor w = tensorOf(weight), b = tensorOf(bias),
             mean = tensorOf(optional(arguments, 3)),
             variance = tensorOf(optional(arguments, 4));
  bool training = arguments.flag(5);
  double momentum = arguments.number(6), eps = arguments.number(7);
  PlanCell *in = x->data;
  std::array<PlanCell *, 3> results = allocateThree(builder, [=] {
    return at::cpu::native_batch_norm(in->tensor, w, b, mean, variance,
                                      training, momentum, eps);
  });
  PlanValue *result =
      builder.value(results[0], x->differentiable || isDifferentiable(weight) ||
                                    isDifferentiable(bias));
  std::array<bool, 3> mask = {x->differentiable, isDifferentiable(weight),
                              isDifferentiable(bias)};
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    addGradients(builder, {x, weight, bias}, allocateThree(builder, [=] {
                   return at::cpu::native_batch_norm_backward(
                       gradient->tensor, in->tensor, w, mean, variance,
                       results[1]->tensor, results[2]->tensor, training, eps,
                       mask);
                 }));
  });
  return result;
}

static PlanValue *planLayerNorm(PlanBuilder &builder,
                                const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0), *weight = optional(arguments, 2),
            *bias = optional(arguments, 3);
  std::vector<int64_t> shape = arguments.constant(1).toIntVector();
  at::Tensor w = tensorOf(weight), b = tensorOf(bias);
  double eps = arguments.number(4);
  PlanCell *in = x->data;
  std::array<PlanCell *, 3> results = allocateThree(builder, [=] {
    return at::cpu::native_layer_norm(in->tensor, shape, w, b, eps);
  });
  std::array<bool, 3> mask = {x->differentiable, isDifferentiable(weight),
                              isDifferentiable(bias)};
  PlanValue *result = builder.value(results[0], mask[0] || mask[1] || mask[2]);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    addGradients(builder, {x, weight, bias}, allocateThree(builder, [=] {
                   return at::cpu::native_layer_norm_backward(
                       gradient->tensor, in->tensor, shape, results[1]->tensor,
                       results[2]->tensor, w, b, mask);
                 }));
  });
  return result;
}

void dynfault::addNormalizationRules(const AddRule &add) {
  add("aten::batch_norm", planBatchNorm);
  add("aten::layer_norm", planLayerNorm);
}
