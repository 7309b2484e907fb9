//===- ShapeRules.cpp - Views and sums ------------------------------------===//
//
// Views of tensors that stay are made once, and cost nothing in a step.
//
//===----------------------------------------------------------------------===//
#include "runtime/step/Rules.h"

#include <ATen/CPUFunctions.h>
#include <ATen/ops/scalar_tensor.h>

using namespace dynfault;

/// A view with other sizes, of contiguous tensors only: there reshaping never
/// copies.
static PlanValue *reshape(PlanBuilder &builder, PlanValue *x,
                          std::vector<int64_t> sizes) {
  require(x->data->tensor.is_contiguous(), "reshaping a tensor with strides");
  std::vector<int64_t> before = x->data->tensor.sizes().vec();
  PlanValue *result = builder.value(
      builder.view(x->data,
                   [sizes](const at::Tensor &t) { return t.view(sizes); }),
      x->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    require(gradient->tensor.is_contiguous(), "reshaping a strided gradient");
    builder.addGradient(x,
                        builder.view(gradient, [before](const at::Tensor &t) {
                          return t.view(before);
                        }));
  });
  return result;
}

static PlanValue *planView(PlanBuilder &builder,
                           const PlanArguments &arguments) {
  return reshape(builder, arguments.tensor(0),
                 arguments.constant(1).toIntVector());
}

static PlanValue *planFlatten(PlanBuilder &builder,
                              const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0);
  at::Tensor flat =
      x->data->tensor.flatten(arguments.integer(1), arguments.integer(2));
  return reshape(builder, x, flat.sizes().vec());
}

static PlanValue *planSqueeze(PlanBuilder &builder,
                              const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0);
  return reshape(builder, x,
                 x->data->tensor.squeeze(arguments.integer(1)).sizes().vec());
}

static PlanValue *planUnsqueeze(PlanBuilder &builder,
                                const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0);
  return reshape(builder, x,
                 x->data->tensor.unsqueeze(arguments.integer(1)).sizes().vec());
}

static PlanValue *planTransposed(PlanBuilder &builder,
                                 const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0);
  int64_t a = arguments.integer(1), b = arguments.integer(2);
  auto exchange = [a, b](const at::Tensor &t) { return t.transpose(a, b); };
  PlanValue *result =
      builder.value(builder.view(x->data, exchange), x->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    builder.addGradient(x, builder.view(gradient, exchange));
  });
  return result;
}

static PlanValue *planAdd(PlanBuilder &builder,
                          const PlanArguments &arguments) {
  PlanValue *a = arguments.tensor(0), *b = arguments.tensor(1);
  require(arguments.number(2) == 1, "a scaled sum");
  PlanCell *left = a->data, *right = b->data;
  require(left->tensor.sizes() == right->tensor.sizes() &&
              left->tensor.scalar_type() == right->tensor.scalar_type(),
          "a sum of tensors of two shapes or types");
  PlanValue *result = builder.value(
      builder.compute([&] { return at::cpu::add(left->tensor, right->tensor); },
                      [=](at::Tensor &out) {
                        at::cpu::add_out(out, left->tensor, right->tensor);
                      }),
      a->differentiable || b->differentiable);
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    builder.addGradient(a, gradient);
    builder.addGradient(b, gradient);
  });
  return result;
}

/// (input, dimensions, keepdim, dtype)
static PlanValue *planMean(PlanBuilder &builder,
                           const PlanArguments &arguments) {
  PlanValue *x = arguments.tensor(0);
  require(arguments.isNone(3) && !arguments.isNone(1),
          "a mean in another type");
  std::vector<int64_t> dims = arguments.constant(1).toIntVector();
  require(dims.size() == 1, "a mean over several dimensions");
  bool keep = arguments.flag(2);
  PlanCell *in = x->data;
  PlanValue *result = builder.value(
      builder.compute([&] { return at::cpu::mean(in->tensor, dims, keep); },
                      [=](at::Tensor &out) {
                        at::cpu::mean_out(out, in->tensor, dims, keep);
                      }),
      x->differentiable);
  std::vector<int64_t> sizes = in->tensor.sizes().vec();
  at::Tensor count =
      at::scalar_tensor(in->tensor.size(dims[0]), in->tensor.options());
  builder.onBackward(result, [=, &builder](PlanCell *gradient) {
    PlanCell *expanded = builder.view(gradient, [=](const at::Tensor &g) {
      return (keep ? g : g.unsqueeze(dims[0])).expand(sizes);
    });
    builder.addGradient(
        x,
        builder.compute([&] { return at::cpu::div(expanded->tensor, count); },
                        [=](at::Tensor &out) {
                          at::cpu::div_out(out, expanded->tensor, count);
                        }));
  });
  return result;
}

void dynfault::addShapeRules(const AddRule &add) {
  add("aten::view", planView);
  add("aten::reshape", planView);
  add("aten::flatten.using_ints", planFlatten);
  add("aten::squeeze.dim", planSqueeze);
  add("aten::unsqueeze", planUnsqueeze);
  add("aten::transpose.int", planTransposed);
  add("aten::add.Tensor", planAdd);
  add("aten::mean.dim", planMean);
}
